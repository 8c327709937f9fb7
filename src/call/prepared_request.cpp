#include "call/prepared_request.hpp"

#include <utility>

#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

constexpr std::string_view authorizationHeader = "Authorization";

} // namespace

PreparedRequest::~PreparedRequest() {
    for (auto& header : http.headers)
        if (header.first == authorizationHeader) wipe(header.second);
    if (!secrets.empty()) wipe(http.body);
}

void PreparedRequest::authorize(const AccessToken& token) {
    const std::string_view bytes = token.secret().reveal();
    std::string value;
    value.reserve(7 + bytes.size());
    value.append("Bearer ").append(bytes);
    for (auto& header : http.headers) {
        if (header.first != authorizationHeader) continue;
        wipe(header.second);
        header.second = std::move(value);
        return;
    }
    http.headers.emplace_back(authorizationHeader, std::move(value));
}

CallResult::~CallResult() { discard(http); }

void discard(HttpResponse& response) {
    wipe(response.body);
    if (response.statusCode < 300) return;
    for (auto& header : response.headers)
        wipe(header.second);
}

std::vector<Secret> secretsOf(const PreparedRequest& request, const std::shared_ptr<const AccessToken>& token) {
    std::vector<Secret> all = request.secrets;
    if (token != nullptr) all.push_back(token->secret());
    return all;
}

KONTEXT_END_NAMESPACE
