// Whether a text is JSON, found out without keeping any of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kontext::json {

/// Where the text stops being one JSON value (RFC 8259), counted in bytes from 1; nothing if it is one. UTF-8, depth
/// and the range of numbers are the parser's to judge, but for numbers that no double can hold.
std::optional<std::size_t> firstSyntaxError(std::string_view text);

} // namespace kontext::json
