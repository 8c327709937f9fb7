#include "auth/token_response.hpp"

#include <algorithm>
#include <cmath>

#include "call/access_token.hpp"
#include "values/ascii.hpp"
#include "json/decode.hpp"
#include "json/number.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

struct TokenResponse {
    std::optional<Secret> accessToken{};
    std::optional<std::string> tokenType{};
    std::optional<RawJson> expiresIn{};
    std::optional<RawJson> error{};
    std::optional<RawJson> errorDescription{};
};

constexpr std::chrono::seconds whenMissing{300};
constexpr std::chrono::seconds longest = std::chrono::hours(24 * 365);

/// A number, or a number in quotes; nothing if it is neither or not greater than zero.
std::optional<std::chrono::seconds> lifetime(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    double value = 0;
    const auto read = json::fromChars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(value) || value < 1) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(value, static_cast<double>(longest.count()))));
}

} // namespace

namespace json {
template <>
struct Fields<TokenResponse> {
    static constexpr FieldList list{
        field<&TokenResponse::accessToken>("access_token"),
        field<&TokenResponse::tokenType>("token_type"),
        field<&TokenResponse::expiresIn>("expires_in"),
        field<&TokenResponse::error>("error"),
        field<&TokenResponse::errorDescription>("error_description"),
    };
};
} // namespace json

namespace {

/// "" for anything but a string.
std::string textOf(const std::optional<RawJson>& value) {
    std::string text;
    if (value && json::decode(value->text(), text)) text.clear();
    return text;
}

TokenFault withoutToken(const TokenResponse& response) {
    TokenFault fault;
    fault.errorCode = textOf(response.error);
    if (fault.errorCode.empty()) {
        fault.message =
            response.accessToken ? "/access_token: it is empty" : "/access_token: the field is missing or null";
    } else {
        fault.message = "it is an OAuth error";
        fault.errorDescription = textOf(response.errorDescription);
    }
    return fault;
}

} // namespace

std::optional<TokenFault> readTokenResponse(std::string_view body, IssuedToken& issued) {
    TokenResponse response;
    if (const auto fault = json::decode(body, response))
        return TokenFault{fault->pointer.empty() ? fault->message : fault->pointer + ": " + fault->message};
    if (!response.accessToken || response.accessToken->empty()) return withoutToken(response);
    const Secret& token = *response.accessToken;
    if (!isToken(token.reveal()))
        return TokenFault{"/access_token: it contains characters that an HTTP header cannot carry"};
    if (response.tokenType && !equalsIgnoringCase(*response.tokenType, "bearer"))
        return TokenFault{"/token_type: it is not Bearer"};
    issued.lifetime = whenMissing;
    if (response.expiresIn) {
        const auto given = lifetime(response.expiresIn->text());
        if (!given) return TokenFault{"/expires_in: expected a number of seconds, 1 or more"};
        issued.lifetime = *given;
    }
    issued.token = std::move(*response.accessToken);
    return std::nullopt;
}

KONTEXT_END_NAMESPACE
