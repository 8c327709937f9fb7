// Parameters of a list into a query, by the tables of mapping.hpp.
#pragma once

#include <string>

#include <kontext/export.hpp>

#include "json/mapping.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// `limit=10&cursor=a%3D`, with unset parameters and an empty cursor left out. Throws ConfigError, naming the
/// parameter, for CR, LF or NUL.
std::string encodeQuery(const Object& object, const void* params);

template <class T>
std::string encodeQuery(const T& params) {
    return encodeQuery(objectOf<T>, &params);
}

} // namespace json
KONTEXT_END_NAMESPACE
