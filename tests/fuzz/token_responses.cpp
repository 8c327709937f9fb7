// Any bytes as the token endpoint's response.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auth/token_response.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kontext::IssuedToken issued;
    if (kontext::readTokenResponse({reinterpret_cast<const char*>(data), size}, issued)) return 0;
    const std::string_view token = issued.token.reveal();
    if (token.empty() || std::any_of(token.begin(), token.end(), [](char c) { return c <= 0x20 || c >= 0x7f; }))
        std::abort();
    if (issued.lifetime.count() < 1 || issued.lifetime > std::chrono::hours(24 * 366)) std::abort();
    return 0;
}
