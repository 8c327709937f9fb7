// A JSON string literal.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Appends the text in quotes, with what JSON demands escaped, and nothing else.
void appendQuoted(std::string& out, std::string_view text);

} // namespace json
KONTEXT_END_NAMESPACE
