// The emulator: a stand-in for the Kontext Management API, in memory, on this machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace kontext_emulator {

struct Options {
    std::string host = "127.0.0.1";
    int port = 0;               // 0: any that is free
    std::string clientId{};     // empty: a new one
    std::string clientSecret{}; // empty: a new one
    std::chrono::seconds tokenTtl{3600};
    int rateLimit = 0; // API requests a minute for each credential; 0: no limit
    std::chrono::milliseconds latency{0};
    std::string tlsCert{}; // PEM file; with tlsKey it serves https
    std::string tlsKey{};
    std::size_t requestsKept = 1000; // of those that came, how many can be looked at
    bool seed = true;                // some applications, sessions and traces to look at
};

/// Serves from construction to destruction, on threads of its own.
class Server {
public:
    /// Throws std::runtime_error if it cannot listen or read the certificate.
    explicit Server(Options options = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Such as `http://127.0.0.1:41241`; a loopback address too where it listens on all addresses.
    std::string url() const;
    const std::string& clientId() const;
    const std::string& clientSecret() const;

    /// All tokens die, as if their time were up.
    void expireTokens();
    /// How many tokens were issued since the beginning or the reset.
    int tokensIssued() const;
    /// The last requests, as `GET /__emulator/requests` shows them: JSON.
    std::string requests() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace kontext_emulator
