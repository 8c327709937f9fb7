// A clock for what other machines do meanwhile.
#pragma once

#include <chrono>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// How long the machine has been up. It counts the time in which the machine was suspended, where the system has such a
/// clock; std::chrono::steady_clock does not on Linux, and servers go on meanwhile.
std::chrono::nanoseconds uptime() noexcept;

} // namespace platform
KONTEXT_END_NAMESPACE
