#include "auth/token_response.hpp"

#include <algorithm>
#include <cmath>

#include "call/access_token.hpp"
#include "transport/header_fields.hpp"
#include "json/decode.hpp"
#include "json/number.hpp"

namespace kontext {
namespace {

struct TokenReply {
    Secret accessToken{};
    std::optional<std::string> tokenType{};
    std::optional<RawJson> expiresIn{};
};

constexpr std::chrono::seconds whenMissing{300};
constexpr std::chrono::seconds longest = std::chrono::hours(24 * 365);

/// A number, or a number in quotes; nothing if it is neither or not greater than zero.
std::optional<std::chrono::seconds> lifetime(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    double seconds = 0;
    const auto read = json::fromChars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(seconds) || seconds < 1) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, static_cast<double>(longest.count()))));
}

} // namespace

namespace json {
template <>
struct Fields<TokenReply> {
    static constexpr Field list[] = {
        required<&TokenReply::accessToken>("access_token"),
        field<&TokenReply::tokenType>("token_type"),
        field<&TokenReply::expiresIn>("expires_in"),
    };
};
} // namespace json

std::optional<std::string> readTokenReply(std::string_view body, MintedToken& minted) {
    TokenReply reply;
    if (const auto fault = json::decode(body, reply))
        return fault->pointer.empty() ? fault->message : fault->pointer + ": " + fault->message;
    if (reply.accessToken.empty()) return "/access_token: it is empty";
    if (!isToken(reply.accessToken.reveal())) return "/access_token: it holds characters that no header can carry";
    if (reply.tokenType && !equalsIgnoringCase(*reply.tokenType, "bearer")) return "/token_type: it is not Bearer";
    minted.lifetime = whenMissing;
    if (reply.expiresIn) {
        const auto seconds = lifetime(reply.expiresIn->text());
        if (!seconds) return "/expires_in: it is no number of seconds, 1 or more";
        minted.lifetime = *seconds;
    }
    minted.token = std::move(reply.accessToken);
    return std::nullopt;
}

} // namespace kontext
