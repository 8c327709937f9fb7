/// @file
/// The version of the library, at compile time and at run time.
#pragma once

#include <kontext/export.hpp>

/// The first of the three numbers of the headers' version.
#define KONTEXT_VERSION_MAJOR 0
/// The second.
#define KONTEXT_VERSION_MINOR 1
/// The third.
#define KONTEXT_VERSION_PATCH 0

KONTEXT_BEGIN_NAMESPACE

/// The version of the library that the program runs with, such as "0.1.0". With the shared library it may be newer than
/// the macros, which are those of the headers that the program was compiled with.
[[nodiscard]] KONTEXT_API const char* version() noexcept;

KONTEXT_END_NAMESPACE
