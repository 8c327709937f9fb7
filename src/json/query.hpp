// Parameters of a list into a query, by the tables of shape.hpp.
#pragma once

#include <string>

#include "json/mapping.hpp"

namespace kontext::json {

/// `limit=10&cursor=a%3D`, with unset parameters and an empty cursor left out. Throws ConfigError, naming the
/// parameter, for CR, LF or NUL.
std::string encodeQuery(const Object& object, const void* params);

template <class T>
std::string encodeQuery(const T& params) {
    return encodeQuery(object<T>(), &params);
}

} // namespace kontext::json
