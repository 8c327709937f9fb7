// The whole API, without the network: requests in, replies out.
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

    /// Thread safe. Every reply has an x-request-id.
    Reply handle(Request request);
    void expireTokens();
    int tokensMinted() const;

private:
    struct Window {
        std::chrono::steady_clock::time_point start{};
        int count = 0;
    };

    Reply answer(const Request& request);
    Reply emulatorRoute(const Request& request);
    Reply apiRoute(const Request& request);
    std::optional<Reply> limit(const std::string& clientId);
    void note(const Request& request, const Reply& reply);
    void restart();

    Options options_;
    mutable std::mutex mutex_{};
    World world_;
    std::map<std::string, Window> windows_{};
    std::deque<Json> requests_{};
};

} // namespace kontext_emulator
