// A JSON string literal.
#pragma once

#include <string>
#include <string_view>

namespace kontext::json {

/// Appends the text in quotes, with what JSON demands escaped, and nothing else.
void appendQuoted(std::string& out, std::string_view text);

} // namespace kontext::json
