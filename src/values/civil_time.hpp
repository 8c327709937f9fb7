// A date and a time of day as seconds since 1970, without the C library's time zones.
#pragma once

#include <cstdint>
#include <optional>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

struct CivilTime {
    int year = 1970;
    int month = 1; // 1 to 12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0; // 60: a leap second, which counts as the next second
};

/// UTC, Gregorian. Nothing if there is no such date or time.
std::optional<std::int64_t> secondsSinceEpoch(const CivilTime& time);

KONTEXT_END_NAMESPACE
