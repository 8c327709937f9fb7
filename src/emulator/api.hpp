// The whole API, without the network: requests in, responses out.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "emulator/message.hpp"
#include "emulator/server.hpp"
#include "emulator/store.hpp"

namespace kontext_emulator {

class Api {
public:
    /// The options must have client id and secret.
    explicit Api(Options options);

    /// Thread safe. Every response has an x-request-id.
    Response handle(Request request);
    void expireTokens();
    int tokensIssued() const;

private:
    struct Window {
        std::chrono::steady_clock::time_point start{};
        int count = 0;
    };

    Response answer(const Request& request);
    Response emulatorRoute(const Request& request);
    Response apiRoute(const Request& request);
    std::optional<Response> limit(const std::string& clientId);
    void note(const Request& request, const Response& response);
    void restart();

    Options options_;
    mutable std::mutex mutex_{};
    Store store_;
    std::map<std::string, Window> windows_{};
    std::deque<Json> requests_{};
};

} // namespace kontext_emulator
