// What KONTEXT_LOG asks for.
#pragma once

#include <optional>

#include <kontext/logger.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Nothing if the variable is unset, empty or none of debug, info, warning, error: a typing error in it must not break
/// a program.
std::optional<LogLevel> logLevelFromEnvironment();

KONTEXT_END_NAMESPACE
