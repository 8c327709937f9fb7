// nlohmann/json, as the library includes it.
#pragma once

#include <string_view>

#include <kontext/export.hpp>

// A locale whose decimal point is of several bytes makes an assertion of its lexer fail, and a library must not end its
// program for that: number.hpp reads what the lexer misread.
#define JSON_ASSERT(condition) static_cast<void>(condition)

#include <nlohmann/json.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Parses one value, with virtual calls of the handler. Where speed does not matter: the parser is a template, and each
/// further type of handler that it is compiled for costs 40 KB.
inline bool parse(std::string_view text, nlohmann::json_sax<nlohmann::json>& handler) {
    return nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &handler);
}

} // namespace json
KONTEXT_END_NAMESPACE
