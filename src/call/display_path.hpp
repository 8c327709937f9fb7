// The part of a URL that errors and log lines show.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// The path of a request's URL and its query, without the values of all parameters but a few: cursors and user ids have
/// no business in a log.
std::string displayPath(std::string_view url);

/// Another's URL, whole or relative, without what may be a secret there: the user name and password, the values of the
/// query, which signs many a URL, and the fragment.
std::string displayUrl(std::string_view url);

KONTEXT_END_NAMESPACE
