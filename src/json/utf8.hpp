// Whether a text is UTF-8.
#pragma once

#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// As RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool isUtf8(std::string_view text);

} // namespace json
KONTEXT_END_NAMESPACE
