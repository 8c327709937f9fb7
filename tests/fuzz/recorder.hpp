// A client whose requests go nowhere, but are kept.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <kontext/management.hpp>

/// Answers everything with an empty object, and keeps the URL of the last request that was not for a token.
class Recorder : public kontext::Transport {
public:
    kontext::HttpResponse send(const kontext::HttpRequest& request) override {
        if (request.method == "POST") return {200, {}, R"({"access_token":"t","expires_in":3600})"};
        url = request.url;
        return {200, {}, R"({"items":[]})"};
    }
    std::string url{};
};

struct RecordedClient {
    static constexpr const char* root = "https://api.test/api/v1";

    std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
    kontext::KontextManagementClient client{[this] {
        kontext::ClientConfig config;
        config.baseUrl = "https://api.test";
        config.credentials.clientId = "a";
        config.credentials.clientSecret = "the-secret-of-a";
        config.transport = recorder;
        return config;
    }()};
};

inline void demand(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

/// What percent-encoding stands for; '+' is a plus.
inline std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

/// Cuts the text at the first such character; what is in front of it.
inline std::string_view cut(std::string_view& text, char at) {
    const std::size_t end = std::min(text.find(at), text.size());
    const std::string_view front = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return front;
}
