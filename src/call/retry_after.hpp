// What a Retry-After header asks for.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Seconds, or a date in one of the three forms of RFC 9110. A date is measured against the response's own Date header,
/// if it has one, so that a clock that is wrong on one side does no harm; a date gone by is 0. Rounded up. Nothing if
/// the value is neither.
std::optional<std::chrono::seconds> parseRetryAfter(std::string_view value, std::string_view dateHeader,
                                                    std::chrono::system_clock::time_point wallNow);

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`. The year of two
/// digits is the one less than 50 years ahead of now.
std::optional<std::chrono::system_clock::time_point> parseHttpDate(std::string_view text,
                                                                   std::chrono::system_clock::time_point wallNow);

KONTEXT_END_NAMESPACE
