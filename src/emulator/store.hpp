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
std::optional<Response> refuseTaken(const std::vector<T>& all, const std::string& what, const std::string& name,
                                 const T* except = nullptr) {
    for (const T& one : all)
        if (&one != except && one.shown.value("name", "") == name)
            return errorResponse(409, what + " named '" + name + "' exists already");
    return std::nullopt;
}

/// Some objects to look at.
void seed(Store& store);

// One function a route; `Store` is locked while it runs.

Response listApplications(Store& store, const Request& request);
Response createApplication(Store& store, const Request& request);
Response getApplication(Store& store, const Request& request);
Response updateApplication(Store& store, const Request& request);
Response archiveApplication(Store& store, const Request& request);
Response rotateApplicationSecret(Store& store, const Request& request);
Response getApplicationOAuth(Store& store, const Request& request);
Response updateApplicationOAuth(Store& store, const Request& request);
Response listApplicationIntegrations(Store& store, const Request& request);
Response setApplicationIntegrations(Store& store, const Request& request);
Response attachIntegration(Store& store, const Request& request);
Response detachIntegration(Store& store, const Request& request);

Response listIntegrations(Store& store, const Request& request);
Response createIntegration(Store& store, const Request& request);
Response getIntegration(Store& store, const Request& request);
Response updateIntegration(Store& store, const Request& request);
Response archiveIntegration(Store& store, const Request& request);
Response validateIntegration(Store& store, const Request& request);
Response getIntegrationOAuth(Store& store, const Request& request);
Response setIntegrationOAuth(Store& store, const Request& request);
Response removeIntegrationOAuth(Store& store, const Request& request);
Response addConnection(Store& store, const Request& request);
Response getConnection(Store& store, const Request& request);
Response removeConnection(Store& store, const Request& request);

Response listServiceAccounts(Store& store, const Request& request);
Response createServiceAccount(Store& store, const Request& request);
Response getServiceAccount(Store& store, const Request& request);
Response revokeServiceAccount(Store& store, const Request& request);
Response rotateServiceAccountSecret(Store& store, const Request& request);

Response listSessions(Store& store, const Request& request);
Response getSession(Store& store, const Request& request);
Response revokeSessions(Store& store, const Request& request);

Response listTraces(Store& store, const Request& request);
Response getTrace(Store& store, const Request& request);
Response traceStats(Store& store, const Request& request);
Response listEvents(Store& store, const Request& request);

/// How many of the application's sessions are in which state.
Json countSessions(const Store& store, const std::string& applicationId);

} // namespace kontext_emulator
