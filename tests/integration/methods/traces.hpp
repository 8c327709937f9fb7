// The methods of client.traces.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/events.hpp"
#include "integration/methods/method.hpp"

namespace kontext_test {

inline const std::string trace =
    R"({"traceId!":"tr-1","sessionId":"mcp-1","startedAt?":"2026-01-01T00:00:00Z","endedAt?":"2026-01-01T00:00:09Z",)"
    R"("eventCount":6,"okCount":3,"warnCount":2,"errorCount":1,"agentId":"app-1","agentName":"Agent",)"
    R"("ownerUserId":"user-1","ownerEmail":"a@b.example","agentSessionId?":"ses-1","agentSessionName?":"Claude"})";
inline const std::string traceStats =
    R"({"totalTraces":10,"totalEvents":200,"eventCounts%":{"ok":190,"error_auth":10},"errorRate":5.25,)"
    R"("latency%":{"p50":12.5,"p95":80.0},"bytesTransferred":{"in":4294967297,"out":2},)"
    R"("errorsByType%":[{"type":"error_auth","count":10}],"topTools%":[{"tool":"search"},{"tool":"fetch"}]})";

// clang-format off
inline const std::vector<Method> traces = {
    {"list", "GET", "/traces",
     [](auto& c, auto& a, auto& o) { return c.traces.list({.limit = a.limit, .cursor = a.cursor}, o); }, pageOf(trace)},
    {"listAll", "GET", "/traces",
     [](auto& c, auto& a, auto& o) { return c.traces.listAll({.limit = a.limit, .cursor = a.cursor}, o); }, itemsOf(trace)},
    {"get", "GET", "/traces/{traceId}",
     [](auto& c, auto& a, auto& o) { return c.traces.get(a.id, {}, o); },
     R"({"trace~":)" + trace + R"(,"events":[)" + event + "]}"},
    {"stats", "GET", "/traces/stats",
     [](auto& c, auto&, auto& o) { return c.traces.stats({}, o); }, R"({"stats~":)" + traceStats + "}"},
    {"statsThatComeBare", "GET", "/traces/stats",
     [](auto& c, auto&, auto& o) { return c.traces.stats({}, o).stats; }, traceStats},
};
// clang-format on

} // namespace kontext_test
