// The methods of client.events.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

/// Of a list, and of a trace.
inline const std::string event =
    R"({"id!":"ev-1","createdAt?":"2026-01-31T12:00:01.000Z","sessionId":"mcp-1","agentId":"app-1",)"
    R"("eventType":"tool_call","status?":"error_remote","traceId?":"tr-1","apiKeyId?":"key-1","durationMs?":120,)"
    R"("integrationId?":"int-1","toolName?":"search","errorMessage?":"upstream said no",)"
    R"("bytesIn?":9007199254740993,"bytesOut?":7,)" // no double holds the first
    R"("requestJson?*":{"q":[1.50,12345678901234567890,null]},"responseJson?*":"plain","parentEventId?":"ev-0",)"
    R"("agentSessionId?":"ses-1"})";

// clang-format off
inline const std::vector<Method> events = {
    {"list", "GET", "/mcp-events",
     [](auto& c, auto&, auto& o) { return c.events.list({}, o); }, itemsOf(event)},
};
// clang-format on

} // namespace kontext_test
