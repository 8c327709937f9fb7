// Ends the agent sessions of applications that nobody uses at the moment: those of which each live session is idle or
// expired. Their agents must authenticate again.
//
//     sweep_idle_sessions --dry-run
//
// A session that wakes up between the look and the sweep is ended too: the API ends all sessions of an application or
// none.

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <kontext/management.hpp>

namespace {

using Client = kontext::KontextManagementClient;

/// Statuses are open: one that this program does not know counts as in use.
bool isUnused(const kontext::AgentSession& session) {
    return session.derivedStatus == kontext::DerivedSessionStatus::idle
           || session.derivedStatus == kontext::DerivedSessionStatus::expired
           || session.derivedStatus == kontext::DerivedSessionStatus::disconnected;
}

struct Tally {
    std::int64_t ended = 0; // or would have been
    int failures = 0;
};

void sweep(const Client& client, const kontext::Application& application, bool dryRun, Tally& tally) {
    constexpr std::int64_t limit = 200;
    const char* name = application.name.c_str();
    const auto [sessions] =
        client.agentSessions.list(application.id, {.limit = limit, .status = kontext::SessionFilter::active});
    const auto live = static_cast<std::int64_t>(sessions.size());
    const auto unused = static_cast<std::int64_t>(std::count_if(sessions.begin(), sessions.end(), isUnused));
    if (live == 0) {
        std::printf("%-24s nothing to sweep\n", name);
    } else if (live >= limit) { // a list without a cursor: there may be more
        std::printf("%-24s kept: too many sessions to see them all\n", name);
    } else if (unused < live) {
        std::printf("%-24s kept: %" PRId64 " of %" PRId64 " live sessions in use\n", name, live - unused, live);
    } else if (dryRun) {
        std::printf("%-24s would be swept: %" PRId64 " sessions\n", name, live);
        tally.ended += live;
    } else {
        const auto [success, disconnectedCount] = client.agentSessions.revokeAll(application.id);
        std::printf("%-24s %s: %" PRId64 " sessions\n", name, success ? "swept" : "NOT swept", disconnectedCount);
        tally.ended += disconnectedCount;
        tally.failures += success ? 0 : 1;
    }
}

int run(bool dryRun) {
    const Client client(kontext::ClientConfig::fromEnvironment());
    Tally tally;
    for (const kontext::Application& application : client.applications.listAll({.limit = 100})) {
        try {
            sweep(client, application, dryRun, tally);
        } catch (const kontext::NotFoundError&) {
            continue; // archived since it was listed: there is nothing left to sweep
        } catch (const kontext::HttpError& error) {
            // One application that cannot be swept does not keep the others from it. No network, or no token, does.
            std::fprintf(stderr, "%s: %s\n", application.name.c_str(), error.what());
            ++tally.failures;
        }
    }
    std::printf("%s %" PRId64 " sessions\n", dryRun ? "Would end" : "Ended", tally.ended);
    return tally.failures == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        const bool dryRun = arguments == std::vector<std::string>{"--dry-run"};
        if (!arguments.empty() && !dryRun) {
            std::fprintf(stderr, "usage: sweep_idle_sessions [--dry-run]\n");
            return 2;
        }
        return run(dryRun);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
