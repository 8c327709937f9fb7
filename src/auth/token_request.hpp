// The OAuth client credentials grant.
#pragma once

#include <memory>
#include <string>

#include <kontext/export.hpp>

#include "auth/token_cache.hpp"
#include "auth/token_response.hpp"

KONTEXT_BEGIN_NAMESPACE

struct TokenEndpoint {
    std::string url{};
    std::string scope{};    // joined by spaces; empty: not sent
    std::string audience{}; // empty: not sent
};

class TokenRequest : public TokenSource {
public:
    TokenRequest(const CallContext& context, TokenEndpoint endpoint)
        : context_(context), endpoint_(std::move(endpoint)) {}

    /// Throws OAuthError for any answer that brings no token, and what an exchange throws if there is none.
    IssuedToken issue(const Credentials& credentials, const CallDeadline& deadline) override;
    std::string key(const Credentials& credentials) const override;

private:
    std::string form() const;
    [[noreturn]] void refuse(const PreparedRequest& prepared, const CallResult& result,
                             const Credentials& credentials) const;
    [[noreturn]] void refuseUnusable(const PreparedRequest& prepared, const CallResult& result, TokenFault fault,
                                     const Credentials& credentials) const;
    std::string shownUrl() const;
    std::string whatToCheck(const detail::ErrorData& data, const std::string& clientId) const;

    const CallContext& context_;
    TokenEndpoint endpoint_;
};

KONTEXT_END_NAMESPACE
