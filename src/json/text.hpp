// Values back into JSON text, for <kontext/json.hpp>.
#pragma once

#include <string>

#include <kontext/export.hpp>

#include "json/encode.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace detail {

/// Instantiated by each resource for its values. Text, and not nlohmann's type, crosses the border of the library: the
/// user's nlohmann may be another version than ours.
template <class T>
std::string jsonText(const T& value, bool revealSecrets) {
    return json::encode(value, revealSecrets ? json::Secrets::reveal : json::Secrets::redact);
}

} // namespace detail
KONTEXT_END_NAMESPACE
