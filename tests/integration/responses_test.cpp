// What the client makes of responses: every field of every object, and what becomes of missing, null, unknown and wrong
// ones.
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "support/wire_client.hpp"
#include "support/wire_server.hpp"

namespace {

using namespace kontext_test;
using kontext::DecodeError;
using kontext::RawJson;
using kontext::Timestamp;
using Client = kontext::KontextManagementClient;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Text = std::optional<std::string>;

struct Field {
    const char* name;
    const char* json;
    bool any = false; // any JSON is right
};

/// An object of the contract, section 5.
struct Object {
    const char* name;
    const char* response;       // with the object where the @ is
    const char* pointer;     // to it
    std::size_t identifying; // how many of the first fields must be there
    std::vector<Field> fields;
    std::function<void(const Client&)> expectAll;  // reads the response; every field is as below
    std::function<void(const Client&)> expectNone; // only the identifying fields are

    std::string wrapped(const std::string& object) const {
        std::string text = response;
        return text.replace(text.find('@'), 1, object);
    }
    /// The response with the fields' JSON as `choose` has it; a null pointer leaves the field out.
    template <class Choose>
    std::string with(const Choose& choose) const {
        std::string text;
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (const char* json = choose(i))
                text += (text.empty() ? "\"" : ",\"") + std::string(fields[i].name) + "\":" + json;
        return wrapped('{' + text + '}');
    }
};

/// The events' fields: McpEvent and TraceEvent are the same record.
const std::vector<Field> eventFields = {
    {"id", R"("ev-1")"},
    {"createdAt", R"("2026-01-31T12:00:01.000Z")"},
    {"sessionId", R"("mcp-1")"},
    {"agentId", R"("app-1")"},
    {"eventType", R"("tool_call")"},
    {"status", R"("error_remote")"},
    {"traceId", R"("tr-1")"},
    {"apiKeyId", R"("key-1")"},
    {"durationMs", "120"},
    {"integrationId", R"("int-1")"},
    {"toolName", R"("search")"},
    {"errorMessage", R"("upstream said no")"},
    {"bytesIn", "9007199254740993"},
    {"bytesOut", "7"},
    {"requestJson", R"({"q":[1.50,12345678901234567890,null]})", true},
    {"responseJson", R"("plain")", true},
    {"parentEventId", R"("ev-0")"},
    {"agentSessionId", R"("ses-1")"},
};

void expectAllOf(const kontext::McpEvent& e) {
    EXPECT_EQ(e.id, "ev-1");
    EXPECT_EQ(e.createdAt, Timestamp("2026-01-31T12:00:01.000Z"));
    EXPECT_EQ(e.sessionId, "mcp-1");
    EXPECT_EQ(e.agentId, "app-1");
    EXPECT_EQ(e.eventType, "tool_call");
    EXPECT_EQ(e.status, kontext::EventStatus::errorRemote);
    EXPECT_EQ(e.traceId, "tr-1");
    EXPECT_EQ(e.apiKeyId, "key-1");
    EXPECT_EQ(e.durationMs, 120);
    EXPECT_EQ(e.integrationId, "int-1");
    EXPECT_EQ(e.toolName, "search");
    EXPECT_EQ(e.errorMessage, "upstream said no");
    EXPECT_EQ(e.bytesIn, 9007199254740993); // no double holds it
    EXPECT_EQ(e.bytesOut, 7);
    EXPECT_EQ(e.requestJson, RawJson(R"({"q":[1.50,12345678901234567890,null]})"));
    EXPECT_EQ(e.responseJson, RawJson(R"("plain")"));
    EXPECT_EQ(e.parentEventId, "ev-0");
    EXPECT_EQ(e.agentSessionId, "ses-1");
}

void expectOnlyTheId(const kontext::McpEvent& e) {
    EXPECT_EQ(e.id, "ev-1");
    EXPECT_EQ(e.createdAt, Timestamp());
    EXPECT_EQ(e.sessionId, "");
    EXPECT_EQ(e.agentId, "");
    EXPECT_EQ(e.eventType, "");
    EXPECT_EQ(e.status.str(), "");
    EXPECT_EQ(e.durationMs, std::nullopt);
    EXPECT_EQ(e.bytesIn, std::nullopt);
    EXPECT_EQ(e.bytesOut, std::nullopt);
    EXPECT_EQ(e.requestJson, std::nullopt);
    EXPECT_EQ(e.responseJson, std::nullopt);
    for (const Text& text :
         {e.traceId, e.apiKeyId, e.integrationId, e.toolName, e.errorMessage, e.parentEventId, e.agentSessionId})
        EXPECT_EQ(text, std::nullopt);
}

const std::vector<Object> objects = {
    {"Application",
     R"({"application":@})",
     "/application",
     1,
     {{"id", R"("app-1")"},
      {"name", R"("My \"App\" \u00fc")"},
      {"description", R"("For tests")"},
      {"clientId", R"("app_1")"},
      {"createdAt", R"("2026-01-31T12:00:00.000Z")"},
      {"updatedAt", R"("2026-02-01T12:00:00.000Z")"},
      {"sessions", R"({"active":1})"},
      {"externalAuth", R"({"enabled":true})"}},
     [](auto& client) {
         const auto [a] = client.applications.get("app-1");
         EXPECT_EQ(a.id, "app-1");
         EXPECT_EQ(a.name, "My \"App\" \xc3\xbc");
         EXPECT_EQ(a.description, "For tests");
         EXPECT_EQ(a.clientId, "app_1");
         EXPECT_EQ(a.createdAt, Timestamp("2026-01-31T12:00:00.000Z"));
         EXPECT_EQ(a.updatedAt, Timestamp("2026-02-01T12:00:00.000Z"));
         ASSERT_TRUE(a.sessions);
         EXPECT_EQ(a.sessions->active, 1);
         ASSERT_TRUE(a.externalAuth);
         EXPECT_TRUE(a.externalAuth->enabled);
     },
     [](auto& client) {
         const auto [a] = client.applications.get("app-1");
         EXPECT_EQ(a.id, "app-1");
         EXPECT_EQ(a.name, "");
         EXPECT_EQ(a.description, std::nullopt);
         EXPECT_EQ(a.clientId, std::nullopt);
         EXPECT_EQ(a.createdAt, std::nullopt);
         EXPECT_EQ(a.updatedAt, std::nullopt);
         EXPECT_FALSE(a.sessions);
         EXPECT_FALSE(a.externalAuth);
     }},

    {"SessionCounts",
     R"({"application":{"id":"app-1","sessions":@}})",
     "/application/sessions",
     0,
     {{"active", "1"}, {"idle", "2"}, {"live", "3"}, {"total", "4"}},
     [](auto& client) {
         const auto sessions = client.applications.get("app-1").application.sessions.value();
         EXPECT_EQ(sessions.active, 1);
         EXPECT_EQ(sessions.idle, 2);
         EXPECT_EQ(sessions.live, 3);
         EXPECT_EQ(sessions.total, 4);
     },
     [](auto& client) {
         const auto sessions = client.applications.get("app-1").application.sessions.value();
         EXPECT_EQ(sessions.active, 0);
         EXPECT_EQ(sessions.idle, 0);
         EXPECT_EQ(sessions.live, 0);
         EXPECT_EQ(sessions.total, 0);
     }},

    {"ExternalAuth",
     R"({"application":{"id":"app-1","externalAuth":@}})",
     "/application/externalAuth",
     0,
     {{"enabled", "true"},
      {"issuer", R"("https://idp.example")"},
      {"jwksUrl", R"("https://idp.example/jwks")"},
      {"audience", R"("kontext")"},
      {"allowedAlgorithms", R"(["RS256","ES256"])"},
      {"requiredClaims", R"({"org":"x"})", true},
      {"allowedReturnUrls", R"(["https://a.example"])"},
      {"maxTokenAgeSeconds", "300"},
      {"partnerApiKeyConfigured", "true"}},
     [](auto& client) {
         const auto auth = client.applications.get("app-1").application.externalAuth.value();
         EXPECT_TRUE(auth.enabled);
         EXPECT_EQ(auth.issuer, "https://idp.example");
         EXPECT_EQ(auth.jwksUrl, "https://idp.example/jwks");
         EXPECT_EQ(auth.audience, "kontext");
         EXPECT_THAT(auth.allowedAlgorithms, ElementsAre("RS256", "ES256"));
         EXPECT_EQ(auth.requiredClaims.text(), R"({"org":"x"})");
         EXPECT_THAT(auth.allowedReturnUrls, ElementsAre("https://a.example"));
         EXPECT_EQ(auth.maxTokenAgeSeconds, 300);
         EXPECT_TRUE(auth.partnerApiKeyConfigured);
     },
     [](auto& client) {
         const auto auth = client.applications.get("app-1").application.externalAuth.value();
         EXPECT_FALSE(auth.enabled);
         EXPECT_EQ(auth.issuer, "");
         EXPECT_EQ(auth.jwksUrl, "");
         EXPECT_EQ(auth.audience, "");
         EXPECT_THAT(auth.allowedAlgorithms, IsEmpty());
         EXPECT_EQ(auth.requiredClaims.text(), "null");
         EXPECT_THAT(auth.allowedReturnUrls, IsEmpty());
         EXPECT_EQ(auth.maxTokenAgeSeconds, 0);
         EXPECT_FALSE(auth.partnerApiKeyConfigured);
     }},

    {"ApplicationOAuth",
     R"({"oauth":@})",
     "/oauth",
     0,
     {{"type", R"("confidential")"},
      {"clientId", R"("app_1")"},
      {"clientSecret", R"("shown-once")"},
      {"redirectUris", R"(["https://a.example/cb","https://b.example/cb"])"},
      {"pkceRequired", "false"},
      {"scopes", R"(["read","write"])"},
      {"allowedResources", R"(["https://mcp.example"])"},
      {"gatewayUrl", R"("https://gateway.example")"}},
     [](auto& client) {
         const auto [oauth] = client.applications.getOAuth("app-1");
         EXPECT_EQ(oauth.type, kontext::OAuthClientType::confidential);
         EXPECT_EQ(oauth.clientId, "app_1");
         EXPECT_EQ(oauth.clientSecret.value().reveal(), "shown-once");
         EXPECT_THAT(oauth.redirectUris, ElementsAre("https://a.example/cb", "https://b.example/cb"));
         EXPECT_EQ(oauth.pkceRequired, false);
         EXPECT_THAT(oauth.scopes, ElementsAre("read", "write"));
         EXPECT_THAT(oauth.allowedResources, ElementsAre("https://mcp.example"));
         EXPECT_EQ(oauth.gatewayUrl, "https://gateway.example");
     },
     [](auto& client) {
         const auto [oauth] = client.applications.getOAuth("app-1");
         EXPECT_FALSE(oauth.type);
         EXPECT_EQ(oauth.clientId, std::nullopt);
         EXPECT_FALSE(oauth.clientSecret);
         EXPECT_THAT(oauth.redirectUris, IsEmpty());
         EXPECT_EQ(oauth.pkceRequired, std::nullopt);
         EXPECT_THAT(oauth.scopes, IsEmpty());
         EXPECT_THAT(oauth.allowedResources, IsEmpty());
         EXPECT_EQ(oauth.gatewayUrl, std::nullopt);
     }},

    {"IntegrationIds",
     "@",
     "",
     0,
     {{"integrationIds", R"(["int-1","int-2"])"}},
     [](auto& client) {
         const auto [ids] = client.applications.listIntegrations("app-1");
         EXPECT_THAT(ids, ElementsAre("int-1", "int-2"));
     },
     [](auto& client) {
         const auto [ids] = client.applications.listIntegrations("app-1");
         EXPECT_THAT(ids, IsEmpty());
     }},

    {"RevokedSessions",
     "@",
     "",
     0,
     {{"success", "false"}, {"disconnectedCount", "3"}},
     [](auto& client) {
         const auto [success, count] = client.agentSessions.revokeAll("app-1");
         EXPECT_FALSE(success);
         EXPECT_EQ(count, 3);
     },
     [](auto& client) {
         const auto [success, count] = client.agentSessions.revokeAll("app-1");
         EXPECT_TRUE(success);
         EXPECT_EQ(count, 0);
     }},

    {"Integration",
     R"({"integration":@})",
     "/integration",
     1,
     {{"id", R"("int-1")"},
      {"name", R"("GitHub")"},
      {"url", R"("https://mcp.example/mcp")"},
      {"authMode", R"("server_token")"},
      {"category", R"("internal_mcp_credentials")"},
      {"capabilities", R"(["tools",{"n":1.0}])", true},
      {"oauth", R"({"provider":"github"})"},
      {"credentialSchema", R"({"type":"object"})", true},
      {"serverTokenConfigured", "true"},
      {"validationStatus", R"("pending")"},
      {"createdAt", R"("2026-01-31T12:00:00Z")"},
      {"updatedAt", R"("2026-02-01T12:00:00Z")"}},
     [](auto& client) {
         const auto [i] = client.integrations.get("int-1");
         EXPECT_EQ(i.id, "int-1");
         EXPECT_EQ(i.name, "GitHub");
         EXPECT_EQ(i.url, "https://mcp.example/mcp");
         EXPECT_EQ(i.authMode, kontext::AuthMode::serverToken);
         EXPECT_EQ(i.category, kontext::IntegrationCategory::internalMcpCredentials);
         EXPECT_EQ(i.capabilities, RawJson(R"(["tools",{"n":1.0}])"));
         EXPECT_EQ(i.oauth.value().provider, "github");
         EXPECT_EQ(i.credentialSchema, RawJson(R"({"type":"object"})"));
         EXPECT_EQ(i.serverTokenConfigured, true);
         EXPECT_EQ(i.validationStatus, kontext::ValidationStatus::pending);
         EXPECT_EQ(i.createdAt, Timestamp("2026-01-31T12:00:00Z"));
         EXPECT_EQ(i.updatedAt, Timestamp("2026-02-01T12:00:00Z"));
     },
     [](auto& client) {
         const auto [i] = client.integrations.get("int-1");
         EXPECT_EQ(i.id, "int-1");
         EXPECT_EQ(i.name, "");
         EXPECT_EQ(i.url, "");
         EXPECT_FALSE(i.authMode);
         EXPECT_FALSE(i.category);
         EXPECT_EQ(i.capabilities, std::nullopt);
         EXPECT_FALSE(i.oauth);
         EXPECT_EQ(i.credentialSchema, std::nullopt);
         EXPECT_EQ(i.serverTokenConfigured, std::nullopt);
         EXPECT_FALSE(i.validationStatus);
         EXPECT_EQ(i.createdAt, std::nullopt);
         EXPECT_EQ(i.updatedAt, std::nullopt);
     }},

    {"IntegrationOAuth",
     R"({"integration":{"id":"int-1","oauth":@}})",
     "/integration/oauth",
     0,
     {{"provider", R"("github")"},
      {"issuer", R"("https://github.example")"},
      {"scopes", R"(["repo"])"},
      {"metadata", R"({"token_endpoint":"https://github.example/token"})", true}},
     [](auto& client) {
         const auto oauth = client.integrations.get("int-1").integration.oauth.value();
         EXPECT_EQ(oauth.provider, "github");
         EXPECT_EQ(oauth.issuer, "https://github.example");
         EXPECT_THAT(oauth.scopes, ElementsAre("repo"));
         EXPECT_EQ(oauth.metadata, RawJson(R"({"token_endpoint":"https://github.example/token"})"));
     },
     [](auto& client) {
         const auto oauth = client.integrations.get("int-1").integration.oauth.value();
         EXPECT_EQ(oauth.provider, std::nullopt);
         EXPECT_EQ(oauth.issuer, std::nullopt);
         EXPECT_THAT(oauth.scopes, IsEmpty());
         EXPECT_EQ(oauth.metadata, std::nullopt);
     }},

    {"ValidationResult",
     "@",
     "",
     1,
     {{"status", R"("invalid")"}, {"message", R"("connection refused")"}},
     [](auto& client) {
         const auto [status, message] = client.integrations.validate("int-1");
         EXPECT_EQ(status, kontext::ValidationStatus::invalid);
         EXPECT_EQ(message, "connection refused");
     },
     [](auto& client) {
         const auto [status, message] = client.integrations.validate("int-1");
         EXPECT_EQ(status, kontext::ValidationStatus::invalid);
         EXPECT_EQ(message, std::nullopt);
     }},

    {"ServiceAccount",
     R"({"serviceAccount":@})",
     "/serviceAccount",
     1,
     {{"id", R"("sa-1")"},
      {"name", R"("CI")"},
      {"description", R"("Builds")"},
      {"clientId", R"("sa_1")"},
      {"createdAt", R"("2026-01-01T00:00:00Z")"},
      {"updatedAt", R"("2026-01-02T00:00:00Z")"},
      {"lastUsedAt", R"("2026-01-03T00:00:00Z")"}},
     [](auto& client) {
         const auto [account] = client.serviceAccounts.get("sa-1");
         EXPECT_EQ(account.id, "sa-1");
         EXPECT_EQ(account.name, "CI");
         EXPECT_EQ(account.description, "Builds");
         EXPECT_EQ(account.clientId, "sa_1");
         EXPECT_EQ(account.createdAt, Timestamp("2026-01-01T00:00:00Z"));
         EXPECT_EQ(account.updatedAt, Timestamp("2026-01-02T00:00:00Z"));
         EXPECT_EQ(account.lastUsedAt, Timestamp("2026-01-03T00:00:00Z"));
     },
     [](auto& client) {
         const auto [account] = client.serviceAccounts.get("sa-1");
         EXPECT_EQ(account.id, "sa-1");
         EXPECT_EQ(account.name, "");
         EXPECT_EQ(account.description, std::nullopt);
         EXPECT_EQ(account.clientId, std::nullopt);
         EXPECT_EQ(account.createdAt, std::nullopt);
         EXPECT_EQ(account.updatedAt, std::nullopt);
         EXPECT_EQ(account.lastUsedAt, std::nullopt);
     }},

    {"ServiceAccountCredentials",
     R"({"credentials":@})",
     "/credentials",
     1,
     {{"clientSecret", R"("shown once \u00fc")"}, {"clientId", R"("sa_1")"}},
     [](auto& client) {
         const auto [credentials] = client.serviceAccounts.rotateSecret("sa-1");
         EXPECT_EQ(credentials.clientId, "sa_1");
         EXPECT_EQ(credentials.clientSecret.reveal(), "shown once \xc3\xbc");
     },
     [](auto& client) {
         const auto [credentials] = client.serviceAccounts.rotateSecret("sa-1");
         EXPECT_EQ(credentials.clientId, "");
         EXPECT_EQ(credentials.clientSecret.reveal(), "shown once \xc3\xbc");
     }},

    {"AgentSession",
     R"({"session":@})",
     "/session",
     1,
     {{"id", R"("ses-1")"},
      {"name", R"("Claude")"},
      {"status", R"("disconnected")"},
      {"derivedStatus", R"("expired")"},
      {"tokenExpiresAt", R"("2026-01-01T00:00:00Z")"},
      {"lastActiveAt", R"("2026-01-02T00:00:00Z")"},
      {"connectedAt", R"("2026-01-03T00:00:00Z")"},
      {"disconnectedAt", R"("2026-01-04T00:00:00Z")"},
      {"createdAt", R"("2026-01-05T00:00:00Z")"},
      {"agentId", R"("app-1")"},
      {"organizationId", R"("org-1")"},
      {"hostname", R"("build-7")"},
      {"userAgent", R"("claude/1.0")"},
      {"clientInfo", R"({"name":"claude"})", true}},
     [](auto& client) {
         const auto [s] = client.agentSessions.get("app-1", "ses-1");
         EXPECT_EQ(s.id, "ses-1");
         EXPECT_EQ(s.name, "Claude");
         EXPECT_EQ(s.status, kontext::SessionStatus::disconnected);
         EXPECT_EQ(s.derivedStatus, kontext::DerivedSessionStatus::expired);
         EXPECT_EQ(s.tokenExpiresAt, Timestamp("2026-01-01T00:00:00Z"));
         EXPECT_EQ(s.lastActiveAt, Timestamp("2026-01-02T00:00:00Z"));
         EXPECT_EQ(s.connectedAt, Timestamp("2026-01-03T00:00:00Z"));
         EXPECT_EQ(s.disconnectedAt, Timestamp("2026-01-04T00:00:00Z"));
         EXPECT_EQ(s.createdAt, Timestamp("2026-01-05T00:00:00Z"));
         EXPECT_EQ(s.agentId, "app-1");
         EXPECT_EQ(s.organizationId, "org-1");
         EXPECT_EQ(s.hostname, "build-7");
         EXPECT_EQ(s.userAgent, "claude/1.0");
         EXPECT_EQ(s.clientInfo, RawJson(R"({"name":"claude"})"));
     },
     [](auto& client) {
         const auto [s] = client.agentSessions.get("app-1", "ses-1");
         EXPECT_EQ(s.id, "ses-1");
         EXPECT_EQ(s.name, "");
         EXPECT_EQ(s.status.str(), "");
         EXPECT_EQ(s.derivedStatus.str(), "");
         for (const auto& time : {s.tokenExpiresAt, s.lastActiveAt, s.connectedAt, s.disconnectedAt})
             EXPECT_EQ(time, std::nullopt);
         EXPECT_EQ(s.createdAt, Timestamp());
         EXPECT_EQ(s.agentId, "");
         EXPECT_EQ(s.organizationId, "");
         EXPECT_EQ(s.hostname, std::nullopt);
         EXPECT_EQ(s.userAgent, std::nullopt);
         EXPECT_EQ(s.clientInfo, std::nullopt);
     }},

    {"Trace",
     R"({"items":[@]})",
     "/items/0",
     1,
     {{"traceId", R"("tr-1")"},
      {"sessionId", R"("mcp-1")"},
      {"startedAt", R"("2026-01-01T00:00:00Z")"},
      {"endedAt", R"("2026-01-01T00:00:09Z")"},
      {"eventCount", "6"},
      {"okCount", "3"},
      {"warnCount", "2"},
      {"errorCount", "1"},
      {"agentId", R"("app-1")"},
      {"agentName", R"("Agent")"},
      {"ownerUserId", R"("user-1")"},
      {"ownerEmail", R"("a@b.example")"},
      {"agentSessionId", R"("ses-1")"},
      {"agentSessionName", R"("Claude")"}},
     [](auto& client) {
         const auto [items, nextCursor] = client.traces.list();
         ASSERT_THAT(items, SizeIs(1));
         const kontext::Trace& t = items[0];
         EXPECT_EQ(t.traceId, "tr-1");
         EXPECT_EQ(t.sessionId, "mcp-1");
         EXPECT_EQ(t.startedAt, Timestamp("2026-01-01T00:00:00Z"));
         EXPECT_EQ(t.endedAt, Timestamp("2026-01-01T00:00:09Z"));
         EXPECT_EQ(t.eventCount, 6);
         EXPECT_EQ(t.okCount, 3);
         EXPECT_EQ(t.warnCount, 2);
         EXPECT_EQ(t.errorCount, 1);
         EXPECT_EQ(t.agentId, "app-1");
         EXPECT_EQ(t.agentName, "Agent");
         EXPECT_EQ(t.ownerUserId, "user-1");
         EXPECT_EQ(t.ownerEmail, "a@b.example");
         EXPECT_EQ(t.agentSessionId, "ses-1");
         EXPECT_EQ(t.agentSessionName, "Claude");
     },
     [](auto& client) {
         const auto [items, nextCursor] = client.traces.list();
         ASSERT_THAT(items, SizeIs(1));
         const kontext::Trace& t = items[0];
         EXPECT_EQ(t.traceId, "tr-1");
         EXPECT_EQ(t.startedAt, Timestamp());
         EXPECT_EQ(t.endedAt, std::nullopt);
         for (const std::int64_t count : {t.eventCount, t.okCount, t.warnCount, t.errorCount})
             EXPECT_EQ(count, 0);
         for (const std::string& text : {t.sessionId, t.agentId, t.agentName, t.ownerUserId, t.ownerEmail})
             EXPECT_EQ(text, "");
         EXPECT_EQ(t.agentSessionId, std::nullopt);
         EXPECT_EQ(t.agentSessionName, std::nullopt);
     }},

    {"McpEvent", R"({"items":[@]})", "/items/0", 1, eventFields,
     [](auto& client) {
         const auto [items] = client.events.list();
         ASSERT_THAT(items, SizeIs(1));
         expectAllOf(items[0]);
     },
     [](auto& client) {
         const auto [items] = client.events.list();
         ASSERT_THAT(items, SizeIs(1));
         expectOnlyTheId(items[0]);
     }},

    {"TraceEvent", R"({"trace":{"traceId":"tr-1"},"events":[@]})", "/events/0", 1, eventFields,
     [](auto& client) {
         const auto [trace, events] = client.traces.get("tr-1");
         ASSERT_THAT(events, SizeIs(1));
         expectAllOf(events[0]);
     },
     [](auto& client) {
         const auto [trace, events] = client.traces.get("tr-1");
         ASSERT_THAT(events, SizeIs(1));
         expectOnlyTheId(events[0]);
     }},

    {"TraceStats",
     "@",
     "",
     0,
     {{"totalTraces", "10"},
      {"totalEvents", "200"},
      {"eventCounts", R"({"ok":190,"error_auth":10})"},
      {"errorRate", "5.25"},
      {"latency", R"({"p50":12.5,"p95":80})"},
      {"bytesTransferred", R"({"in":1,"out":2})"},
      {"errorsByType", R"([{"type":"error_auth","count":10}])"},
      {"topTools", R"([{"tool":"search"},{"tool":"fetch"}])"}},
     [](auto& client) {
         const auto [stats] = client.traces.stats();
         EXPECT_EQ(stats.totalTraces, 10);
         EXPECT_EQ(stats.totalEvents, 200);
         EXPECT_EQ(stats.eventCounts, (std::map<std::string, std::int64_t>{{"ok", 190}, {"error_auth", 10}}));
         EXPECT_EQ(stats.errorRate, 5.25);
         EXPECT_EQ(stats.latency, (std::map<std::string, double>{{"p50", 12.5}, {"p95", 80}}));
         EXPECT_EQ(stats.bytesTransferred.in, 1);
         EXPECT_EQ(stats.bytesTransferred.out, 2);
         EXPECT_THAT(stats.errorsByType, ElementsAre(RawJson(R"({"type":"error_auth","count":10})")));
         EXPECT_THAT(stats.topTools, ElementsAre(RawJson(R"({"tool":"search"})"), RawJson(R"({"tool":"fetch"})")));
     },
     [](auto& client) {
         const auto [stats] = client.traces.stats();
         EXPECT_EQ(stats.totalTraces, 0);
         EXPECT_EQ(stats.totalEvents, 0);
         EXPECT_THAT(stats.eventCounts, IsEmpty());
         EXPECT_EQ(stats.errorRate, 0);
         EXPECT_THAT(stats.latency, IsEmpty());
         EXPECT_EQ(stats.bytesTransferred.in, 0);
         EXPECT_EQ(stats.bytesTransferred.out, 0);
         EXPECT_THAT(stats.errorsByType, IsEmpty());
         EXPECT_THAT(stats.topTools, IsEmpty());
     }},

    {"BytesTransferred",
     R"({"stats":{"bytesTransferred":@}})",
     "/stats/bytesTransferred",
     0,
     {{"in", "4294967297"}, {"out", "2"}},
     [](auto& client) {
         const auto bytes = client.traces.stats().stats.bytesTransferred;
         EXPECT_EQ(bytes.in, 4294967297);
         EXPECT_EQ(bytes.out, 2);
     },
     [](auto& client) {
         const auto bytes = client.traces.stats().stats.bytesTransferred;
         EXPECT_EQ(bytes.in, 0);
         EXPECT_EQ(bytes.out, 0);
     }},
};

void PrintTo(const Object& object, std::ostream* out) { *out << object.name; }

class EveryObject : public Wired, public testing::WithParamInterface<Object> {
protected:
    const Object& object = GetParam();

    /// Reads the response, which is wrong at this place.
    void expectRefused(const std::string& response, const std::string& pointer) {
        SCOPED_TRACE(response);
        answers(response);
        const auto error = thrown<DecodeError>([&] { object.expectAll(client); });
        EXPECT_EQ(error.pointer(), pointer);
        EXPECT_EQ(error.code(), "kontext_decode_error");
        EXPECT_EQ(error.statusCode(), 200);
        EXPECT_THAT(error.what(), testing::HasSubstr(pointer));
    }
};

TEST_P(EveryObject, IsReadToTheLastField) {
    answers(object.with([&](std::size_t i) { return object.fields[i].json; }));
    object.expectAll(client);
}

TEST_P(EveryObject, IsReadAmongFieldsThatNobodyKnowsInAnyOrder) {
    std::string text = R"("future":{"id":7,"deep":[[{}],null,-1.5e3]})";
    for (auto field = object.fields.rbegin(); field != object.fields.rend(); ++field)
        text += ",\n \"" + std::string(field->name) + "\" : " + field->json + R"(,"x_)" + field->name + R"(":[1,"a"])";
    answers(" " + object.wrapped('{' + text + '}') + "\r\n");
    object.expectAll(client);
}

TEST_P(EveryObject, NeedsOnlyWhatIdentifiesIt) {
    answers(object.with([&](std::size_t i) { return i < object.identifying ? object.fields[i].json : nullptr; }));
    object.expectNone(client);
}

TEST_P(EveryObject, TakesNullForMissing) {
    answers(object.with([&](std::size_t i) { return i < object.identifying ? object.fields[i].json : "null"; }));
    object.expectNone(client);
}

TEST_P(EveryObject, RefusesWrongTypesAndNamesThePlace) {
    for (std::size_t wrong = 0; wrong < object.fields.size(); ++wrong) {
        const Field& field = object.fields[wrong];
        if (field.any) continue;
        const std::string place = std::string(object.pointer) + '/' + field.name;
        const auto replaced = [&](const char* json) {
            return object.with([&](std::size_t i) { return i == wrong ? json : object.fields[i].json; });
        };
        const std::string right = field.json;
        const char first = right.front();
        for (const char* json : {R"("text")", "7", "true", "[]", "{}"})
            if (json[0] != first && !(json[0] == '7' && first >= '0' && first <= '9')
                && !(json[0] == 't' && first == 'f'))
                expectRefused(replaced(json), place);
        if (right.substr(0, 2) == "[\"") expectRefused(replaced(R"(["text",7])"), place + "/1");
        if (right.find_first_not_of("0123456789") == std::string::npos) {
            expectRefused(replaced("1.5"), place);
            expectRefused(replaced("9223372036854775808"), place);
            expectRefused(replaced("-9223372036854775809"), place);
        }
    }
}

TEST_P(EveryObject, RefusesAnotherKindOfValueInItsPlace) {
    const std::string pointer = object.pointer;
    for (const char* json : {R"("text")", "7", "true"})
        expectRefused(object.wrapped(json), pointer);
}

class EveryObjectWithAnId : public EveryObject {};

TEST_P(EveryObjectWithAnId, CannotBeReadWithoutIt) {
    for (std::size_t wanted = 0; wanted < object.identifying; ++wanted) {
        const std::string place = std::string(object.pointer) + '/' + object.fields[wanted].name;
        for (const char* json : {static_cast<const char*>(nullptr), "null"})
            expectRefused(object.with([&](std::size_t i) { return i == wanted ? json : object.fields[i].json; }),
                          place);
    }
}

std::vector<Object> objectsWithIds() {
    std::vector<Object> some;
    for (const Object& object : objects)
        if (object.identifying > 0) some.push_back(object);
    return some;
}

std::string nameOf(const testing::TestParamInfo<Object>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(, EveryObject, testing::ValuesIn(objects), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryObjectWithAnId, testing::ValuesIn(objectsWithIds()), nameOf);

class Wrappers : public Wired {
protected:
    void expectRefused(const std::string& response, const std::string& pointer, const std::function<void()>& call) {
        SCOPED_TRACE(response);
        answers(response);
        EXPECT_EQ(thrown<DecodeError>(call).pointer(), pointer);
    }
};

TEST_F(Wrappers, MustBeThere) {
    for (const char* response : {"{}", R"({"application":null,"integration":null,"serviceAccount":null,"session":null,
                                        "oauth":null,"credentials":null})"}) {
        expectRefused(response, "/application", [&] { client.applications.get("a"); });
        expectRefused(response, "/application", [&] { client.applications.update("a", {}); });
        expectRefused(response, "/application", [&] { client.applications.create({.name = "a"}); });
        expectRefused(response, "/oauth", [&] { client.applications.rotateSecret("a"); });
        expectRefused(response, "/oauth", [&] { client.applications.getOAuth("a"); });
        expectRefused(response, "/oauth", [&] { client.applications.updateOAuth("a", {}); });
        expectRefused(response, "/integration", [&] { client.integrations.get("a"); });
        expectRefused(response, "/integration", [&] { client.integrations.create({.name = "a"}); });
        expectRefused(response, "/integration", [&] { client.integrations.update("a", {}); });
        expectRefused(response, "/serviceAccount", [&] { client.serviceAccounts.get("a"); });
        expectRefused(response, "/serviceAccount", [&] { client.serviceAccounts.create({.name = "a"}); });
        expectRefused(response, "/credentials", [&] { client.serviceAccounts.rotateSecret("a"); });
        expectRefused(response, "/session", [&] { client.agentSessions.get("a", "s"); });
    }
}

TEST_F(Wrappers, OfACreatedApplicationHoldBothParts) {
    answers(R"({"oauth":{"clientId":"app_1","clientSecret":"shown-once"},"application":{"id":"app-1","name":"A"}})");
    const auto [application, oauth] = client.applications.create({.name = "A"});
    EXPECT_EQ(application.id, "app-1");
    EXPECT_EQ(application.name, "A");
    EXPECT_EQ(oauth.clientId, "app_1");
    EXPECT_EQ(oauth.clientSecret.value().reveal(), "shown-once");
}

TEST_F(Wrappers, OfIntegrationsThatWereSetHoldWhatWasSetIfTheServerSaysNothing) {
    server.respond({.status = 204});
    EXPECT_THAT(client.applications.setIntegrations("app-1", {.integrationIds = {"a", "b"}}).integrationIds,
                ElementsAre("a", "b"));
    answers(R"({"integrationIds":["a"]})");
    EXPECT_THAT(client.applications.setIntegrations("app-1", {.integrationIds = {"a", "b"}}).integrationIds,
                ElementsAre("a"));
}

TEST_F(Wrappers, OfAChangedApplicationHoldIt) {
    answers(R"({"application":{"id":"app-1","name":"B"}})");
    EXPECT_EQ(client.applications.update("app-1", {.name = "B"}).application.name, "B");
}

TEST_F(Wrappers, OfOAuthClientsHoldTheOAuthClient) {
    answers(R"({"oauth":{"clientId":"app_1","clientSecret":"new-one"}})");
    EXPECT_EQ(client.applications.rotateSecret("app-1").oauth.clientSecret.value().reveal(), "new-one");
    EXPECT_EQ(client.applications.updateOAuth("app-1", {.scopes = {"read"}}).oauth.clientId, "app_1");
}

TEST_F(Wrappers, OfIntegrationsHoldTheIntegration) {
    answers(R"({"integration":{"id":"int-1","url":"https://mcp.example"}})");
    EXPECT_EQ(client.integrations.create({.name = "I"}).integration.url, "https://mcp.example");
    EXPECT_EQ(client.integrations.update("int-1", {.name = "I"}).integration.id, "int-1");
}

TEST_F(Wrappers, OfACreatedServiceAccountHoldBothParts) {
    answers(R"({"serviceAccount":{"id":"sa-1","name":"CI"},"credentials":{"clientId":"sa_1","clientSecret":"once"}})");
    const auto [account, credentials] = client.serviceAccounts.create({.name = "CI"});
    EXPECT_EQ(account.id, "sa-1");
    EXPECT_EQ(account.name, "CI");
    EXPECT_EQ(credentials.clientId, "sa_1");
    EXPECT_EQ(credentials.clientSecret.reveal(), "once");
}

TEST_F(Wrappers, OfIntegrationIdsHoldTheIds) {
    answers(R"({"integrationIds":["int-2"]})");
    EXPECT_THAT(client.applications.setIntegrations("app-1", {.integrationIds = {"int-2"}}).integrationIds,
                ElementsAre("int-2"));
}

TEST_F(Wrappers, OfRevokedSessionsHoldTheCountOrNothing) {
    answers(R"({"success":true,"disconnectedCount":12})");
    const auto [success, count] = client.applications.revokeAllAgentSessions("app-1");
    EXPECT_TRUE(success);
    EXPECT_EQ(count, 12);
    server.respond({.status = 204});
    const auto [again, none] = client.applications.revokeAllAgentSessions("app-1");
    EXPECT_TRUE(again);
    EXPECT_EQ(none, 0);
    EXPECT_TRUE(client.agentSessions.revokeAll("app-1").success);
}

TEST(Enumerations, KeepWhatTheyDoNotKnow) {
    WireServer server;
    const Client client(configFor(server));
    server.respond(Response::json(R"({"oauth":{"type":"brand_new"}})"));
    EXPECT_EQ(client.applications.getOAuth("a").oauth.type.value().str(), "brand_new");
    server.respond(Response::json(
        R"({"integration":{"id":"i","authMode":"passkey","category":"other","validationStatus":"stale"}})"));
    const auto [integration] = client.integrations.get("i");
    EXPECT_EQ(integration.authMode.value().str(), "passkey");
    EXPECT_EQ(integration.category.value().str(), "other");
    EXPECT_EQ(integration.validationStatus.value().str(), "stale");
    server.respond(Response::json(R"({"status":"maybe"})"));
    EXPECT_EQ(client.integrations.validate("i").status.str(), "maybe");
    server.respond(Response::json(R"({"session":{"id":"s","status":"asleep","derivedStatus":"dreaming"}})"));
    const auto [session] = client.agentSessions.get("a", "s");
    EXPECT_EQ(session.status.str(), "asleep");
    EXPECT_EQ(session.derivedStatus.str(), "dreaming");
    server.respond(Response::json(R"({"items":[{"id":"e","status":"error_cosmic"}]})"));
    EXPECT_EQ(client.events.list().items.at(0).status.str(), "error_cosmic");
}

TEST(Enumerations, KnowTheWordsOfTheContract) {
    EXPECT_EQ(kontext::OAuthClientType::publicClient.str(), "public");
    EXPECT_EQ(kontext::OAuthClientType::confidential.str(), "confidential");
    EXPECT_EQ(kontext::AuthMode::oauth.str(), "oauth");
    EXPECT_EQ(kontext::AuthMode::userToken.str(), "user_token");
    EXPECT_EQ(kontext::AuthMode::serverToken.str(), "server_token");
    EXPECT_EQ(kontext::AuthMode::none.str(), "none");
    EXPECT_EQ(kontext::IntegrationCategory::gatewayRemoteMcp.str(), "gateway_remote_mcp");
    EXPECT_EQ(kontext::IntegrationCategory::internalMcpCredentials.str(), "internal_mcp_credentials");
    EXPECT_EQ(kontext::ValidationStatus::pending.str(), "pending");
    EXPECT_EQ(kontext::ValidationStatus::valid.str(), "valid");
    EXPECT_EQ(kontext::ValidationStatus::invalid.str(), "invalid");
    EXPECT_EQ(kontext::SessionStatus::active.str(), "active");
    EXPECT_EQ(kontext::SessionStatus::disconnected.str(), "disconnected");
    EXPECT_EQ(kontext::DerivedSessionStatus::active.str(), "active");
    EXPECT_EQ(kontext::DerivedSessionStatus::idle.str(), "idle");
    EXPECT_EQ(kontext::DerivedSessionStatus::expired.str(), "expired");
    EXPECT_EQ(kontext::DerivedSessionStatus::disconnected.str(), "disconnected");
    EXPECT_EQ(kontext::SessionFilter::active.str(), "active");
    EXPECT_EQ(kontext::SessionFilter::inactive.str(), "inactive");
    EXPECT_EQ(kontext::SessionFilter::all.str(), "all");
    EXPECT_EQ(kontext::EventStatus::ok.str(), "ok");
    EXPECT_EQ(kontext::EventStatus::warn.str(), "warn");
    EXPECT_EQ(kontext::EventStatus::errorRemote.str(), "error_remote");
    EXPECT_EQ(kontext::EventStatus::errorProxy.str(), "error_proxy");
    EXPECT_EQ(kontext::EventStatus::errorAuth.str(), "error_auth");
}

class RawResponses : public Wired {};

TEST_F(RawResponses, AreKeptAsTheyCame) {
    const std::string graph = R"({"nodes":[{"id":"a","weight":0.10,"n":12345678901234567890}],"edges":[],"x":null})";
    answers(graph);
    EXPECT_EQ(client.applications.accessGraph().text(), graph);
    EXPECT_EQ(client.integrations.getOAuthConfig("i").text(), graph);
    EXPECT_EQ(client.integrations.setOAuthConfig("i", {.clientId = "c"}).text(), graph);
    EXPECT_EQ(client.integrations.addConnection("i", {.token = "t"}).text(), graph);
    EXPECT_EQ(client.integrations.getConnectionStatus("i").text(), graph);
}

TEST_F(RawResponses, AreNullWhereAnEmptyResponseIsRight) {
    server.respond({.status = 204});
    EXPECT_EQ(client.integrations.setOAuthConfig("i", {.clientId = "c"}).text(), "null");
    EXPECT_EQ(client.integrations.addConnection("i", {.token = "t"}).text(), "null");
}

TEST_F(RawResponses, OfRequestComeToTheByte) {
    const std::string bytes("a\0b\xff", 4);
    server.respond({.status = 202, .headers = {{"ETag", "\"7\""}, {"Content-Type", "text/plain"}}, .body = bytes});
    const auto response = client.request("GET", "/policy/deployment");
    EXPECT_EQ(response.statusCode, 202);
    EXPECT_EQ(response.body, bytes);
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("ETag", "\"7\"")));
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Content-Type", "text/plain")));
}

class Traces : public Wired {
protected:
    /// Two events, of which the second is the earlier one.
    const std::string events = R"([
        {"id":"e1","createdAt":"2026-01-01T00:00:05Z","sessionId":"mcp-1","agentId":"app-1","status":"ok"},
        {"id":"e2","createdAt":"2026-01-01T01:00:01+01:00","sessionId":"mcp-2","agentId":"app-2","status":"warn"},
        {"id":"e3","createdAt":"2026-01-01T00:00:09Z","status":"error_remote"},
        {"id":"e4","createdAt":"2026-01-01T00:00:08Z","status":"error_of_a_new_kind"},
        {"id":"e5","status":"skipped"}])";

    void expectBuilt(const kontext::TraceResponse& response) {
        const auto& [trace, list] = response;
        ASSERT_THAT(list, SizeIs(5));
        EXPECT_EQ(list[0].id, "e1");
        EXPECT_EQ(list[4].id, "e5");
        EXPECT_EQ(trace.traceId, "tr-7");
        EXPECT_EQ(trace.sessionId, "mcp-1");
        EXPECT_EQ(trace.agentId, "app-1");
        EXPECT_EQ(trace.startedAt, Timestamp("2026-01-01T01:00:01+01:00"));
        EXPECT_EQ(trace.endedAt, Timestamp("2026-01-01T00:00:09Z"));
        EXPECT_EQ(trace.eventCount, 5);
        EXPECT_EQ(trace.okCount, 1);
        EXPECT_EQ(trace.warnCount, 1);
        EXPECT_EQ(trace.errorCount, 2);
    }
};

TEST_F(Traces, AreReadWithTheirEvents) {
    answers(R"({"events":[{"id":"e1"}],"trace":{"traceId":"tr-1","eventCount":9}})");
    const auto [trace, list] = client.traces.get("tr-7");
    EXPECT_EQ(trace.traceId, "tr-1"); // as the server says
    EXPECT_EQ(trace.eventCount, 9);
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0].id, "e1");
}

TEST_F(Traces, AreBuiltFromEvents) {
    answers(R"({"events":)" + events + "}");
    expectBuilt(client.traces.get("tr-7"));
}

TEST_F(Traces, AreBuiltFromItems) {
    answers(R"({"items":)" + events + R"(,"nextCursor":null})");
    expectBuilt(client.traces.get("tr-7"));
}

TEST_F(Traces, AreBuiltFromABareArray) {
    answers("\n " + events);
    expectBuilt(client.traces.get("tr-7"));
}

TEST_F(Traces, AreBuiltFromABareArrayBehindAByteOrderMark) {
    answers("\xef\xbb\xbf" + std::string(events));
    expectBuilt(client.traces.get("tr-7"));
}

TEST_F(Traces, AreBuiltWhereTheTraceIsNull) {
    answers(R"({"trace":null,"events":)" + events + "}");
    expectBuilt(client.traces.get("tr-7"));
}

TEST_F(Traces, MayHaveNoEvents) {
    for (const char* response : {R"({"events":[]})", R"({"items":[]})", "[]"}) {
        answers(response);
        const auto [trace, list] = client.traces.get("tr-7");
        EXPECT_THAT(list, IsEmpty());
        EXPECT_EQ(trace.traceId, "tr-7");
        EXPECT_EQ(trace.eventCount, 0);
        EXPECT_EQ(trace.startedAt, Timestamp());
        EXPECT_EQ(trace.endedAt, std::nullopt);
    }
    answers(R"({"trace":{"traceId":"tr-1"}})");
    const auto [trace, list] = client.traces.get("tr-7");
    EXPECT_EQ(trace.traceId, "tr-1");
    EXPECT_THAT(list, IsEmpty());
}

TEST_F(Traces, CannotBeReadFromSomethingElse) {
    for (const auto& [response, pointer] :
         std::map<std::string, std::string>{{R"({"trace":{"sessionId":"x"}})", "/trace/traceId"},
                                            {R"({"trace":[]})", "/trace"},
                                            {R"({"events":{}})", "/events"},
                                            {R"({"items":[{"id":"e"},{"id":7}]})", "/items/1/id"},
                                            {R"([{"id":"e"},{}])", "/1/id"},
                                            {R"(["e"])", "/0"},
                                            {R"("e")", ""}}) {
        SCOPED_TRACE(response);
        answers(response);
        EXPECT_EQ(thrown<DecodeError>([&] { client.traces.get("tr-7"); }).pointer(), pointer);
    }
}

TEST_F(Traces, HaveStatsThatComeBareOrWrapped) {
    answers(R"({"totalTraces":3,"errorRate":50,"latency":{"p95":7}})");
    EXPECT_EQ(client.traces.stats().stats.totalTraces, 3);
    answers(R"({"stats":{"totalTraces":4,"errorRate":0.5,"latency":{"p99":1e3}}})");
    const auto [stats] = client.traces.stats();
    EXPECT_EQ(stats.totalTraces, 4);
    EXPECT_EQ(stats.errorRate, 0.5);
    EXPECT_EQ(stats.latency.at("p99"), 1000);
}

TEST_F(Traces, HaveStatsThatSkipNullEntries) {
    answers(R"({"eventCounts":{"ok":1,"warn":null},"latency":{"p50":null,"p95":2},"bytesTransferred":null})");
    const auto [stats] = client.traces.stats();
    EXPECT_EQ(stats.eventCounts, (std::map<std::string, std::int64_t>{{"ok", 1}}));
    EXPECT_EQ(stats.latency, (std::map<std::string, double>{{"p95", 2}}));
    EXPECT_EQ(stats.bytesTransferred.in, 0);
}

TEST_F(Traces, HaveStatsWhoseWrongEntriesAreNamed) {
    for (const auto& [response, pointer] :
         std::map<std::string, std::string>{{R"({"eventCounts":{"ok":1,"a/b~c":"x"}})", "/eventCounts/a~1b~0c"},
                                            {R"({"eventCounts":{"ok":1.5}})", "/eventCounts/ok"},
                                            {R"({"stats":{"latency":{"p95":"fast"}}})", "/stats/latency/p95"},
                                            {R"({"stats":7})", "/stats"}}) {
        SCOPED_TRACE(response);
        answers(response);
        EXPECT_EQ(thrown<DecodeError>([&] { client.traces.stats(); }).pointer(), pointer);
    }
}

class Integers : public Wired {};

TEST_F(Integers, ReachFromTheSmallestToTheLargest) {
    answers(R"({"items":[{"id":"e","bytesIn":9223372036854775807,"bytesOut":-9223372036854775808,"durationMs":-0}]})");
    const auto event = client.events.list().items.at(0);
    EXPECT_EQ(event.bytesIn, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(event.bytesOut, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(event.durationMs, 0);
}

class BrokenResponses : public Wired {};

TEST_F(BrokenResponses, AreErrorsThatSayWhere) {
    const std::vector<std::string> broken = {R"({"application":{"id":"x"})",
                                             R"({"application":{"id":"x"}} {})",
                                             R"({"application":{"id":"x"}}x)",
                                             R"({"application":{"id":"x",}})",
                                             R"({"application":{'id':"x"}})",
                                             R"({"application":{"id":"\x"}})",
                                             "{\"application\":{\"id\":\"\xff\"}}",
                                             "{\"application\":{\"id\":\"a\nb\"}}",
                                             "\xef\xbb",
                                             "   "};
    for (const std::string& response : broken) {
        SCOPED_TRACE(response);
        answers(response);
        const auto error = thrown<DecodeError>([&] { client.applications.get("app-1"); });
        EXPECT_EQ(error.code(), "kontext_decode_error");
        EXPECT_EQ(error.statusCode(), 200);
        EXPECT_EQ(error.method(), "GET");
        EXPECT_EQ(error.path(), "/api/v1/applications/app-1");
    }
    EXPECT_THAT(server.requests(), SizeIs(broken.size())); // they are not asked for again
}

TEST_F(BrokenResponses, ThatNestWithoutEndAreRefused) {
    for (const std::string& deep : {std::string(100'000, '['), R"({"x":)" + std::string(100'000, '[')}) {
        answers(R"({"application":{"id":"x","future":)" + deep);
        EXPECT_THROW(client.applications.get("app-1"), DecodeError);
        answers(R"({"integration":{"id":"x","capabilities":)" + deep);
        EXPECT_THROW(client.integrations.get("int-1"), DecodeError);
    }
}

TEST_F(BrokenResponses, DoNotShowWhatTheyHold) {
    answers(R"({"credentials":{"clientId":"sa_1","clientSecret":"very-secret)");
    kontext::ResponseInfo info;
    const auto error = thrown<DecodeError>([&] { client.serviceAccounts.rotateSecret("sa-1", {.info = &info}); });
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("very-secret")));
    EXPECT_THAT(error.message(), testing::Not(testing::HasSubstr("very-secret")));
    EXPECT_THAT(error.meta().text(), testing::Not(testing::HasSubstr("very-secret")));
    EXPECT_THAT(info.body, testing::HasSubstr("very-secret")); // the one place to save it from
}

TEST_F(BrokenResponses, NameTheRequest) {
    server.respond({.status = 201, .headers = {{"x-request-id", "req-3"}}, .body = R"({"application":{"id":7}})"});
    const auto error = thrown<DecodeError>([&] { client.applications.create({.name = "A"}); });
    EXPECT_EQ(error.requestId(), "req-3");
    EXPECT_EQ(error.statusCode(), 201);
    EXPECT_EQ(error.method(), "POST");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(error.pointer(), "/application/id");
    EXPECT_STREQ(error.what(), "POST /api/v1/applications -> 201: the reply cannot be read: expected a string, found a "
                               "number (at /application/id) [kontext_decode_error, request req-3, attempt 1/3]");
}

} // namespace
