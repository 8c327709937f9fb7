/// @file
/// Traces: what agents did with tools.
#pragma once

// Old Windows headers define these, and neither fields of ours nor the standard library's headers would survive it.
#pragma push_macro("in")
#pragma push_macro("out")
#undef in
#undef out

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/call_options.hpp>
#include <kontext/events.hpp>
#include <kontext/export.hpp>
#include <kontext/page.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/shared.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A trace: one run of an agent, summed up. Only `traceId` is sure to be there.
struct Trace {
    std::string traceId{};                         ///< A UUID; what `traces.get` takes.
    std::string sessionId{};                       ///< The MCP session.
    Timestamp startedAt{};                         ///< When it began.
    std::optional<Timestamp> endedAt{};            ///< When it ended; nothing while it runs.
    std::int64_t eventCount = 0;                   ///< How many events it has.
    std::int64_t okCount = 0;                      ///< Those that went well.
    std::int64_t warnCount = 0;                    ///< Those with a warning.
    std::int64_t errorCount = 0;                   ///< Those that failed.
    std::string agentId{};                         ///< The application.
    std::string agentName{};                       ///< Its name.
    std::string ownerUserId{};                     ///< The user behind it.
    std::string ownerEmail{};                      ///< Their mail address.
    std::optional<std::string> agentSessionId{};   ///< The agent session.
    std::optional<std::string> agentSessionName{}; ///< Its name.

    KONTEXT_ITEM(Trace);
};

/// Bytes that went through the gateway.
struct BytesTransferred {
    std::int64_t in = 0;  ///< From the tools.
    std::int64_t out = 0; ///< To the tools.

    KONTEXT_VALUE(BytesTransferred);
};

/// Statistics over traces. All zero and empty is a normal answer of a hosted deployment.
struct TraceStats {
    std::int64_t totalTraces = 0;                      ///< How many traces.
    std::int64_t totalEvents = 0;                      ///< How many events.
    std::map<std::string, std::int64_t> eventCounts{}; ///< Events by status.
    double errorRate = 0;                              ///< A percentage, 0 to 100.
    std::map<std::string, double>
        latency{};                       ///< Milliseconds by percentile, such as "p95"; the keys are not documented.
    BytesTransferred bytesTransferred{}; ///< Bytes in and out.
    std::vector<RawJson> errorsByType{}; ///< JSON objects; their shape is not documented.
    std::vector<RawJson> topTools{};     ///< JSON objects; their shape is not documented.

    KONTEXT_VALUE(TraceStats);
};

/// Which traces to list.
struct ListTracesParams {
    std::optional<std::int64_t> limit{};        ///< Items a page: 1 to 200, the server's default is 50.
    std::optional<std::string> cursor{};        ///< Page::nextCursor of the page before, or Pager::cursor().
    std::optional<std::int64_t> offset{};       ///< How many to leave out, from where the list or the cursor begins;
                                                ///< `listAll` sends it with the first page alone.
    std::optional<std::string> userId{};        ///< Of this user only.
    std::optional<std::string> sessionId{};     ///< Of this session only.
    std::optional<std::string> agentId{};       ///< Of this agent only.
    std::optional<std::string> applicationId{}; ///< Of this application only.

    KONTEXT_INPUT(ListTracesParams);
};

/// Which user's view of a trace to get.
struct GetTraceParams {
    std::optional<std::string> userId{}; ///< Of this user only.

    KONTEXT_INPUT(GetTraceParams);
};

/// Which statistics to get.
struct TraceStatsParams {
    std::optional<std::string> period{}; ///< Such as "24h", "7d", "30d".
    std::optional<std::string> userId{}; ///< Of this user only.

    KONTEXT_INPUT(TraceStatsParams);
};

/// A trace with its events.
struct TraceResponse {
    Trace trace{};                    ///< The trace; built from the events where the server sends none.
    std::vector<TraceEvent> events{}; ///< Its events.

    KONTEXT_VALUE(TraceResponse);
};

/// Statistics over traces.
struct TraceStatsResponse {
    TraceStats stats{}; ///< The statistics.

    KONTEXT_VALUE(TraceStatsResponse);
};

namespace detail {
class Core;
}

/// Traces, reached as `client.traces`. Every method throws KontextError. An id that is "", "." or "..", or that holds
/// CR, LF or NUL, is a ConfigError. Thread safe.
class KONTEXT_API TracesResource {
public:
    /// Fetches one page of the traces: GET /traces.
    Page<Trace> list(const ListTracesParams& params = {}, const CallOptions& options = {}) const;
    /// Walks all traces, page after page, fetched as they are reached: GET /traces. `options.info` must outlive the
    /// pager.
    [[nodiscard]] Pager<Trace> listAll(const ListTracesParams& params = {}, const CallOptions& options = {}) const;
    /// Fetches a trace and its events: GET /traces/{traceId}. The vendor does not document the response's shape:
    /// `{trace, events}`, `{events}`, `{items}` and a bare array are read, and the trace is built from its events where
    /// it is missing.
    TraceResponse get(std::string_view traceId, const GetTraceParams& params = {},
                      const CallOptions& options = {}) const;
    /// Fetches statistics over traces: GET /traces/stats.
    TraceStatsResponse stats(const TraceStatsParams& params = {}, const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit TracesResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

#pragma pop_macro("out")
#pragma pop_macro("in")
