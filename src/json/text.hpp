// Values into JSON text and back, for <kontext/json.hpp>.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kontext/export.hpp>

#include "json/decode.hpp"
#include "json/encode.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Throws DecodeError. There is no request that it is about.
[[noreturn]] void refuse(Fault fault);

} // namespace json

namespace detail {

// Text, and not nlohmann's type, crosses the border of the library: the user's nlohmann may be another version than
// ours.

template <class T>
std::string jsonText(const T& value, bool revealSecrets) {
    return json::encode(json::typeOf<T>, &value, revealSecrets ? json::Secrets::reveal : json::Secrets::redact, nullptr,
                        json::Empty::leaveOut);
}

template <class T>
T jsonValue(std::string_view text) {
    T value{};
    if (auto fault = json::read(text, value)) json::refuse(std::move(*fault));
    return value;
}

} // namespace detail
KONTEXT_END_NAMESPACE

// The Fields tables of structs that <kontext/json.hpp> prints and reads. They stand in the namespace of the library
// itself, and what the header calls is instantiated explicitly: the structs are hidden, and with them whatever a
// compiler instantiates for them by itself.

#define KONTEXT_JSON_FIELDS(Struct, ...)                                                                               \
    template <>                                                                                                        \
    struct json::Fields<Struct> {                                                                                      \
        static constexpr FieldList list{__VA_ARGS__};                                                                  \
    }

#define KONTEXT_JSON_PRINTS(Struct) template KONTEXT_API std::string detail::jsonText(const Struct& value, bool)
#define KONTEXT_JSON_READS(Type) template KONTEXT_API Type detail::jsonValue<Type>(std::string_view)
#define KONTEXT_JSON_LISTS(Struct)                                                                                     \
    KONTEXT_JSON_READS(std::vector<Struct>);                                                                           \
    KONTEXT_JSON_READS(Items<Struct>);                                                                                 \
    KONTEXT_JSON_READS(Page<Struct>)

/// A struct that the API is sent, a KONTEXT_INPUT.
#define KONTEXT_JSON_INPUT(Struct, ...)                                                                                \
    KONTEXT_JSON_FIELDS(Struct, __VA_ARGS__);                                                                          \
    KONTEXT_JSON_PRINTS(Struct)
/// A struct that the API returns, a KONTEXT_VALUE: `KONTEXT_JSON_VALUE(Trace, required<&Trace::traceId>("traceId"),
/// …);`.
#define KONTEXT_JSON_VALUE(Struct, ...)                                                                                \
    KONTEXT_JSON_INPUT(Struct, __VA_ARGS__);                                                                           \
    KONTEXT_JSON_READS(Struct)
/// One that it lists as well, a KONTEXT_ITEM.
#define KONTEXT_JSON_ITEM(Struct, ...)                                                                                 \
    KONTEXT_JSON_VALUE(Struct, __VA_ARGS__);                                                                           \
    KONTEXT_JSON_LISTS(Struct)
