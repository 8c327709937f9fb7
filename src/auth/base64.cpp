#include "auth/base64.hpp"

#include <cstdint>

KONTEXT_BEGIN_NAMESPACE

std::string encodeBase64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4); // once: a buffer that grows leaves copies of a secret behind
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = i; j < i + 3; ++j)
            group = group << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
        out.push_back(digits[group >> 18]);
        out.push_back(digits[group >> 12 & 63]);
        out.push_back(i + 1 < bytes.size() ? digits[group >> 6 & 63] : '=');
        out.push_back(i + 2 < bytes.size() ? digits[group & 63] : '=');
    }
    return out;
}

KONTEXT_END_NAMESPACE
