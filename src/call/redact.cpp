#include "call/redact.hpp"

#include "values/wipe.hpp"
#include "json/quote.hpp"

namespace kontext {
namespace {

constexpr std::string_view mask = "[redacted]";
constexpr std::size_t shortest = 6;

void replace(std::string& text, std::string_view secret) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mask.size()))
        text.replace(at, secret.size(), mask);
}

} // namespace

void redact(std::string& text, const std::vector<Secret>& secrets) {
    if (text.empty()) return;
    for (const Secret& secret : secrets) {
        const std::string_view bytes = secret.reveal();
        if (bytes.size() < shortest) continue;
        replace(text, bytes);
        std::string quoted; // as it stands within JSON
        quoted.reserve(6 * bytes.size() + 2);
        json::appendQuoted(quoted, bytes);
        if (const auto inner = std::string_view(quoted).substr(1, quoted.size() - 2); inner != bytes)
            replace(text, inner);
        wipe(quoted);
    }
}

void redact(detail::ErrorData& data, const std::vector<Secret>& secrets) {
    if (secrets.empty()) return;
    std::string meta = data.meta.text();
    redact(meta, secrets);
    data.meta = RawJson(std::move(meta));
    for (std::string* text : {&data.message, &data.code, &data.errorCode, &data.errorDescription, &data.body})
        redact(*text, secrets);
    if (data.requestId) redact(*data.requestId, secrets);
    for (auto& header : data.headers)
        redact(header.second, secrets);
    for (ValidationError& error : data.validationErrors) {
        redact(error.field, secrets);
        redact(error.message, secrets);
    }
    for (std::string& scope : data.missingScopes)
        redact(scope, secrets);
}

} // namespace kontext
