// Who may log in, and the tokens that they have.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "emulator/message.hpp"

namespace kontext_emulator {

struct Account {
    long sequence = 0;
    Json shown{}; // as the API sends it; null for the account that the emulator was started with
    std::string clientId{};
    std::string secret{};
};

class Accounts {
public:
    Accounts(std::string clientId, std::string secret, std::chrono::seconds tokenTtl);

    /// `POST /oauth2/token`, as Ory Hydra does it.
    Reply token(const Request& request);
    /// Checks the bearer token: the reply that refuses it, or nothing and the credential's id.
    std::optional<Reply> authorize(const Request& request, std::string& clientId) const;
    void expireTokens() { tokens_.clear(); }
    int tokensMinted() const noexcept { return minted_; }

    Reply list(const Request& request) const;
    Reply get(const Request& request);
    Reply create(const Request& request);
    Reply revoke(const Request& request);
    Reply rotateSecret(const Request& request);

private:
    struct Token {
        std::string clientId{};
        std::string scope{};
        std::chrono::steady_clock::time_point expiresAt{};
    };

    Account* byClientId(const std::string& clientId);
    std::vector<Account>::iterator byId(const std::string& id);

    std::vector<Account> accounts_{};
    std::map<std::string, Token> tokens_{};
    std::chrono::seconds tokenTtl_;
    long lastSequence_ = 0;
    int minted_ = 0;
};

} // namespace kontext_emulator
