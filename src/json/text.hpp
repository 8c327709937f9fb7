// Values back into JSON text, for <kontext/json.hpp>.
#pragma once

#include <string>

#include <kontext/export.hpp>

#include "json/encode.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace detail {

/// Instantiated for each KONTEXT_JSON_VALUE. Text, and not nlohmann's type, crosses the border of the library: the
/// user's nlohmann may be another version than ours.
template <class T>
std::string jsonText(const T& value, bool revealSecrets) {
    return json::encode(value, revealSecrets ? json::Secrets::reveal : json::Secrets::redact);
}

} // namespace detail
KONTEXT_END_NAMESPACE

/// The Fields table of a struct that <kontext/json.hpp> prints; stands in the namespace of the library itself:
/// `KONTEXT_JSON_VALUE(Trace, required<&Trace::traceId>("traceId"), …);`. What the header calls must be instantiated
/// explicitly: the structs are hidden, and with them whatever a compiler instantiates for them by itself.
#define KONTEXT_JSON_VALUE(Struct, ...)                                                                                \
    template <>                                                                                                        \
    struct json::Fields<Struct> {                                                                                      \
        static constexpr FieldList list{__VA_ARGS__};                                                                  \
    };                                                                                                                 \
    template KONTEXT_API std::string detail::jsonText(const Struct& value, bool revealSecrets)
