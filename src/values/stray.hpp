// Characters that were not meant to be part of a setting: the line break of a file that was read whole, blanks and
// quotes that were copied with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// "ends with a line break", "begins with a space", "contains a double quote (at byte 12)" or "is in double quotes",
/// for the first character that has no business there; `atEdge` says whether it is the first or the last. It never
/// shows the text, which may be a secret.
std::optional<std::string> describeStray(std::string_view text, bool (*isStray)(char c, bool atEdge));

/// For describeStray: CR, LF and NUL, which end a header or a request line early.
bool isLineBreak(char c, bool atEdge);

/// For describeStray: those, and blanks at the edges.
bool isLineBreakOrEdge(char c, bool atEdge);

/// For describeStray: what no URL holds.
bool isStrayInUrl(char c, bool atEdge);

KONTEXT_END_NAMESPACE
