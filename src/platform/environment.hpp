// Environment variables.
#pragma once

#include <string>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// The variable's value; empty if it is not set. Safe with threads as long as nobody changes the environment meanwhile.
std::string environment(const char* name);

/// Between the paths of a variable that holds several, such as PATH.
extern const char pathListSeparator;

} // namespace platform
KONTEXT_END_NAMESPACE
