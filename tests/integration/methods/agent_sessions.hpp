// The methods of client.agentSessions.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

inline const std::string agentSession =
    R"({"id!":"ses-1","name":"Claude","status?":"disconnected","derivedStatus?":"expired",)"
    R"("tokenExpiresAt?":"2026-01-01T00:00:00Z","lastActiveAt?":"2026-01-02T00:00:00Z",)"
    R"("connectedAt?":"2026-01-03T00:00:00Z","disconnectedAt?":"2026-01-04T00:00:00Z",)"
    R"("createdAt?":"2026-01-05T00:00:00Z","agentId":"app-1","organizationId":"org-1","hostname?":"build-7",)"
    R"("userAgent?":"claude/1.0","clientInfo?*":{"name":"claude"}})";

// clang-format off
inline const std::vector<Method> agentSessions = {
    {"list", "GET", "/applications/{applicationId}/sessions",
     [](auto& c, auto& a, auto& o) { return c.agentSessions.list(a.id, {}, o); }, itemsOf(agentSession)},
    {"get", "GET", "/applications/{applicationId}/sessions/{sessionId}",
     [](auto& c, auto& a, auto& o) { return c.agentSessions.get(a.id, a.id2, o); }, R"({"session!":)" + agentSession + "}"},
    {"revokeAll", "DELETE", "/applications/{applicationId}/sessions",
     [](auto& c, auto& a, auto& o) { return c.agentSessions.revokeAll(a.id, o); },
     R"({"success~":false,"disconnectedCount":3})", "", Body::jsonOrNothing},
};
// clang-format on

} // namespace kontext_test
