// Parsing a text that holds secrets, so that the parser's memory keeps none of them (docs/decisions/0007).
#pragma once

#include <string_view>

#include <kontext/export.hpp>

#include "json/nlohmann.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Parses the text as the second of three values, between two long strings, and wipes what it was put together in. The
/// handler gets the events of the text alone, as if that had been parsed. If it stops, the rest is read past it, for
/// the sake of the last string. False if it stopped, or if the text is not one value of JSON.
bool parsePadded(std::string_view text, nlohmann::json_sax<nlohmann::json>& handler);

} // namespace json
KONTEXT_END_NAMESPACE
