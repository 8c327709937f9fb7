#include "transport/idle_limit.hpp"

#include <algorithm>
#include <optional>

#include "transport/header_fields.hpp"
#include "transport/method.hpp"
#include "values/ascii.hpp"
#include "values/scanner.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

using std::chrono::seconds;

constexpr std::string_view blanks = " \t";

/// `timeout=5, max=100`, whose parameters may come in any order, with blanks and quotes.
std::optional<seconds> timeoutOf(std::string_view keepAlive) {
    while (!keepAlive.empty()) {
        const std::size_t comma = std::min(keepAlive.find_first_of(",;"), keepAlive.size());
        std::string_view parameter = keepAlive.substr(0, comma);
        keepAlive.remove_prefix(std::min(comma + 1, keepAlive.size()));
        parameter.remove_prefix(std::min(parameter.find_first_not_of(blanks), parameter.size()));
        constexpr std::string_view name = "timeout";
        if (!equalsIgnoringCase(parameter.substr(0, name.size()), name)) continue;
        Scanner value(parameter.substr(name.size()));
        while (value.takeOneOf(" \t=\"")) {
        }
        if (!value.nextIsDigit()) continue;
        seconds timeout(0);
        while (value.nextIsDigit())
            timeout = std::min(longestIdle, timeout * 10 + seconds(*value.number(1)));
        return timeout;
    }
    return std::nullopt;
}

} // namespace

std::chrono::nanoseconds idleLimit(const Headers& response) {
    const std::string* keepAlive = findHeader(response, "Keep-Alive");
    const auto granted = keepAlive != nullptr ? timeoutOf(*keepAlive) : std::nullopt;
    if (!granted || *granted >= longestIdle) return longestIdle;
    return std::max<std::chrono::nanoseconds>(*granted - longestIdleBeforePost, std::chrono::nanoseconds::zero());
}

std::chrono::nanoseconds idleLimit(std::string_view method) {
    if (isRetryableMethod(method)) return longestIdle;
    return longestIdleBeforePost;
}

} // namespace transport
KONTEXT_END_NAMESPACE
