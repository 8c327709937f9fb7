/// @file
/// HTTP header fields.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// HTTP header fields, or the parameters of a query, in the order of the wire. Names of headers that were received keep
/// the server's capitals; compare them without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

KONTEXT_END_NAMESPACE
