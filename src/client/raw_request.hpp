// The checks of what a user passes to KontextManagementClient::request.
#pragma once

#include <string>
#include <string_view>

#include <kontext/headers.hpp>

#include "client/config_check.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Throws ConfigError for anything but an HTTP method in capitals.
void checkMethod(std::string_view method);

/// The URL of a raw request: a path relative to the API root, or a full URL of the base's origin, and the query. Throws
/// ConfigError for a path or a query that cannot be sent.
std::string rawUrl(const Endpoints& endpoints, std::string_view path, const Headers& query);

/// Throws ConfigError for the path of a list that holds what the walk over its pages changes: it would be sent twice,
/// or with every page.
void checkListPath(std::string_view path);

KONTEXT_END_NAMESPACE
