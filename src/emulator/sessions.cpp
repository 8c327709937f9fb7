#include "emulator/ids.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

bool isLive(const Json& session) { return session["status"] == "active"; }

template <class Action>
Reply onSessions(World& world, const Request& request, Action action) {
    const std::string& applicationId = request.segments[3];
    if (withId(world.applications, applicationId) == nullptr) return fault(404, "Application not found");
    return action(applicationId);
}

} // namespace

Json countSessions(const World& world, const std::string& applicationId) {
    int active = 0;
    int idle = 0;
    int total = 0;
    for (const Json& session : world.sessions) {
        if (session["agentId"] != applicationId) continue;
        ++total;
        if (session["derivedStatus"] == "active")
            ++active;
        else if (session["derivedStatus"] == "idle")
            ++idle;
    }
    return {{"active", active}, {"idle", idle}, {"live", active + idle}, {"total", total}};
}

Reply listSessions(World& world, const Request& request) {
    return onSessions(world, request, [&](const std::string& applicationId) {
        Checks checks;
        checks.query(request.query, {{"limit", Kind::count},
                                     {"status", Kind::string, false, false, {"active", "inactive", "all"}},
                                     {"includeInactive", Kind::boolean}});
        if (!checks.passed()) return checks.reply();
        const std::string wanted =
            parameter(request, "status").value_or(parameter(request, "includeInactive") == "true" ? "all" : "active");
        const std::size_t limit = numberParameter(request, "limit").value_or(100);
        Json items = Json::array();
        for (const Json& session : world.sessions) {
            if (session["agentId"] != applicationId || items.size() >= limit) continue;
            if (wanted == "all" || (wanted == "active") == isLive(session)) items.push_back(session);
        }
        return ok({{"items", items}});
    });
}

Reply getSession(World& world, const Request& request) {
    return onSessions(world, request, [&](const std::string& applicationId) {
        for (const Json& session : world.sessions)
            if (session["agentId"] == applicationId && session["id"] == request.segments.back())
                return ok({{"session", session}});
        return fault(404, "Session not found");
    });
}

Reply revokeSessions(World& world, const Request& request) {
    return onSessions(world, request, [&](const std::string& applicationId) {
        int count = 0;
        for (Json& session : world.sessions) {
            if (session["agentId"] != applicationId || !isLive(session)) continue;
            session["status"] = session["derivedStatus"] = "disconnected";
            session["disconnectedAt"] = utcNow();
            ++count;
        }
        return ok({{"success", true}, {"disconnectedCount", count}});
    });
}

} // namespace kontext_emulator
