#include "emulator/ids.hpp"
#include "emulator/store.hpp"

namespace kontext_emulator {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr const char* userId = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
constexpr const char* organizationId = "99999999-9999-4999-8999-999999999999";

std::string ago(Clock::duration time) { return utc(Clock::now() - time); }

std::string seedApplication(Store& store, const std::string& id, const std::string& name) {
    Application application;
    application.sequence = ++store.lastSequence;
    application.shown = {{"id", id},
                         {"name", name},
                         {"description", "Seeded by the emulator"},
                         {"clientId", "app_" + id},
                         {"createdAt", ago(hours(24 * 30))},
                         {"updatedAt", ago(hours(24 * 3))}};
    application.oauth = {
        {"type", "confidential"}, {"clientId", "app_" + id}, {"redirectUris", {"http://localhost:3000/callback"}},
        {"pkceRequired", true},   {"scopes", Json::array()}, {"allowedResources", Json::array()}};
    store.applications.push_back(application);
    return id;
}

void seedIntegration(Store& store, const std::string& id, const std::string& name, const std::string& mode) {
    Integration integration;
    integration.sequence = ++store.lastSequence;
    integration.shown = {{"id", id},
                         {"name", name},
                         {"url", "https://" + id.substr(0, 8) + ".mcp.example.com/mcp"},
                         {"authMode", mode},
                         {"category", "gateway_remote_mcp"},
                         {"serverTokenConfigured", mode == "server_token"},
                         {"validationStatus", "valid"},
                         {"createdAt", ago(hours(24 * 20))},
                         {"updatedAt", ago(hours(24 * 2))}};
    if (mode == "oauth") integration.shown["oauth"] = {{"provider", "example"}, {"scopes", {"read"}}};
    store.integrations.push_back(integration);
}

std::string seedSession(Store& store, const std::string& applicationId, const std::string& name,
                        const std::string& derived) {
    const bool ended = derived == "disconnected";
    Json session = {{"id", uuid()},
                    {"name", name},
                    {"status", ended ? "disconnected" : "active"},
                    {"derivedStatus", derived},
                    {"tokenExpiresAt", derived == "expired" ? ago(minutes(5)) : ago(-hours(1))},
                    {"lastActiveAt", ago(minutes(derived == "active" ? 1 : 90))},
                    {"connectedAt", ago(hours(3))},
                    {"disconnectedAt", nullptr},
                    {"createdAt", ago(hours(3))},
                    {"agentId", applicationId},
                    {"organizationId", organizationId},
                    {"hostname", "build-7.example.com"},
                    {"userAgent", "example-agent/1.0"},
                    {"clientInfo", {{"name", "example-agent"}, {"version", "1.0"}}}};
    if (ended) session["disconnectedAt"] = ago(minutes(45));
    store.sessions.push_back(session);
    return session["id"];
}

/// A trace with one event for each status, a second apart.
void seedTrace(Store& store, const std::string& agentId, const std::string& agentName,
               const std::string& agentSessionId, Clock::duration since, const std::vector<std::string>& statuses) {
    const std::string traceId = uuid();
    const std::string sessionId = uuid();
    int okCount = 0;
    int warnCount = 0;
    int errorCount = 0;
    Clock::duration age = since;
    static const std::vector<std::string> tools = {"search_issues", "create_issue", "read_file"};
    for (std::size_t i = 0; i < statuses.size(); ++i, age -= std::chrono::seconds(1)) {
        const std::string& status = statuses[i];
        Json event = {{"id", uuid()},
                      {"createdAt", ago(age)},
                      {"sessionId", sessionId},
                      {"agentId", agentId},
                      {"eventType", "tool_call"},
                      {"status", status},
                      {"traceId", traceId},
                      {"durationMs", 40 + 35 * static_cast<int>(i)},
                      {"integrationId", store.integrations.front().shown["id"]},
                      {"toolName", tools[i % tools.size()]},
                      {"bytesIn", 512 + 128 * static_cast<int>(i)},
                      {"bytesOut", 256},
                      {"requestJson", {{"query", "is:open"}}},
                      {"responseJson", {{"count", static_cast<int>(i)}}},
                      {"agentSessionId", agentSessionId}};
        if (status == "ok") {
            ++okCount;
        } else if (status == "warn") {
            ++warnCount;
        } else {
            ++errorCount;
            event["errorMessage"] = "The tool failed";
            event["responseJson"] = nullptr;
        }
        store.events.push_back(event);
    }
    store.traces.push_back({{"traceId", traceId},
                            {"sessionId", sessionId},
                            {"startedAt", ago(since)},
                            {"endedAt", ago(age + std::chrono::seconds(1))},
                            {"eventCount", statuses.size()},
                            {"okCount", okCount},
                            {"warnCount", warnCount},
                            {"errorCount", errorCount},
                            {"agentId", agentId},
                            {"agentName", agentName},
                            {"ownerUserId", userId},
                            {"ownerEmail", "owner@example.com"},
                            {"agentSessionId", agentSessionId},
                            {"agentSessionName", "nightly"}});
}

} // namespace

void seed(Store& store) {
    const std::string support = seedApplication(store, "550e8400-e29b-41d4-a716-446655440000", "Support Agent");
    const std::string release = seedApplication(store, "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "Release Agent");
    seedIntegration(store, "11111111-1111-4111-8111-111111111111", "Issue Tracker", "oauth");
    seedIntegration(store, "22222222-2222-4222-8222-222222222222", "Search", "server_token");
    store.applications.front().integrationIds = {"11111111-1111-4111-8111-111111111111"};
    const std::string nightly = seedSession(store, support, "nightly", "active");
    seedSession(store, support, "laptop", "idle");
    seedSession(store, support, "forgotten", "expired");
    seedSession(store, support, "last week", "disconnected");
    const std::string train = seedSession(store, release, "release train", "active");
    seedTrace(store, support, "Support Agent", nightly, minutes(20), {"ok", "ok", "warn", "ok"});
    seedTrace(store, support, "Support Agent", nightly, hours(26), {"ok", "error_remote"});
    seedTrace(store, release, "Release Agent", train, hours(50), {"ok", "ok", "error_auth", "error_proxy", "ok"});
}

} // namespace kontext_emulator
