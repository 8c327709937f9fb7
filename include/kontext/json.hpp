/// @file
/// Values as `nlohmann::json`, for programs that use it; the only header of ours that includes it. Opt-in: nothing else
/// needs it, and it is compiled into your program, with your version of nlohmann/json (3.9 or newer).
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kontext/export.hpp>
#include <kontext/management.hpp>

KONTEXT_BEGIN_NAMESPACE

namespace detail {
// In the library, for each value of the API. Text crosses the border: the library may be built with another version of
// nlohmann/json.
template <class T>
KONTEXT_API std::string jsonText(const T& value, bool revealSecrets);
} // namespace detail

/// What to do with secrets that a value holds.
enum class JsonSecrets {
    redact, ///< "[redacted]" in their place.
    reveal  ///< As they are: do not log the result.
};

/// The value with the field names of the API; fields without a value are left out. For the structs of `resources` and
/// their responses and inputs: Application, ApplicationOAuth, Integration, ServiceAccount, AgentSession, Trace,
/// McpEvent, TraceStats, … Throws ConfigError for text that is not UTF-8, for RawJson that is not JSON, and for
/// numbers that are not finite.
template <class T>
nlohmann::json toJson(const T& value, JsonSecrets secrets = JsonSecrets::redact) {
    return nlohmann::json::parse(detail::jsonText(value, secrets == JsonSecrets::reveal));
}

/// The JSON itself. Throws nlohmann's parse_error if the text is none, which cannot happen to one that came from the
/// API.
inline nlohmann::json toJson(const RawJson& value, JsonSecrets = JsonSecrets::redact) {
    return nlohmann::json::parse(value.text());
}

/// One page, as `{"items": […], "nextCursor": …}`.
template <class T>
nlohmann::json toJson(const Page<T>& page, JsonSecrets secrets = JsonSecrets::redact) {
    nlohmann::json out = {{"items", nlohmann::json::array()}};
    for (const T& item : page.items)
        out["items"].push_back(toJson(item, secrets));
    if (page.nextCursor) out["nextCursor"] = *page.nextCursor;
    return out;
}

/// A list, as `{"items": […]}`.
template <class T>
nlohmann::json toJson(const Items<T>& list, JsonSecrets secrets = JsonSecrets::redact) {
    nlohmann::json out = {{"items", nlohmann::json::array()}};
    for (const T& item : list.items)
        out["items"].push_back(toJson(item, secrets));
    return out;
}

KONTEXT_END_NAMESPACE
