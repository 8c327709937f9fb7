// The part of a URL that errors and log lines show.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// The path of a URL and its query, without the values of all parameters but a few: cursors and user ids have no
/// business in a log.
std::string displayPath(std::string_view url);

KONTEXT_END_NAMESPACE
