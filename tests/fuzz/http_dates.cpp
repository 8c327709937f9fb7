// Any bytes as a date of HTTP: what is one can be written, and is then the same moment.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "call/retry_after.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using std::chrono::system_clock;
    const system_clock::time_point now(std::chrono::seconds(1'770'000'000));
    const auto date = kontext::parseHttpDate({reinterpret_cast<const char*>(data), size}, now);
    if (!date) return 0;
    const std::time_t seconds = system_clock::to_time_t(*date);
    std::tm civil{};
    if (gmtime_r(&seconds, &civil) == nullptr || civil.tm_year < -1900 || civil.tm_year > 9999 - 1900) std::abort();
    char text[64];
    const std::size_t written = std::strftime(text, sizeof text, "%a, %d %b ", &civil);
    const int more = std::snprintf(text + written, sizeof text - written, "%04d %02d:%02d:%02d GMT",
                                   1900 + civil.tm_year, civil.tm_hour, civil.tm_min, civil.tm_sec);
    const auto again = kontext::parseHttpDate({text, written + static_cast<std::size_t>(more)}, now);
    if (again != date) std::abort();
    return 0;
}
