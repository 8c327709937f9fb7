#include "values/civil_time.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

bool isLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int daysIn(int month, int year) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && isLeap(year) ? 29 : days[month - 1];
}

/// How many leap days lie before the first of January of the year.
std::int64_t leapDaysBefore(std::int64_t year) { return (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400; }

} // namespace

std::optional<std::int64_t> secondsSinceEpoch(const CivilTime& time) {
    const bool valid = time.year >= 1 && time.year <= 9999 && time.month >= 1 && time.month <= 12 && time.day >= 1
                       && time.day <= daysIn(time.month, time.year) && time.hour >= 0 && time.hour <= 23
                       && time.minute >= 0 && time.minute <= 59 && time.second >= 0 && time.second <= 60;
    if (!valid) return std::nullopt;
    std::int64_t days = (time.year - 1970) * std::int64_t{365} + leapDaysBefore(time.year) - leapDaysBefore(1970);
    for (int month = 1; month < time.month; ++month)
        days += daysIn(month, time.year);
    days += time.day - 1;
    return ((days * 24 + time.hour) * 60 + time.minute) * 60 + time.second;
}

KONTEXT_END_NAMESPACE
