// Any bytes as Retry-After and Date.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "call/retry_after.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t half = text.find('\n');
    const std::string_view value = text.substr(0, half);
    const std::string_view date = half == std::string_view::npos ? std::string_view() : text.substr(half + 1);
    const std::chrono::system_clock::time_point now(std::chrono::seconds(1'770'000'000));
    const auto wait = kontext::parseRetryAfter(value, date, now);
    if (wait && (wait->count() < 0 || *wait > std::chrono::hours(24 * 365 * 10))) std::abort();
    return 0;
}
