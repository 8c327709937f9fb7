// Gives a service account a new secret, while programs that use the account go on working.
//
//     rotate_secret "CI Pipeline" /etc/ci/kontext-secret
//
// The old secret dies at once, but tokens that it has fetched live on until they expire. So nothing stops if the new
// secret reaches every program before its token ends: a program that starts reads it from the file, a program that runs
// takes it with `setCredentials`, as `adopt` shows.
//
// If the connection breaks before the new secret arrives, run it again: the last secret counts.

#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <kontext/management.hpp>

#include "secret_file.hpp"

namespace {

using Client = kontext::KontextManagementClient;

std::optional<kontext::ServiceAccount> find(const Client& client, const std::string& idOrName) {
    for (const kontext::ServiceAccount& each : client.serviceAccounts.listAll())
        if (each.id == idOrName || each.name == idOrName) return each;
    return std::nullopt;
}

/// Logs in as a program that starts now would: a client of its own, which has no token yet.
void verify(kontext::ClientConfig config, const kontext::Credentials& credentials) {
    config.credentials = credentials;
    Client(config).refreshToken();
}

/// What a program that runs does when it learns of the new secret. Copies of the client take it too, and calls that are
/// under way end with the old token.
void adopt(const Client& running, const kontext::Credentials& credentials) {
    running.setCredentials(credentials);
    running.refreshToken(); // not needed, but a wrong secret shows now, and not in the middle of the work
}

int run(const std::string& account, const std::string& path, bool showSecrets) {
    const kontext::ClientConfig config = kontext::ClientConfig::fromEnvironment();
    const Client client(config);
    const auto found = find(client, account);
    if (!found) {
        std::fprintf(stderr, "There is no service account %s\n", account.c_str());
        return 1;
    }

    SecretFile file(path); // before the old secret dies: the new one must have a place to go
    const auto [credentials] = client.serviceAccounts.rotateSecret(found->id);
    file.save(credentials.clientSecret);
    std::printf("Rotated %s (%s): the secret is in %s\n", found->name.c_str(), credentials.clientId.c_str(),
                path.c_str());
    if (showSecrets) std::printf("Client secret: %s\n", std::string(credentials.clientSecret.reveal()).c_str());

    verify(config, credentials);
    std::printf("Verified: the new secret logs in\n");

    if (credentials.clientId == config.credentials.clientId) {
        adopt(client, credentials);
        std::printf("Adopted: it was this program's own account, which goes on with the new secret\n");
    }
    const auto [now] = client.serviceAccounts.get(found->id);
    std::printf("Last used: %s\n", now.lastUsedAt ? now.lastUsedAt->text().c_str() : "unknown");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        std::vector<std::string> arguments(argv + 1, argv + argc);
        const bool showSecrets = std::erase(arguments, "--show-secrets") > 0;
        if (arguments.size() != 2 || arguments[0].starts_with("-")) {
            std::fprintf(stderr, "usage: rotate_secret [--show-secrets] ACCOUNT FILE\n");
            return 2;
        }
        return run(arguments[0], arguments[1], showSecrets);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
