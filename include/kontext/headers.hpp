/// @file
/// HTTP header fields.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// HTTP header fields, or the parameters of a query, in the order of the wire. Names of headers that were received keep
/// the server's capitals: `findHeader` compares them without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name, without regard to case; null if there is none. It lives as long as
/// `headers`.
[[nodiscard]] KONTEXT_API const std::string* findHeader(const Headers& headers, std::string_view name) noexcept;

KONTEXT_END_NAMESPACE
