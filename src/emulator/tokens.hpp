// The tokens that are given out, and what they open.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/message.hpp"

namespace kontext_emulator {

/// Who may log in.
struct Account {
    long sequence = 0;
    Json shown = Json::object(); // as the API sends it
    std::string clientId{};
    std::string secret{};
};

class Tokens {
public:
    explicit Tokens(std::chrono::seconds ttl) : ttl_(ttl) {}

    /// `POST /oauth2/token`, as Ory Hydra does it.
    Response issue(std::vector<Account>& accounts, const Request& request);
    /// Checks the bearer token: the response that refuses it, or nothing and the credential's id.
    std::optional<Response> authorize(const Request& request, std::string& clientId) const;
    void expire() { tokens_.clear(); }
    /// Those of one client.
    void revoke(const std::string& clientId);
    int issued() const noexcept { return issued_; }

private:
    struct Token {
        std::string clientId{};
        std::string scope{};
        std::chrono::steady_clock::time_point expiresAt{};
    };

    std::map<std::string, Token> tokens_{};
    std::chrono::seconds ttl_;
    int issued_ = 0;
};

} // namespace kontext_emulator
