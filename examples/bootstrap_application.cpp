// Sees to it that an application and an integration exist and belong together: what a deployment runs each time. What
// is there already is found by its name and used again, so that the second run changes nothing.
//
//     bootstrap_application "My AI App" GitHub https://github-mcp.example.com/mcp client-secret
//
// The application's client secret is shown only once, when it is created: it goes into the file that is named last.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <kontext/management.hpp>

#include "secret_file.hpp"

namespace {

using Client = kontext::KontextManagementClient;

struct Wanted {
    bool showSecrets = false;
    std::string application{};
    std::string integration{};
    std::string url{};
    std::string secretFile{};
};

/// The first of that name; fetches page after page until it is found.
template <class T>
std::optional<T> named(const kontext::Pager<T>& all, const std::string& name) {
    for (const T& each : all)
        if (each.name == name) return each;
    return std::nullopt;
}

std::string createApplication(const Client& client, const Wanted& wanted) {
    SecretFile file(wanted.secretFile); // first: the secret must have a place to go
    const auto [application, oauth] = client.applications.create({
        .name = wanted.application,
        .oauth = {.type = kontext::OAuthClientType::confidential, .redirectUris = {"http://localhost:3000/callback"}},
    });
    std::printf("Application created: %s\n", application.id.c_str());
    if (oauth.clientSecret) {
        file.save(*oauth.clientSecret);
        std::printf("Client secret: written to %s\n", wanted.secretFile.c_str());
        if (wanted.showSecrets) std::printf("Client secret: %s\n", std::string(oauth.clientSecret->reveal()).c_str());
    }
    return application.id;
}

std::string ensureApplication(const Client& client, const Wanted& wanted) {
    auto found = named(client.applications.listAll({.limit = 200}), wanted.application);
    if (!found) {
        try {
            return createApplication(client, wanted);
        } catch (const kontext::ConflictError&) {
            // The name is taken: another run was faster.
            found = named(client.applications.listAll({.limit = 200}), wanted.application);
            if (!found) throw;
        }
    }
    std::printf("Application found: %s\n", found->id.c_str());
    // A run that lost its connection in between leaves an application whose secret nobody has seen. Rotating it without
    // being asked to would lock out whoever has seen it.
    if (!std::filesystem::exists(wanted.secretFile))
        std::fprintf(stderr, "There is no %s; if the secret is lost, applications.rotateSecret makes a new one\n",
                     wanted.secretFile.c_str());
    return found->id;
}

std::string ensureIntegration(const Client& client, const Wanted& wanted) {
    auto found = named(client.integrations.listAll({.limit = 200}), wanted.integration);
    if (!found) {
        try {
            const auto [integration] = client.integrations.create(
                {.name = wanted.integration, .url = wanted.url, .authMode = kontext::AuthMode::oauth});
            std::printf("Integration created: %s\n", integration.id.c_str());
            return integration.id;
        } catch (const kontext::ConflictError&) {
            found = named(client.integrations.listAll({.limit = 200}), wanted.integration);
            if (!found) throw;
        }
    }
    std::printf("Integration found: %s\n", found->id.c_str());
    if (found->url != wanted.url) {
        client.integrations.update(found->id, {.url = wanted.url});
        std::printf("Integration moved to %s\n", wanted.url.c_str());
    }
    return found->id;
}

int run(const Wanted& wanted) {
    const Client client(kontext::ClientConfig::fromEnvironment());
    const std::string applicationId = ensureApplication(client, wanted);
    const std::string integrationId = ensureIntegration(client, wanted);
    const auto [attached] = client.applications.listIntegrations(applicationId);
    if (std::find(attached.begin(), attached.end(), integrationId) == attached.end())
        client.applications.attachIntegration(applicationId, integrationId);
    std::printf("Attached: %s to %s\n", integrationId.c_str(), applicationId.c_str());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        std::vector<std::string> arguments(argv + 1, argv + argc);
        const bool showSecrets = std::erase(arguments, "--show-secrets") > 0;
        if (arguments.size() != 4 || arguments[0].starts_with("-")) {
            std::fprintf(stderr, "usage: bootstrap_application [--show-secrets] APPLICATION INTEGRATION URL FILE\n");
            return 2;
        }
        return run({showSecrets, arguments[0], arguments[1], arguments[2], arguments[3]});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
