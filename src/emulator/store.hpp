// Everything that the emulator remembers of the API's objects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/message.hpp"
#include "emulator/tokens.hpp"

namespace kontext_emulator {

// clang-tidy does not see that the JSON library's moves never throw.
struct Application { // NOLINT(bugprone-exception-escape): as said
    long sequence = 0;
    Json shown{}; // as it is sent, but for `sessions`, which are counted
    Json oauth{}; // without the secret, which nobody can ask for again
    std::vector<std::string> integrationIds{};
};

struct Integration { // NOLINT(bugprone-exception-escape): as above
    long sequence = 0;
    Json shown{};
    Json oauthConfig{}; // null: none; without the secret
    bool connected = false;
};

struct Store {
    Tokens tokens;
    // In the order of creation.
    std::vector<Account> accounts{};
    std::vector<Application> applications{};
    std::vector<Integration> integrations{};
    std::vector<Json> sessions{};
    std::vector<Json> traces{};
    std::vector<Json> events{};
    long lastSequence = 0;
};

/// Null: nothing has that id.
template <class T>
T* withId(std::vector<T>& all, const std::string& id) {
    for (T& one : all)
        if (one.shown.value("id", "") == id) return &one;
    return nullptr;
}

/// The response that refuses the name because another than `except` has it; `what` is "An application" or so.
template <class T>
std::optional<Response> refuseTaken(const std::vector<T>& all, const char* what, const std::string& name,
                                    const T* except = nullptr) {
    for (const T& one : all)
        if (&one != except && one.shown.value("name", "") == name)
            return errorResponse(409, std::string(what).append(" named '").append(name).append("' already exists"));
    return std::nullopt;
}

/// Adds the account of that client id, without a secret, and returns it.
Account& addAccount(Store& store, const std::string& id, const std::string& clientId, const Json& described);

/// Some objects to look at.
void seed(Store& store);

/// How many of the application's sessions are in which state.
Json countSessions(const Store& store, const std::string& applicationId);

} // namespace kontext_emulator
