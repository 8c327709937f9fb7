// Numbers, whatever the locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// std::from_chars, which LLVM's standard library does not have for double.
std::from_chars_result fromChars(const char* first, const char* last, double& value);

/// The value of a JSON number; nothing if it is too large, 0 if it is too small.
std::optional<double> readNumber(std::string_view text);

/// The value of a JSON number that is an integer, however it is written (1.0, 1e3, 100e-2), to the digit; nothing if it
/// has a fraction or needs more than 64 bits.
std::optional<std::int64_t> readInteger(std::string_view text);

/// nlohmann's parser puts the locale's decimal point in place of the one that came; this puts it back.
std::string withPoint(std::string token);

} // namespace json
KONTEXT_END_NAMESPACE
