// Durations as text.
#pragma once

#include <chrono>
#include <string>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// "1.5 s", "250 ms".
std::string formatDuration(std::chrono::milliseconds duration);

KONTEXT_END_NAMESPACE
