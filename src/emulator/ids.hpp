// Names that nobody can guess, and times as the API writes them.
#pragma once

#include <chrono>
#include <string>

namespace kontext_emulator {

using Clock = std::chrono::system_clock;

/// `count` letters and digits from the system's source of randomness.
std::string randomText(std::size_t count);
std::string newRequestId();
/// A UUID of version 4.
std::string uuid();
/// `2026-01-31T12:00:00.000Z`
std::string utc(Clock::time_point time);
std::string utcNow();

} // namespace kontext_emulator
