// The complete example of the SDK's documentation: create an application, create an integration, attach them, verify;
// then look around, and remove exactly what was created.
//
// It talks to the server that KONTEXT_API_BASE_URL, KONTEXT_SERVICE_ACCOUNT_CLIENT_ID and
// KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET name: the emulator, or the real service. Run it with `./dev demo`.

#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <kontext/management.hpp>

namespace {

/// What was created and is to be removed again, the last first, also when a step in between fails.
class CleanUp {
public:
    explicit CleanUp(const kontext::KontextManagementClient& client) : client_(client) {}
    CleanUp(const CleanUp&) = delete;
    CleanUp& operator=(const CleanUp&) = delete;
    ~CleanUp() { run(); }

    void archiveApplication(const std::string& id) { applications_.push_back(id); }
    void archiveIntegration(const std::string& id) { integrations_.push_back(id); }

    /// Returns whether nothing is left behind.
    bool run() noexcept {
        bool clean = true;
        for (const std::string& id : applications_)
            clean = attempt("application", id, [&] { client_.applications.archive(id); }) && clean;
        for (const std::string& id : integrations_)
            clean = attempt("integration", id, [&] { client_.integrations.archive(id); }) && clean;
        applications_.clear();
        integrations_.clear();
        return clean;
    }

private:
    template <class Action>
    static bool attempt(const char* what, const std::string& id, Action action) noexcept {
        try {
            action();
            std::printf("Archived %s: %s\n", what, id.c_str());
            return true;
        } catch (const std::exception& error) {
            std::fprintf(stderr, "Please archive the %s %s by hand: %s\n", what, id.c_str(), error.what());
            return false;
        }
    }

    const kontext::KontextManagementClient& client_;
    std::vector<std::string> applications_;
    std::vector<std::string> integrations_;
};

/// A secret is printed only if it was asked for.
std::string shown(const std::optional<kontext::Secret>& secret, bool showSecrets) {
    if (!secret) return "(none: a public client)";
    return showSecrets ? std::string(secret->reveal()) : "(received; --show-secrets prints it)";
}

void printStats(const kontext::TraceStats& stats) {
    std::printf("Traces of 7 days: %lld with %lld events, %.2f %% errors\n", static_cast<long long>(stats.totalTraces),
                static_cast<long long>(stats.totalEvents), stats.errorRate);
    for (const auto& [percentile, milliseconds] : stats.latency)
        std::printf("  latency %s: %.0f ms\n", percentile.c_str(), milliseconds);
}

int run(bool showSecrets) {
    const kontext::KontextManagementClient client(kontext::ClientConfig::fromEnvironment());
    CleanUp cleanUp(client);
    // Names are unique in an organization: two runs at a time must not meet.
    const std::string suffix = " " + std::to_string(std::random_device{}());

    // 1. Create the application
    auto [application, oauth] = client.applications.create({
        .name = "My AI App" + suffix,
        .oauth = {.redirectUris = {"http://localhost:3000/callback"}},
    });
    cleanUp.archiveApplication(application.id);
    std::printf("App created: %s\n", application.id.c_str());
    std::printf("Client secret: %s\n", shown(oauth.clientSecret, showSecrets).c_str());

    // 2. Create an integration
    auto [integration] = client.integrations.create({
        .name = "GitHub" + suffix,
        .url = "https://github-mcp.example.com/mcp",
        .authMode = kontext::AuthMode::oauth,
    });
    cleanUp.archiveIntegration(integration.id);
    std::printf("Integration created: %s\n", integration.id.c_str());

    // 3. Attach the integration to the application
    client.applications.attachIntegration(application.id, integration.id);

    // 4. Verify the setup
    const auto [integrationIds] = client.applications.listIntegrations(application.id);
    if (integrationIds != std::vector<std::string>{integration.id}) {
        std::fprintf(stderr, "The integration is not attached\n");
        return 1;
    }

    // Look around: all applications, page after page; their sessions; statistics over traces.
    for (const kontext::Application& each : client.applications.listAll({.limit = 50}).maxItems(10)) {
        const auto [sessions] = client.agentSessions.list(each.id, {.limit = 20});
        std::printf("Application %s: %zu live sessions\n", each.name.c_str(), sessions.size());
    }
    const auto [stats] = client.traces.stats({.period = "7d"});
    printStats(stats);

    // Clean up
    if (!cleanUp.run()) return 1;
    std::printf("Attached integrations:");
    for (const std::string& id : integrationIds)
        std::printf(" %s", id.c_str());
    std::printf("\n");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const bool showSecrets = argc == 2 && std::strcmp(argv[1], "--show-secrets") == 0;
    if (argc > 1 && !showSecrets) {
        std::fprintf(stderr, "usage: complete [--show-secrets]\n");
        return 2;
    }
    try {
        return run(showSecrets);
    } catch (const kontext::KontextError& error) {
        std::fprintf(stderr, "%s\n", error.what());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "unexpected: %s\n", error.what());
    }
    return 1;
}
