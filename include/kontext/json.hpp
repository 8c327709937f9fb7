/// @file
/// Values as `nlohmann::json`, and back, for programs that use it; the only header of ours that includes it. Opt-in:
/// nothing else needs it, and it is compiled into your program, with your version of nlohmann/json (3.9 or newer).
#pragma once

// Old Windows headers define these, and neither fields of ours nor the standard library's headers would survive it.
#pragma push_macro("in")
#pragma push_macro("out")
#undef in
#undef out

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include <kontext/export.hpp>
#include <kontext/management.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What to do with secrets that a value holds.
enum class JsonSecrets {
    redact, ///< "[redacted]" in their place.
    reveal  ///< As they are: do not log the result.
};

namespace detail {

// In the library, for each value of the API. Text crosses the border: the library may be built with another version of
// nlohmann/json.
template <class T>
KONTEXT_API std::string jsonText(const T& value, bool revealSecrets);
template <class T>
KONTEXT_API T jsonValue(std::string_view text);

// The marks of export.hpp. A struct that is derived from a value has its mark, and no table.
template <class T, class = void>
inline constexpr bool isValue = false;
template <class T>
inline constexpr bool isValue<T, std::void_t<typename T::KontextValue>> = std::is_same_v<typename T::KontextValue, T>;
template <class T, class = void>
inline constexpr bool isItem = false;
template <class T>
inline constexpr bool isItem<T, std::void_t<typename T::KontextItem>> = std::is_same_v<typename T::KontextItem, T>;
template <class T, class = void>
inline constexpr bool isInput = false;
template <class T>
inline constexpr bool isInput<T, std::void_t<typename T::KontextInput>> = std::is_same_v<typename T::KontextInput, T>;

/// What toJson takes.
template <class T>
inline constexpr bool hasJson = isValue<T> || isInput<T> || std::is_same_v<T, RawJson>;
template <class T>
inline constexpr bool hasJson<std::vector<T>> = hasJson<T>;
template <class T>
inline constexpr bool hasJson<std::optional<T>> = hasJson<T>;
template <class T>
inline constexpr bool hasJson<Page<T>> = hasJson<T>;
template <class T>
inline constexpr bool hasJson<Items<T>> = hasJson<T>;

/// What fromJson makes.
template <class T>
inline constexpr bool comesBack = isValue<T> || std::is_same_v<T, RawJson>;
template <class T>
inline constexpr bool comesBack<std::vector<T>> = isItem<T>;
template <class T>
inline constexpr bool comesBack<Page<T>> = isItem<T>;
template <class T>
inline constexpr bool comesBack<Items<T>> = isItem<T>;

} // namespace detail

/// The value with the field names of the API: a struct that the API returns or is sent, the parameters of a list, or
/// RawJson. Fields without a value are left out: optionals that are not set, and enumerations, timestamps and RawJson
/// that are empty or null. (A request sends a null that it was given all the same.) Throws ConfigError for text that is
/// not UTF-8, for RawJson in a struct that is not JSON, and for numbers that are not finite. RawJson by itself throws
/// nlohmann's parse_error if it is not JSON, which cannot happen to one that came from the API. Any other type does not
/// compile.
template <class T, std::enable_if_t<detail::isValue<T> || detail::isInput<T> || std::is_same_v<T, RawJson>, int> = 0>
nlohmann::json toJson(const T& value, JsonSecrets secrets = JsonSecrets::redact) {
    if constexpr (std::is_same_v<T, RawJson>)
        return nlohmann::json::parse(value.text());
    else
        return nlohmann::json::parse(detail::jsonText(value, secrets == JsonSecrets::reveal));
}

/// The value, or null.
template <class T, std::enable_if_t<detail::hasJson<T>, int> = 0>
nlohmann::json toJson(const std::optional<T>& value, JsonSecrets secrets = JsonSecrets::redact) {
    return value ? toJson(*value, secrets) : nlohmann::json();
}

/// An array.
template <class T, std::enable_if_t<detail::hasJson<T>, int> = 0>
nlohmann::json toJson(const std::vector<T>& values, JsonSecrets secrets = JsonSecrets::redact) {
    auto array = nlohmann::json::array();
    for (const T& value : values)
        array.push_back(toJson(value, secrets));
    return array;
}

/// A list, as `{"items": […]}`.
template <class T, std::enable_if_t<detail::hasJson<T>, int> = 0>
nlohmann::json toJson(const Items<T>& list, JsonSecrets secrets = JsonSecrets::redact) {
    auto object = nlohmann::json::object();
    object["items"] = toJson(list.items, secrets);
    return object;
}

/// One page, as `{"items": […], "nextCursor": …}`.
template <class T, std::enable_if_t<detail::hasJson<T>, int> = 0>
nlohmann::json toJson(const Page<T>& page, JsonSecrets secrets = JsonSecrets::redact) {
    auto object = nlohmann::json::object();
    object["items"] = toJson(page.items, secrets);
    if (page.nextCursor) object["nextCursor"] = *page.nextCursor;
    return object;
}

/// JSON for a field such as CreateIntegrationInput::capabilities. Throws ConfigError for text that is no UTF-8.
inline RawJson toRawJson(const nlohmann::json& value) {
    try {
        return RawJson(value.dump());
    } catch (const nlohmann::json::exception&) {
        throw ConfigError("value", "value holds text that is not valid UTF-8");
    }
}

/// A value of the API, read as strictly as a response: a struct that the API returns, RawJson, or a `Page`, `Items` or
/// `std::vector` of what it lists. Throws DecodeError, whose `pointer()` names the place. Any other type does not
/// compile.
template <class T, std::enable_if_t<detail::comesBack<T>, int> = 0>
T fromJson(const nlohmann::json& value) {
    std::string text = "\xff"; // what is no UTF-8 is no JSON, and is refused as that is
    try {
        text = value.dump();
    } catch (const nlohmann::json::exception&) { // NOLINT(bugprone-empty-catch): the text is as it was
    }
    return detail::jsonValue<T>(text);
}

KONTEXT_END_NAMESPACE

#pragma pop_macro("out")
#pragma pop_macro("in")
