#include "call/response_error.hpp"

#include <utility>

#include "call/display_path.hpp"
#include "call/redact.hpp"
#include "transport/header_fields.hpp"
#include "json/envelope.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;

/// For a response without words that we know: one line of it, not a whole page of a gateway.
std::string summarizeText(std::string_view body) {
    constexpr std::size_t longest = 300;
    std::string text;
    for (const char c : body) {
        const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (blank && (text.empty() || text.back() == ' ')) continue;
        text.push_back(blank ? ' ' : c);
        if (text.size() > longest) break;
    }
    if (text.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
            --end; // not within a character
        text.resize(end);
        text += "...";
    }
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

/// What every error says about its call.
ErrorData describeCall(const PreparedRequest& request, const CallResult& result, ErrorData::Kind kind) {
    ErrorData data;
    data.kind = kind;
    data.method = request.http.method;
    data.path = displayPath(request.http.url);
    data.status = result.http.statusCode;
    if (const std::string* id = findHeader(result.http.headers, "x-request-id")) data.requestId = *id;
    data.attempts = result.attempts;
    data.maxAttempts = result.maxAttempts;
    return data;
}

void readBody(ErrorData& data, const std::vector<Secret>& secrets) {
    auto envelope = json::readEnvelope(data.body);
    if (envelope) {
        data.message = envelope->bestMessage();
        data.code = std::move(envelope->code);
        data.errorCode = std::move(envelope->error);
        data.errorDescription = std::move(envelope->errorDescription);
        data.validationErrors = std::move(envelope->validationErrors);
        data.missingScopes = std::move(envelope->missingScopes);
        data.meta = RawJson(std::move(envelope->meta));
        redact(envelope->text, secrets); // before it is cut: the body may have spelled them with escapes
    }
    if (data.message.empty()) data.message = summarizeText(envelope ? envelope->text : data.body);
    if (data.message.empty()) data.message = "HTTP " + std::to_string(data.status);
}

} // namespace

ErrorData errorOf(const PreparedRequest& request, const CallResult& result, ErrorData::Kind kind) {
    const std::vector<Secret> secrets = secretsOf(request, result.token);
    ErrorData data = describeCall(request, result, kind);
    data.headers = result.http.headers;
    data.body = result.http.body;
    redact(data.body, secrets); // before words are cut out of it
    data.reason = result.reason;
    data.retryAfter = result.retryAfter;
    readBody(data, secrets);
    if (data.status >= 300 && data.status <= 399)
        if (const std::string* location = findHeader(result.http.headers, "Location"))
            data.message += " (redirects are not followed; Location: " + displayUrl(*location) + ')';
    redact(data, secrets); // what was spelled otherwise in the body
    return data;
}

void throwDecodeError(const CallContext& context, const PreparedRequest& request, const CallResult& result,
                      json::Fault fault, std::string code) {
    ErrorData data = describeCall(request, result, ErrorData::Kind::decode);
    data.code = std::move(code);
    data.message = "invalid response: " + fault.message;
    data.pointer = std::move(fault.pointer);
    redact(data, secretsOf(request, result.token));
    context.log(LogLevel::error, describe(data));
    detail::raise(std::move(data));
}

KONTEXT_END_NAMESPACE
