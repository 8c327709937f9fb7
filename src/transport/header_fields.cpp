#include "transport/header_fields.hpp"

#include <algorithm>
#include <array>

#include <kontext/errors.hpp>

#include "values/ascii.hpp"
#include "values/percent.hpp"
#include "values/printable.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

bool isFieldName(std::string_view name) {
    constexpr std::string_view allowed = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    return !name.empty() && std::all_of(name.begin(), name.end(), [allowed](char c) {
        return allowed.find(toLower(c)) != std::string_view::npos;
    });
}

bool isOurs(std::string_view name) {
    constexpr std::array<std::string_view, 5> ours{"Authorization", "Host", "Content-Length", "Transfer-Encoding",
                                                   "Connection"};
    return std::any_of(ours.begin(), ours.end(), [name](std::string_view o) { return equalsIgnoringCase(name, o); });
}

} // namespace

const std::string* findHeader(const Headers& headers, std::string_view name) noexcept {
    for (const auto& header : headers)
        if (equalsIgnoringCase(header.first, name)) return &header.second;
    return nullptr;
}

std::string headerOr(const Headers& headers, std::string_view name) {
    const std::string* value = findHeader(headers, name);
    return value != nullptr ? *value : std::string();
}

void setHeaders(Headers& headers, const Headers& fields) {
    const auto isReplaced = [&fields](const auto& header) { return findHeader(fields, header.first) != nullptr; };
    headers.erase(std::remove_if(headers.begin(), headers.end(), isReplaced), headers.end());
    headers.insert(headers.end(), fields.begin(), fields.end());
}

std::optional<std::string> refusalOf(const std::string& name, const std::string& value) {
    const auto shown = [&name] { return '"' + printable(name) + '"'; };
    if (!isFieldName(name)) return shown() + " is not a valid header name";
    if (isOurs(name)) return shown() + " is set by the client and cannot be overridden";
    if (breaksLines(value)) return "the value of " + shown() + " must not contain CR, LF or NUL";
    return std::nullopt;
}

void checkHeaders(const Headers& headers, const std::string& parameter) {
    for (const auto& [name, value] : headers)
        if (const auto refusal = refusalOf(name, value)) throw ConfigError(parameter, parameter + ": " + *refusal);
}

KONTEXT_END_NAMESPACE
