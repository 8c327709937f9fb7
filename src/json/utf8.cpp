#include "json/utf8.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

/// The length of the sequence that begins with this byte, and the range of its second byte; 0: no sequence does.
struct Lead {
    unsigned length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
};

Lead leadOf(unsigned char byte) {
    if (byte < 0x80) return {1};
    if (byte >= 0xc2 && byte <= 0xdf) return {2};
    if (byte == 0xe0) return {3, 0xa0};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte >= 0xe1 && byte <= 0xef) return {3};
    if (byte == 0xf0) return {4, 0x90};
    if (byte >= 0xf1 && byte <= 0xf3) return {4};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {};
}

} // namespace

bool isUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const Lead lead = leadOf(static_cast<unsigned char>(text[i]));
        if (lead.length == 0 || text.size() - i < lead.length) return false;
        for (std::size_t j = 1; j < lead.length; ++j) {
            const auto byte = static_cast<unsigned char>(text[i + j]);
            const unsigned char low = j == 1 ? lead.low : 0x80;
            const unsigned char high = j == 1 ? lead.high : 0xbf;
            if (byte < low || byte > high) return false;
        }
        i += lead.length;
    }
    return true;
}

} // namespace json
KONTEXT_END_NAMESPACE
