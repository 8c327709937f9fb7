#include "emulator/tokens.hpp"

#include <algorithm>
#include <sstream>

#include "emulator/ids.hpp"

namespace kontext_emulator {
namespace {

constexpr const char* neededScope = "management:all";

Response refuse(int status, const std::string& error, const std::string& description) {
    Response response{
        status, Json{{"error", error}, {"error_description", description}}, {{"Cache-Control", "no-store"}}};
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"kontext-emulator\"");
    return response;
}

struct Basic {
    std::string clientId{};
    std::string secret{};
};

/// RFC 6749, section 2.3.1: both parts are form-encoded within the base64.
std::optional<Basic> readBasic(const Request& request) {
    const auto encoded = request.credentials("Basic");
    if (!encoded) return std::nullopt;
    const auto pair = base64Decoded(*encoded);
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    const auto clientId = percentDecoded(pair->substr(0, colon), true);
    const auto secret = percentDecoded(pair->substr(colon + 1), true);
    if (!clientId || !secret) return std::nullopt;
    return Basic{*clientId, *secret};
}

/// The fields that a token request has, each at most once.
struct TokenForm {
    std::string grantType{};
    std::string scope{};
    std::string audience{};
};

std::optional<Response> readForm(const Request& request, TokenForm& form) {
    if (request.mediaType() != "application/x-www-form-urlencoded")
        return refuse(400, "invalid_request", "The Content-Type must be application/x-www-form-urlencoded");
    const auto fields = parseForm(request.body);
    if (!fields) return refuse(400, "invalid_request", "The form has a % that is not followed by two hex digits");
    std::vector<std::string> seen;
    for (const auto& [name, value] : *fields) {
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
            return refuse(400, "invalid_request", "The parameter '" + name + "' must appear once");
        seen.push_back(name);
        if (name == "grant_type")
            form.grantType = value;
        else if (name == "scope")
            form.scope = value;
        else if (name == "audience")
            form.audience = value;
        else if (name == "client_id" || name == "client_secret")
            return refuse(401, "invalid_client", "Client authentication failed: this client must use HTTP Basic");
        else
            return refuse(400, "invalid_request",
                          "The parameter '" + name + "' does not belong to a client credentials request");
    }
    if (form.grantType.empty()) return refuse(400, "invalid_request", "The parameter 'grant_type' is missing");
    if (form.grantType != "client_credentials")
        return refuse(400, "unsupported_grant_type", "The grant_type must be client_credentials");
    return std::nullopt;
}

/// `management:read` is there so that a token can lack what the API wants.
std::optional<Response> checkScope(const std::string& scope) {
    std::istringstream words(scope);
    for (std::string word; words >> word;)
        if (word != neededScope && word != "management:read")
            return refuse(400, "invalid_scope", "The client may not ask for the scope '" + word + "'");
    return std::nullopt;
}

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Response unauthorized(const std::string& message) {
    Response response = errorResponse(401, message);
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

} // namespace

Response Tokens::issue(std::vector<Account>& accounts, const Request& request) {
    const auto basic = readBasic(request);
    if (!basic)
        return refuse(401, "invalid_client",
                      "Client authentication failed: no HTTP Basic credentials, or unreadable ones");
    TokenForm form;
    if (auto refusal = readForm(request, form)) return *refusal;
    const auto account = std::find_if(accounts.begin(), accounts.end(), [&basic](const Account& one) {
        return one.clientId == basic->clientId && one.secret == basic->secret;
    });
    if (account == accounts.end())
        return refuse(401, "invalid_client", "Client authentication failed: unknown client or wrong secret");
    if (auto refusal = checkScope(form.scope)) return *refusal;
    if (!form.audience.empty() && !endsWith(form.audience, "/api/v1"))
        return refuse(400, "invalid_request", "The client may not ask for the audience '" + form.audience + "'");

    const std::string token = "ory_at_" + randomText(43) + "." + randomText(43);
    tokens_[token] = {account->clientId, form.scope, std::chrono::steady_clock::now() + ttl_};
    ++issued_;
    account->shown["lastUsedAt"] = utcNow();
    return {
        200,
        Json{{"access_token", token}, {"expires_in", ttl_.count()}, {"scope", form.scope}, {"token_type", "bearer"}},
        {{"Cache-Control", "no-store"}}};
}

std::optional<Response> Tokens::authorize(const Request& request, std::string& clientId) const {
    if (request.header("Authorization").empty()) return unauthorized("An access token is required");
    const auto token = request.credentials("Bearer");
    if (!token) return unauthorized("The Authorization header must be 'Bearer ' and an access token");
    const auto found = tokens_.find(*token);
    if (found == tokens_.end()) return unauthorized("The access token is not valid");
    if (std::chrono::steady_clock::now() >= found->second.expiresAt)
        return unauthorized("The access token has expired");
    clientId = found->second.clientId;
    std::istringstream words(found->second.scope);
    for (std::string word; words >> word;)
        if (word == neededScope) return std::nullopt;
    return Response{403,
                    Json{{"error", "insufficient_scope"},
                         {"missingScopes", {neededScope}},
                         {"hint", std::string("The access token lacks the scope ") + neededScope}},
                    {}};
}

void Tokens::revoke(const std::string& clientId) {
    for (auto token = tokens_.begin(); token != tokens_.end();)
        token = token->second.clientId == clientId ? tokens_.erase(token) : std::next(token);
}

} // namespace kontext_emulator
