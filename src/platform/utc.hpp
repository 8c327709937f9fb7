// The calendar, in UTC.
#pragma once

#include <ctime>
#include <optional>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// Nothing if the C library has no such year.
std::optional<std::tm> utc(std::time_t seconds);

} // namespace platform
KONTEXT_END_NAMESPACE
