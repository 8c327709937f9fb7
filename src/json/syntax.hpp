// Whether a text is JSON, found out without keeping any of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

struct SyntaxError {
    std::size_t byte = 0;    // counted from 1
    bool outOfRange = false; // there stands a number that no double can hold
};

/// Where the text stops being one JSON value (RFC 8259); nothing if it is one. UTF-8 and depth are for the parser to
/// judge.
std::optional<SyntaxError> firstSyntaxError(std::string_view text);

} // namespace json
KONTEXT_END_NAMESPACE
