// kontext-emulator: the Kontext Management API on this machine, for tests.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "emulator/server.hpp"

namespace {

constexpr int badOption = 2;

/// Within single quotes of a shell.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

/// Who starts us may have closed them: what we print would go to a client.
void openStandardDescriptors() {
    int spare = 0;
    do
        spare = open("/dev/null", O_RDWR);
    while (spare >= 0 && spare <= STDERR_FILENO);
    if (spare >= 0) close(spare);
}

void announce(const kontext_emulator::Server& server) {
    std::printf("kontext-emulator listening on %s\n", server.url().c_str());
    std::printf("export KONTEXT_API_BASE_URL=%s\n", quoted(server.url()).c_str());
    std::printf("export KONTEXT_SERVICE_ACCOUNT_CLIENT_ID=%s\n", quoted(server.clientId()).c_str());
    std::printf("export KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET=%s\n", quoted(server.clientSecret()).c_str());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) try {
    openStandardDescriptors();
    kontext_emulator::Options options;
    options.port = 8787;
    long ttl = options.tokenTtl.count();
    long latency = 0;
    bool noSeed = false;
    CLI::App app("A local stand-in for the Kontext Management API: stateful, in memory, strict.", "kontext-emulator");
    app.add_option("--host", options.host, "Address to listen on")->capture_default_str();
    app.add_option("--port", options.port, "Port to listen on (0: choose a free port)")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    app.add_option("--client-id", options.clientId, "Client id of the service account (default: random)");
    app.add_option("--client-secret", options.clientSecret, "Its client secret (default: random)");
    app.add_option("--token-ttl", ttl, "Access token lifetime in seconds")
        ->capture_default_str()
        ->check(CLI::Range(1, 31'536'000));
    app.add_option("--rate-limit", options.rateLimit, "API requests per minute per client (0: unlimited)")
        ->capture_default_str()
        ->check(CLI::Range(0, 1'000'000));
    app.add_option("--latency-ms", latency, "Delay added to each response, in milliseconds")
        ->capture_default_str()
        ->check(CLI::Range(0, 600'000));
    auto* cert = app.add_option("--tls-cert", options.tlsCert, "Serve https with this certificate (PEM file)");
    auto* key = app.add_option("--tls-key", options.tlsKey, "Private key of the certificate (PEM file)");
    cert->needs(key);
    key->needs(cert);
    app.add_flag("--no-seed", noSeed, "Start without sample data");
    app.set_version_flag("--version", "kontext-emulator " KONTEXT_EMULATOR_VERSION, "Print the version and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : badOption;
    }
    options.tokenTtl = std::chrono::seconds(ttl);
    options.latency = std::chrono::milliseconds(latency);
    options.seed = !noSeed;

    // Blocked before there are threads, which inherit it: the signals come to sigwait below, and nowhere else.
    sigset_t stopSignals;
    sigemptyset(&stopSignals);
    sigaddset(&stopSignals, SIGINT);
    sigaddset(&stopSignals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stopSignals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    const kontext_emulator::Server server(options);
    announce(server);
    int received = 0;
    sigwait(&stopSignals, &received);
    std::_Exit(0); // all of it is in memory; a destructor would wait for clients that stay connected
} catch (const std::exception& error) {
    std::fprintf(stderr, "kontext-emulator: %s\n", error.what());
    return 1;
}
