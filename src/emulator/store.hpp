// Everything that the emulator remembers of the API's objects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/message.hpp"
#include "emulator/tokens.hpp"

namespace kontext_emulator {

struct Application {
    long sequence = 0;
    Json shown{}; // as it is sent, but for `sessions`, which are counted
    Json oauth{}; // without the secret, which nobody can ask for again
    std::vector<std::string> integrationIds{};
};

struct Integration {
    long sequence = 0;
    Json shown{};
    Json oauthConfig{}; // null: none; without the secret
    bool connected = false;
};

struct World {
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

/// The reply that refuses the name because another than `except` has it; `what` is "An application" or so.
template <class T>
std::optional<Reply> refuseTaken(const std::vector<T>& all, const std::string& what, const std::string& name,
                                 const T* except = nullptr) {
    for (const T& one : all)
        if (&one != except && one.shown.value("name", "") == name)
            return fault(409, what + " named '" + name + "' exists already");
    return std::nullopt;
}

/// Some objects to look at.
void seed(World& world);

// One function a route; `World` is locked while it runs.

Reply listApplications(World& world, const Request& request);
Reply createApplication(World& world, const Request& request);
Reply getApplication(World& world, const Request& request);
Reply updateApplication(World& world, const Request& request);
Reply archiveApplication(World& world, const Request& request);
Reply rotateApplicationSecret(World& world, const Request& request);
Reply getApplicationOAuth(World& world, const Request& request);
Reply updateApplicationOAuth(World& world, const Request& request);
Reply listApplicationIntegrations(World& world, const Request& request);
Reply setApplicationIntegrations(World& world, const Request& request);
Reply attachIntegration(World& world, const Request& request);
Reply detachIntegration(World& world, const Request& request);

Reply listIntegrations(World& world, const Request& request);
Reply createIntegration(World& world, const Request& request);
Reply getIntegration(World& world, const Request& request);
Reply updateIntegration(World& world, const Request& request);
Reply archiveIntegration(World& world, const Request& request);
Reply validateIntegration(World& world, const Request& request);
Reply getIntegrationOAuth(World& world, const Request& request);
Reply setIntegrationOAuth(World& world, const Request& request);
Reply removeIntegrationOAuth(World& world, const Request& request);
Reply addConnection(World& world, const Request& request);
Reply getConnection(World& world, const Request& request);
Reply removeConnection(World& world, const Request& request);

Reply listServiceAccounts(World& world, const Request& request);
Reply createServiceAccount(World& world, const Request& request);
Reply getServiceAccount(World& world, const Request& request);
Reply revokeServiceAccount(World& world, const Request& request);
Reply rotateServiceAccountSecret(World& world, const Request& request);

Reply listSessions(World& world, const Request& request);
Reply getSession(World& world, const Request& request);
Reply revokeSessions(World& world, const Request& request);

Reply listTraces(World& world, const Request& request);
Reply getTrace(World& world, const Request& request);
Reply traceStats(World& world, const Request& request);
Reply listEvents(World& world, const Request& request);

/// How many of the application's sessions are in which state.
Json countSessions(const World& world, const std::string& applicationId);

} // namespace kontext_emulator
