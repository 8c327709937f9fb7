// The OAuth client credentials grant.
#pragma once

#include <memory>
#include <string>

#include "auth/token_cache.hpp"

namespace kontext {

struct TokenEndpoint {
    std::string url{};
    std::string scope{};    // joined by spaces; empty: not sent
    std::string audience{}; // empty: not sent
};

class TokenRequest : public TokenSource {
public:
    TokenRequest(const Wiring& wiring, TokenEndpoint endpoint) : wiring_(wiring), endpoint_(std::move(endpoint)) {}

    /// Throws OAuthError for any answer that brings no token, and what an exchange throws if there is none.
    MintedToken mint(const Credentials& credentials, const Budget& budget) override;
    std::string key(const Credentials& credentials) const override;

private:
    std::string form() const;
    [[noreturn]] void refuse(const Outgoing& out, const Answer& answer, const Credentials& credentials) const;
    [[noreturn]] void refuseUnusable(const Outgoing& out, const Answer& answer, const std::string& fault) const;
    std::string shownUrl() const;
    std::string whatToCheck(const detail::ErrorData& data, const std::string& clientId) const;

    const Wiring& wiring_;
    TokenEndpoint endpoint_;
};

} // namespace kontext
