#include <algorithm>
#include <cmath>
#include <map>

#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/route.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

bool isError(const Json& event) { return event["status"].get<std::string>().compare(0, 6, "error_") == 0; }

/// Whether the parameter is absent or what the object's member says.
bool fits(const Request& request, const char* name, const Json& object, const char* member) {
    const auto wanted = parameter(request, name);
    return !wanted || object.value(member, Json()) == *wanted;
}

const Json* findTrace(const Store& store, const Json& traceId) {
    for (const Json& trace : store.traces)
        if (trace["traceId"] == traceId) return &trace;
    return nullptr;
}

/// `24h`, `7d`, `30m`; nothing if it is none.
std::optional<std::chrono::minutes> period(const std::string& text) {
    if (text.size() < 2 || text.size() > 5 || text.find_first_not_of("0123456789") != text.size() - 1)
        return std::nullopt;
    const int count = std::stoi(text);
    switch (text.back()) {
    case 'm':
        return std::chrono::minutes(count);
    case 'h':
        return std::chrono::hours(count);
    case 'd':
        return std::chrono::hours(24 * count);
    default:
        return std::nullopt;
    }
}

double percentile(std::vector<double> sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

double rounded(double value) { return std::round(value * 100) / 100; }

/// `[{key: name, "count": n}]`, the most frequent first.
Json ranking(const std::map<std::string, int>& counts, const char* key) {
    std::vector<std::pair<std::string, int>> order(counts.begin(), counts.end());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    Json out = Json::array();
    for (const auto& [name, count] : order)
        out.push_back({{key, name}, {"count", count}});
    return out;
}

Response listTraces(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"limit", Kind::count},
                                    {"cursor", Kind::string},
                                    {"offset", Kind::count},
                                    {"userId", Kind::string},
                                    {"sessionId", Kind::string},
                                    {"agentId", Kind::string},
                                    {"applicationId", Kind::string}});
    if (!validator.passed()) return validator.response();
    std::vector<Listed> items;
    long sequence = 0;
    for (const Json& trace : store.traces) {
        ++sequence;
        if (fits(request, "userId", trace, "ownerUserId") && fits(request, "sessionId", trace, "sessionId")
            && fits(request, "agentId", trace, "agentId") && fits(request, "applicationId", trace, "agentId"))
            items.push_back({sequence, trace});
    }
    return pageOf(items, request);
}

Response getTrace(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"userId", Kind::string}});
    if (!validator.passed()) return validator.response();
    const Json* trace = findTrace(store, request.segments.back());
    if (trace == nullptr || !fits(request, "userId", *trace, "ownerUserId"))
        return errorResponse(404, "Trace not found");
    Json events = Json::array();
    for (const Json& event : store.events)
        if (event["traceId"] == request.segments.back()) events.push_back(event);
    return ok({{"trace", *trace}, {"events", events}});
}

Response traceStats(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"period", Kind::string}, {"userId", Kind::string}});
    const std::string asked = parameter(request, "period").value_or("30d");
    const auto length = period(asked);
    if (!length) validator.errorResponse("period", "must be a number and m, h or d, such as 24h or 7d");
    if (!validator.passed()) return validator.response();

    const std::string since = utc(Clock::now() - *length);
    std::map<std::string, int> statuses;
    std::map<std::string, int> errors;
    std::map<std::string, int> tools;
    std::map<std::string, int> traces;
    std::vector<double> durations;
    long in = 0;
    long out = 0;
    int total = 0;
    int failed = 0;
    for (const Json& event : store.events) {
        const Json* trace = findTrace(store, event["traceId"]);
        if (event["createdAt"].get<std::string>() < since || trace == nullptr
            || !fits(request, "userId", *trace, "ownerUserId"))
            continue;
        ++total;
        ++traces[event["traceId"]];
        ++statuses[event["status"]];
        if (isError(event)) {
            ++failed;
            ++errors[event["status"]];
        }
        if (event.contains("toolName")) ++tools[event["toolName"]];
        if (event.contains("durationMs")) durations.push_back(event["durationMs"]);
        in += event.value("bytesIn", 0L);
        out += event.value("bytesOut", 0L);
    }
    std::sort(durations.begin(), durations.end());
    return ok({{"totalTraces", traces.size()},
               {"totalEvents", total},
               {"eventCounts", statuses},
               {"errorRate", total == 0 ? 0 : rounded(100.0 * failed / total)},
               {"latency",
                {{"p50", percentile(durations, 0.5)},
                 {"p95", percentile(durations, 0.95)},
                 {"p99", percentile(durations, 0.99)}}},
               {"bytesTransferred", {{"in", in}, {"out", out}}},
               {"errorsByType", ranking(errors, "type")},
               {"topTools", ranking(tools, "toolName")}});
}

Response listEvents(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"limit", Kind::count}});
    if (!validator.passed()) return validator.response();
    const std::size_t limit = numberParameter(request, "limit").value_or(50);
    Json items = Json::array();
    for (const Json& event : store.events)
        if (items.size() < limit) items.push_back(event);
    return ok({{"items", items}});
}

} // namespace

const Routes traceRoutes = {
    {"GET", {"traces"}, &listTraces, Takes::query},
    {"GET", {"traces", "stats"}, &traceStats, Takes::query},
    {"GET", {"traces", ":"}, &getTrace, Takes::query},
    {"GET", {"mcp-events"}, &listEvents, Takes::query},
};

} // namespace kontext_emulator
