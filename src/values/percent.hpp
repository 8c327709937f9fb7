// Percent-encoding, and the checks of what goes into a URL or a header.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Appends the text with all but the unreserved characters of RFC 3986 as %XX: it stays one path segment, or one value
/// of a query.
void appendEncoded(std::string& out, std::string_view text);

/// As `application/x-www-form-urlencoded` has it: a space becomes '+', and '~' is encoded too.
void appendFormEncoded(std::string& out, std::string_view text);

/// Whether it holds CR, LF or NUL, which would end a header or a request line early.
bool breaksLines(std::string_view text);

/// Whether a segment of the path, up to a '?', is "." or "..", encoded or not: libcurl and servers resolve them, and
/// the request would be another one.
bool hasDotSegments(std::string_view path);

KONTEXT_END_NAMESPACE
