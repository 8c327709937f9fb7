// Looking things up in header fields, and what may be put into them.
#pragma once

#include <string>
#include <string_view>

#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What findHeader finds, or an empty string.
std::string headerOr(const Headers& headers, std::string_view name);

/// Adds the fields, in place of those that have one of their names. Two of them of one name are both there then.
void setHeaders(Headers& headers, const Headers& fields);

/// Throws ConfigError, naming the field as `parameter`, for a name that is no token, for a value that would end the
/// header early, and for those that only we may set.
void checkHeaders(const Headers& headers, const std::string& parameter);

KONTEXT_END_NAMESPACE
