#include "auth/token_request.hpp"

#include <utility>

#include "auth/base64.hpp"
#include "auth/token_response.hpp"
#include "call/redact.hpp"
#include "values/percent.hpp"
#include "values/wipe.hpp"

namespace kontext {
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

MintedToken TokenRequest::mint(const Credentials& credentials, const Budget& budget) {
    const Secret encoded = basic(credentials);
    Outgoing out;
    out.http.method = "POST";
    out.http.url = endpoint_.url;
    out.http.headers.reserve(4);
    out.http.headers.emplace_back("Authorization", basicHeader(encoded));
    out.http.headers.emplace_back("Accept", "application/json");
    out.http.headers.emplace_back("User-Agent", wiring_.userAgent);
    out.http.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    out.http.body = form();
    out.http.maxResponseBytes = wiring_.maxResponseBytes;
    out.http.cancel = budget.cancel();
    out.route = "token";
    out.repeatable = true; // a token more does no harm
    out.secrets = {credentials.clientSecret, encoded, formEncoded(credentials.clientSecret)};

    Answer answer = Exchange(wiring_, out, budget, nullptr, nullptr).run();
    if (!answer.succeeded()) refuse(out, answer, credentials);
    MintedToken minted;
    std::optional<std::string> fault;
    if (answer.http.body.size() > wiring_.maxResponseBytes)
        fault = "it is larger than maxResponseBytes";
    else
        fault = readTokenReply(answer.http.body, minted);
    wipe(answer.http.body); // it may hold a token, and stays out of the error
    if (fault) refuseUnusable(out, answer, *fault);
    return minted;
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

void TokenRequest::refuse(const Outgoing& out, const Answer& answer, const Credentials& credentials) const {
    ErrorData data = errorOf(out, answer, ErrorData::Kind::oauth);
    data.code.clear(); // the vendor's code for a refused token request is one, whatever the endpoint calls it
    data.message += "; check " + whatToCheck(data, credentials.clientId);
    detail::raise(std::move(data));
}

void TokenRequest::refuseUnusable(const Outgoing& out, const Answer& answer, const std::string& fault) const {
    ErrorData data = errorOf(out, answer, ErrorData::Kind::oauth);
    data.code.clear();
    data.message = "the token endpoint's reply cannot be used: " + fault + "; check " + shownUrl();
    detail::raise(std::move(data));
}

/// Without a query, whose values may be keys of a gateway.
std::string TokenRequest::shownUrl() const {
    return "tokenUrl (" + endpoint_.url.substr(0, endpoint_.url.find('?')) + ')';
}

std::string TokenRequest::whatToCheck(const ErrorData& data, const std::string& clientId) const {
    std::string url = shownUrl();
    std::string client = "credentials.clientId (" + clientId + ')';
    std::string scopes = "scopes (" + endpoint_.scope + ')';
    std::string audience = "audience (" + endpoint_.audience + ')';
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

} // namespace kontext
