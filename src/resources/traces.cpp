#include <kontext/traces.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_ITEM(Trace,
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

KONTEXT_JSON_INPUT(ListTracesParams,
    field<&ListTracesParams::limit>("limit"),
    field<&ListTracesParams::cursor>("cursor"),
    field<&ListTracesParams::offset>("offset"),
    field<&ListTracesParams::userId>("userId"),
    field<&ListTracesParams::sessionId>("sessionId"),
    field<&ListTracesParams::agentId>("agentId"),
    field<&ListTracesParams::applicationId>("applicationId"));

KONTEXT_JSON_INPUT(GetTraceParams,
    field<&GetTraceParams::userId>("userId"));

KONTEXT_JSON_INPUT(TraceStatsParams,
    field<&TraceStatsParams::period>("period"),
    field<&TraceStatsParams::userId>("userId"));

namespace json {
// Below, but they must be known before anything reads these responses.
template <>
std::optional<Fault> read(std::string_view text, TraceResponse& response);
template <>
std::optional<Fault> read(std::string_view text, TraceStatsResponse& response);
} // namespace json

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

Trace summarise(const std::vector<TraceEvent>& events) {
    Trace trace;
    trace.eventCount = static_cast<std::int64_t>(events.size());
    if (events.empty()) return trace;
    trace.traceId = events.front().traceId.value_or("");
    trace.sessionId = events.front().sessionId;
    trace.agentId = events.front().agentId;
    for (const TraceEvent& event : events) {
        if (event.status == EventStatus::ok)
            ++trace.okCount;
        else if (event.status == EventStatus::warn)
            ++trace.warnCount;
        else if (event.status.isError())
            ++trace.errorCount;
        if (!event.createdAt.time()) continue;
        if (!trace.endedAt || event.createdAt < trace.startedAt) trace.startedAt = event.createdAt;
        if (!trace.endedAt || event.createdAt > *trace.endedAt) trace.endedAt = event.createdAt;
    }
    return trace;
}

} // namespace

/// The vendor does not document what a trace's response looks like; each shape that may come is read.
template <>
std::optional<Fault> read(std::string_view text, TraceResponse& response) {
    std::string_view value = text;
    if (value.substr(0, byteOrderMark.size()) == byteOrderMark) value.remove_prefix(byteOrderMark.size());
    AnyTraceResponse any;
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (auto fault = first != std::string_view::npos && value[first] == '[' ? decode(text, any.events.emplace())
                                                                            : decode(text, any))
        return fault;
    if (!any.trace && !any.events && !any.items) return Fault{"/events", "the field is missing or null"};
    if (any.events)
        response.events = std::move(*any.events);
    else if (any.items)
        response.events = std::move(*any.items);
    response.trace = any.trace ? std::move(*any.trace) : summarise(response.events);
    return std::nullopt;
}

/// Documented bare; wrapped is what the TypeScript method returns.
template <>
std::optional<Fault> read(std::string_view text, TraceStatsResponse& response) {
    WrappedStats wrapped;
    if (auto fault = decode(text, wrapped)) return fault;
    if (!wrapped.stats) return decode(text, response.stats);
    response.stats = std::move(*wrapped.stats);
    return std::nullopt;
}

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
    auto response = core_->fetch<TraceResponse>(Request("GET", "/traces/{traceId}", {traceId}).query(params), options);
    if (response.trace.traceId.empty()) response.trace.traceId = traceId;
    return response;
}

TraceStatsResponse TracesResource::stats(const TraceStatsParams& params, const CallOptions& options) const {
    return core_->fetch<TraceStatsResponse>(Request("GET", "/traces/stats").query(params), options);
}

KONTEXT_END_NAMESPACE
