#include "call/redact.hpp"

#include <algorithm>

#include "values/wipe.hpp"
#include "json/quote.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

constexpr std::string_view mask = "[redacted]";
constexpr std::size_t shortest = 6;

/// Into a buffer of its own: what a replacement in place leaves behind the end would be the tail of a secret.
void replace(std::string& text, std::string_view secret) {
    std::size_t at = text.find(secret);
    if (at == std::string::npos) return;
    std::string clean;
    clean.reserve(text.size());
    std::size_t from = 0;
    for (; at != std::string::npos; at = text.find(secret, from)) {
        appendWiping(clean, std::string_view(text).substr(from, at - from)); // other secrets may be in it
        appendWiping(clean, mask);
        from = at + secret.size();
    }
    appendWiping(clean, std::string_view(text).substr(from));
    std::swap(text, clean);
    wipe(clean);
}

/// The text may be cut off within a secret.
void replaceHead(std::string& text, std::string_view secret) {
    for (std::size_t size = std::min(secret.size() - 1, text.size()); size >= shortest; --size) {
        const std::string_view head = secret.substr(0, size);
        if (std::string_view(text).substr(text.size() - size) == head) return replace(text, head);
    }
}

} // namespace

void redact(std::string& text, const std::vector<Secret>& secrets) {
    if (text.empty()) return;
    std::vector<std::string_view> longestFirst; // one may be the beginning of another
    for (const Secret& secret : secrets)
        if (secret.reveal().size() >= shortest) longestFirst.push_back(secret.reveal());
    std::sort(longestFirst.begin(), longestFirst.end(), [](auto a, auto b) { return a.size() > b.size(); });
    for (const std::string_view bytes : longestFirst) {
        replace(text, bytes);
        replaceHead(text, bytes);
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
    for (std::string* text :
         {&data.message, &data.code, &data.errorCode, &data.errorDescription, &data.body, &data.path, &data.pointer})
        redact(*text, secrets);
    if (data.requestId) redact(*data.requestId, secrets);
    for (auto& [name, value] : data.headers) {
        redact(name, secrets);
        redact(value, secrets);
    }
    for (ValidationError& error : data.validationErrors) {
        redact(error.field, secrets);
        redact(error.message, secrets);
    }
    for (std::string& scope : data.missingScopes)
        redact(scope, secrets);
}

KONTEXT_END_NAMESPACE
