#include <kontext/traces.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_VALUE(Trace,
    required<&Trace::traceId>("traceId"),
    field<&Trace::sessionId>("sessionId"),
    field<&Trace::startedAt>("startedAt"),
    field<&Trace::endedAt>("endedAt"),
    field<&Trace::eventCount>("eventCount"),
    field<&Trace::okCount>("okCount"),
    field<&Trace::warnCount>("warnCount"),
    field<&Trace::errorCount>("errorCount"),
    field<&Trace::agentId>("agentId"),
    field<&Trace::agentName>("agentName"),
    field<&Trace::ownerUserId>("ownerUserId"),
    field<&Trace::ownerEmail>("ownerEmail"),
    field<&Trace::agentSessionId>("agentSessionId"),
    field<&Trace::agentSessionName>("agentSessionName"));

KONTEXT_JSON_VALUE(BytesTransferred,
    field<&BytesTransferred::in>("in"),
    field<&BytesTransferred::out>("out"));

KONTEXT_JSON_VALUE(TraceStats,
    field<&TraceStats::totalTraces>("totalTraces"),
    field<&TraceStats::totalEvents>("totalEvents"),
    field<&TraceStats::eventCounts>("eventCounts"),
    field<&TraceStats::errorRate>("errorRate"),
    field<&TraceStats::latency>("latency"),
    field<&TraceStats::bytesTransferred>("bytesTransferred"),
    field<&TraceStats::errorsByType>("errorsByType"),
    field<&TraceStats::topTools>("topTools"));

template <>
struct json::Fields<ListTracesParams> {
    static constexpr FieldList list{
        field<&ListTracesParams::limit>("limit"),
        field<&ListTracesParams::cursor>("cursor"),
        field<&ListTracesParams::offset>("offset"),
        field<&ListTracesParams::userId>("userId"),
        field<&ListTracesParams::sessionId>("sessionId"),
        field<&ListTracesParams::agentId>("agentId"),
        field<&ListTracesParams::applicationId>("applicationId"),
    };
};

template <>
struct json::Fields<GetTraceParams> {
    static constexpr FieldList list{
        field<&GetTraceParams::userId>("userId"),
    };
};

template <>
struct json::Fields<TraceStatsParams> {
    static constexpr FieldList list{
        field<&TraceStatsParams::period>("period"),
        field<&TraceStatsParams::userId>("userId"),
    };
};

KONTEXT_JSON_VALUE(TraceResponse,
    required<&TraceResponse::trace>("trace"),
    field<&TraceResponse::events>("events"));

KONTEXT_JSON_VALUE(TraceStatsResponse,
    field<&TraceStatsResponse::stats>("stats"));

namespace json {
namespace {

/// `{trace, events}`, `{events}` and `{items}`.
struct AnyTraceResponse {
    std::optional<Trace> trace{};
    std::optional<std::vector<TraceEvent>> events{};
    std::optional<std::vector<TraceEvent>> items{};
};

struct WrappedStats {
    std::optional<TraceStats> stats{};
};

} // namespace

template <>
struct Fields<AnyTraceResponse> {
    static constexpr FieldList list{
        field<&AnyTraceResponse::trace>("trace"),
        field<&AnyTraceResponse::events>("events"),
        field<&AnyTraceResponse::items>("items"),
    };
};

template <>
struct Fields<WrappedStats> {
    static constexpr FieldList list{
        field<&WrappedStats::stats>("stats"),
    };
};

namespace {

/// The vendor does not document what a trace's response looks like; each shape that may come is read.
std::optional<Fault> readTrace(std::string_view text, TraceResponse& response) {
    std::string_view value = text;
    if (value.substr(0, byteOrderMark.size()) == byteOrderMark) value.remove_prefix(byteOrderMark.size());
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && value[first] == '[') return decode(text, response.events);
    AnyTraceResponse any;
    if (auto fault = decode(text, any)) return fault;
    if (!any.trace && !any.events && !any.items) return Fault{"/events", "the field is missing or null"};
    if (any.trace) response.trace = std::move(*any.trace);
    if (any.events)
        response.events = std::move(*any.events);
    else if (any.items)
        response.events = std::move(*any.items);
    return std::nullopt;
}

/// Documented bare; wrapped is what the TypeScript method returns.
std::optional<Fault> readStats(std::string_view text, TraceStatsResponse& response) {
    WrappedStats wrapped;
    if (auto fault = decode(text, wrapped)) return fault;
    if (!wrapped.stats) return decode(text, response.stats);
    response.stats = std::move(*wrapped.stats);
    return std::nullopt;
}

/// Whether `a` is the earlier moment; texts that are no moments compare as texts.
bool isEarlier(const Timestamp& a, const Timestamp& b) {
    const auto left = a.time();
    const auto right = b.time();
    return left && right ? *left < *right : a.text() < b.text();
}

Trace summarise(std::string_view traceId, const std::vector<TraceEvent>& events) {
    Trace trace;
    trace.traceId = traceId;
    trace.eventCount = static_cast<std::int64_t>(events.size());
    if (events.empty()) return trace;
    trace.sessionId = events.front().sessionId;
    trace.agentId = events.front().agentId;
    for (const TraceEvent& event : events) {
        if (event.status == EventStatus::ok)
            ++trace.okCount;
        else if (event.status == EventStatus::warn)
            ++trace.warnCount;
        else if (event.status.str().compare(0, 6, "error_") == 0)
            ++trace.errorCount;
        if (event.createdAt.text().empty()) continue;
        if (trace.startedAt.text().empty() || isEarlier(event.createdAt, trace.startedAt))
            trace.startedAt = event.createdAt;
        if (!trace.endedAt || isEarlier(*trace.endedAt, event.createdAt)) trace.endedAt = event.createdAt;
    }
    return trace;
}

} // namespace
} // namespace json

TracesResource::TracesResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Page<Trace> TracesResource::list(const ListTracesParams& params, const CallOptions& options) const {
    return core_->fetchPage<Trace>(Request("GET", "/traces").query(params), options);
}

Pager<Trace> TracesResource::listAll(const ListTracesParams& params, const CallOptions& options) const {
    return detail::listAll<Trace>(core_, "/traces", {}, params, options);
}

TraceResponse TracesResource::get(std::string_view traceId, const GetTraceParams& params,
                                  const CallOptions& options) const {
    auto response = core_->fetch<TraceResponse>(Request("GET", "/traces/{traceId}", {traceId}).query(params), options,
                                                &json::readTrace);
    if (response.trace.traceId.empty()) response.trace = json::summarise(traceId, response.events);
    return response;
}

TraceStatsResponse TracesResource::stats(const TraceStatsParams& params, const CallOptions& options) const {
    return core_->fetch<TraceStatsResponse>(Request("GET", "/traces/stats").query(params), options, &json::readStats);
}

KONTEXT_END_NAMESPACE
