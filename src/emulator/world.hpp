// Everything that the emulator remembers of the API's objects.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "emulator/message.hpp"

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
    // In the order of creation.
    std::vector<Application> applications{};
    std::vector<Integration> integrations{};
    std::vector<Json> sessions{};
    std::vector<Json> traces{};
    std::vector<Json> events{};
    long lastSequence = 0;

    Application* application(const std::string& id);
    Integration* integration(const std::string& id);
};

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
