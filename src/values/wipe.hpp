// Overwriting bytes so that the optimizer keeps it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Overwrites the bytes with zeroes. A plain memset before a free is removed by clang at -O2.
void wipe(void* bytes, std::size_t count) noexcept;
/// Overwrites all that the string has allocated, not its length alone, and empties it.
void wipe(std::string& text) noexcept;
/// Appends; a buffer that has become too small is wiped before it goes.
void appendWiping(std::string& text, std::string_view more);

KONTEXT_END_NAMESPACE
