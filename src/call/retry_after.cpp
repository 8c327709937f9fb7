#include "call/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "values/civil_time.hpp"
#include "values/scanner.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr seconds longest = std::chrono::hours(24 * 365 * 10);

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool takeDayName(Scanner& text) {
    constexpr std::array<std::string_view, 14> names{"Monday",   "Tuesday", "Wednesday", "Thursday", "Friday",
                                                     "Saturday", "Sunday",  "Mon",       "Tue",      "Wed",
                                                     "Thu",      "Fri",     "Sat",       "Sun"};
    for (const std::string_view name : names)
        if (text.take(name)) return true;
    return false;
}

std::optional<int> takeMonth(Scanner& text) {
    constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text.take(names[i])) return static_cast<int>(i) + 1;
    return std::nullopt;
}

bool takeClock(Scanner& text, CivilTime& time) {
    const auto hour = text.number(2);
    if (!hour || !text.take(":")) return false;
    const auto minute = text.number(2);
    if (!minute || !text.take(":")) return false;
    const auto second = text.number(2);
    if (!second) return false;
    time.hour = *hour;
    time.minute = *minute;
    time.second = *second;
    return true;
}

int fullYear(int twoDigits, system_clock::time_point wallNow) {
    const auto hoursAYear = 8766; // 365.25 days
    const int thisYear =
        1970
        + static_cast<int>(std::chrono::duration_cast<std::chrono::hours>(wallNow.time_since_epoch()).count()
                           / hoursAYear);
    int year = thisYear - thisYear % 100 + twoDigits;
    if (year > thisYear + 50) year -= 100;
    return year;
}

/// Behind `Sun, ` or `Sunday, `: `06 Nov 1994 08:49:37 GMT` or `06-Nov-94 08:49:37 GMT`.
bool takeDayFirst(Scanner& text, CivilTime& time, system_clock::time_point wallNow) {
    const auto day = text.number(2);
    if (!day) return false;
    const bool dashes = text.take("-");
    if (!dashes && !text.take(" ")) return false;
    const auto month = takeMonth(text);
    if (!month || !text.take(dashes ? "-" : " ")) return false;
    auto year = text.number(4);
    if (!year && dashes) {
        year = text.number(2);
        if (year) year = fullYear(*year, wallNow);
    }
    if (!year || !text.take(" ") || !takeClock(text, time) || !text.take(" GMT")) return false;
    time.day = *day;
    time.month = *month;
    time.year = *year;
    return text.atEnd();
}

/// Behind `Sun `: `Nov  6 08:49:37 1994`.
bool takeMonthFirst(Scanner& text, CivilTime& time) {
    const auto month = takeMonth(text);
    if (!month || !text.take(" ")) return false;
    const auto day = text.take(" ") ? text.number(1) : text.number(2);
    if (!day || !text.take(" ") || !takeClock(text, time) || !text.take(" ")) return false;
    const auto year = text.number(4);
    if (!year) return false;
    time.day = *day;
    time.month = *month;
    time.year = *year;
    return text.atEnd();
}

} // namespace

std::optional<system_clock::time_point> parseHttpDate(std::string_view text, system_clock::time_point wallNow) {
    Scanner rest(trimmed(text));
    CivilTime time;
    if (!takeDayName(rest)) return std::nullopt;
    const bool read =
        rest.take(", ") ? takeDayFirst(rest, time, wallNow) : rest.take(" ") && takeMonthFirst(rest, time);
    if (!read) return std::nullopt;
    const auto whole = secondsSinceEpoch(time);
    // A system_clock of nanoseconds ends in 2262.
    constexpr std::int64_t last = 9'000'000'000;
    if (!whole || *whole > last || *whole < -last) return std::nullopt;
    return system_clock::time_point(seconds(*whole));
}

std::optional<seconds> parseRetryAfter(std::string_view value, std::string_view dateHeader,
                                       system_clock::time_point wallNow) {
    value = trimmed(value);
    Scanner text(value);
    if (text.nextIsDigit()) {
        seconds wait(0);
        while (text.nextIsDigit())
            wait = std::min(longest, wait * 10 + seconds(*text.number(1)));
        if (text.take(".")) { // no standard has it, some servers send it
            bool more = false;
            while (text.nextIsDigit())
                more = *text.number(1) != 0 || more;
            if (more) ++wait;
        }
        if (!text.atEnd()) return std::nullopt;
        return std::min(wait, longest);
    }
    const auto until = parseHttpDate(value, wallNow);
    if (!until) return std::nullopt;
    // In seconds: nanoseconds count no more than 292 years.
    const auto from =
        std::chrono::floor<seconds>(parseHttpDate(dateHeader, wallNow).value_or(wallNow).time_since_epoch());
    const seconds wait = std::chrono::ceil<seconds>(until->time_since_epoch()) - from;
    return std::clamp(wait, seconds(0), longest);
}

KONTEXT_END_NAMESPACE
