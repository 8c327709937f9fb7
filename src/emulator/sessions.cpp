#include "emulator/ids.hpp"
#include "emulator/route.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

bool isLive(const Json& session) { return session["status"] == "active"; }

template <class Action>
Response onSessions(Store& store, const Request& request, Action action) {
    const std::string& applicationId = request.segments[3];
    if (withId(store.applications, applicationId) == nullptr) return errorResponse(404, "Application not found");
    return action(applicationId);
}

Response listSessions(Store& store, const Request& request) {
    return onSessions(store, request, [&](const std::string& applicationId) {
        Validator validator;
        validator.query(request.query, {{"limit", Kind::count},
                                        {"status", Kind::string, false, false, {"active", "inactive", "all"}},
                                        {"includeInactive", Kind::boolean}});
        if (!validator.passed()) return validator.response();
        const std::string wanted =
            parameter(request, "status").value_or(parameter(request, "includeInactive") == "true" ? "all" : "active");
        const std::size_t limit = numberParameter(request, "limit").value_or(100);
        Json items = Json::array();
        for (const Json& session : store.sessions) {
            if (session["agentId"] != applicationId || items.size() >= limit) continue;
            if (wanted == "all" || (wanted == "active") == isLive(session)) items.push_back(session);
        }
        return ok({{"items", items}});
    });
}

Response getSession(Store& store, const Request& request) {
    return onSessions(store, request, [&](const std::string& applicationId) {
        for (const Json& session : store.sessions)
            if (session["agentId"] == applicationId && session["id"] == request.segments.back())
                return ok({{"session", session}});
        return errorResponse(404, "Session not found");
    });
}

Response revokeSessions(Store& store, const Request& request) {
    return onSessions(store, request, [&](const std::string& applicationId) {
        int count = 0;
        for (Json& session : store.sessions) {
            if (session["agentId"] != applicationId || !isLive(session)) continue;
            session["status"] = session["derivedStatus"] = "disconnected";
            session["disconnectedAt"] = utcNow();
            ++count;
        }
        return ok({{"success", true}, {"disconnectedCount", count}});
    });
}

} // namespace

Json countSessions(const Store& store, const std::string& applicationId) {
    int active = 0;
    int idle = 0;
    int total = 0;
    for (const Json& session : store.sessions) {
        if (session["agentId"] != applicationId) continue;
        ++total;
        if (session["derivedStatus"] == "active")
            ++active;
        else if (session["derivedStatus"] == "idle")
            ++idle;
    }
    return {{"active", active}, {"idle", idle}, {"live", active + idle}, {"total", total}};
}

const Routes sessionRoutes = {
    {"GET", {"applications", ":", "sessions"}, &listSessions, Takes::query},
    {"DELETE", {"applications", ":", "sessions"}, &revokeSessions},
    {"GET", {"applications", ":", "sessions", ":"}, &getSession},
};

} // namespace kontext_emulator
