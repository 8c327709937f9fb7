#include "auth/token_request.hpp"

#include <utility>

#include "auth/base64.hpp"
#include "auth/token_response.hpp"
#include "call/display_path.hpp"
#include "call/exchange.hpp"
#include "call/redact.hpp"
#include "call/response_error.hpp"
#include "values/percent.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;

/// RFC 6749, section 2.3.1: both parts are form-encoded first.
Secret basic(const Credentials& credentials) {
    std::string pair;
    pair.reserve(3 * (credentials.clientId.size() + credentials.clientSecret.reveal().size()) + 1);
    appendFormEncoded(pair, credentials.clientId);
    pair.push_back(':');
    appendFormEncoded(pair, credentials.clientSecret.reveal());
    std::string encoded = encodeBase64(pair);
    wipe(pair);
    return Secret(std::move(encoded));
}

/// As it stands within the Basic credentials: a server may repeat them decoded.
Secret formEncoded(const Secret& secret) {
    std::string text;
    text.reserve(3 * secret.reveal().size()); // once: a buffer that grows leaves copies of a secret behind
    appendFormEncoded(text, secret.reveal());
    return Secret(std::move(text));
}

std::string basicHeader(const Secret& encoded) {
    std::string value;
    value.reserve(6 + encoded.reveal().size());
    value.append("Basic ").append(encoded.reveal());
    return value;
}

} // namespace

IssuedToken TokenRequest::issue(const Credentials& credentials, const CallDeadline& deadline) {
    const Secret encoded = basic(credentials);
    PreparedRequest prepared;
    prepared.http.method = "POST";
    prepared.http.url = endpoint_.url;
    prepared.http.headers.reserve(4);
    prepared.http.headers.emplace_back("Authorization", basicHeader(encoded));
    prepared.http.headers.emplace_back("Accept", "application/json");
    prepared.http.headers.emplace_back("User-Agent", context_.userAgent);
    prepared.http.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    prepared.http.body = form();
    prepared.http.maxResponseBytes = context_.maxResponseBytes;
    prepared.http.cancel = deadline.cancel();
    prepared.route = "token";
    prepared.retryable = true; // a token more does no harm
    prepared.secrets = {credentials.clientSecret, encoded, formEncoded(credentials.clientSecret)};

    CallResult result = Exchange(context_, prepared, deadline, nullptr, nullptr).run();
    if (!result.succeeded()) refuse(prepared, result, credentials);
    IssuedToken issued;
    std::optional<TokenFault> fault;
    if (result.http.body.size() > context_.maxResponseBytes)
        fault = TokenFault{"it is larger than maxResponseBytes"};
    else
        fault = readTokenResponse(result.http.body, issued);
    wipe(result.http.body); // it may hold a token, and stays out of the error
    if (fault) refuseUnusable(prepared, result, std::move(*fault), credentials);
    return issued;
}

std::string TokenRequest::key(const Credentials& credentials) const {
    std::string key;
    for (const std::string* part : {&endpoint_.url, &credentials.clientId, &endpoint_.scope, &endpoint_.audience}) {
        if (!key.empty()) key.push_back('|');
        appendEncoded(key, *part);
    }
    return key;
}

std::string TokenRequest::form() const {
    std::string form = "grant_type=client_credentials";
    if (!endpoint_.scope.empty()) appendFormEncoded(form.append("&scope="), endpoint_.scope);
    if (!endpoint_.audience.empty()) appendFormEncoded(form.append("&audience="), endpoint_.audience);
    return form;
}

void TokenRequest::refuse(const PreparedRequest& prepared, const CallResult& result,
                          const Credentials& credentials) const {
    ErrorData data = errorOf(prepared, result, ErrorData::Kind::oauth);
    data.code.clear(); // the vendor's code for a refused token request is one, whatever the endpoint calls it
    data.message += "; check " + whatToCheck(data, credentials.clientId);
    detail::raise(std::move(data));
}

void TokenRequest::refuseUnusable(const PreparedRequest& prepared, const CallResult& result, TokenFault fault,
                                  const Credentials& credentials) const {
    ErrorData data = errorOf(prepared, result, ErrorData::Kind::oauth);
    data.code.clear();
    data.message = "invalid response from the token endpoint: " + fault.message;
    for (const std::string* words : {&fault.errorCode, &fault.errorDescription})
        if (!words->empty()) data.message += ": " + *words;
    data.errorCode = std::move(fault.errorCode);
    data.errorDescription = std::move(fault.errorDescription);
    data.message += "; check " + whatToCheck(data, credentials.clientId);
    redact(data, secretsOf(prepared, nullptr));
    detail::raise(std::move(data));
}

std::string TokenRequest::shownUrl() const { return "tokenUrl (" + displayUrl(endpoint_.url) + ')'; }

std::string TokenRequest::whatToCheck(const ErrorData& data, const std::string& clientId) const {
    std::string url = shownUrl();
    std::string client = "credentials.clientId (" + clientId + ')';
    std::string scopes = "scopes (" + endpoint_.scope + ')';
    std::string audience = "audience (" + displayUrl(endpoint_.audience) + ')';
    const auto mentions = [&data](std::string_view word) {
        return data.errorDescription.find(word) != std::string::npos || data.errorCode.find(word) != std::string::npos;
    };
    if (data.status >= 500 || data.status == 408 || data.status == 429) return url + ", or try again later";
    if (data.errorCode == "invalid_client") return client + " and credentials.clientSecret";
    if (data.errorCode == "invalid_scope" || mentions("scope")) return scopes;
    if (data.errorCode == "invalid_target" || mentions("audience")) return audience;
    if (data.errorCode == "unauthorized_client" || data.errorCode == "access_denied") return client;
    if (!data.errorCode.empty()) return client + ", " + scopes + " and " + audience;
    // No OAuth server speaks so: something else answers at that address.
    return url;
}

KONTEXT_END_NAMESPACE
