#include "responses.hpp"

#include <cstdio>

namespace bench {
namespace {

std::string number(std::size_t value) { return std::to_string(value); }

std::string uuid(std::size_t n) {
    char text[37];
    std::snprintf(text, sizeof text, "550e8400-e29b-41d4-a716-%012zx", 0x446655440000U + n);
    return text;
}

std::string time(std::size_t n) {
    char text[25];
    std::snprintf(text, sizeof text, "2026-01-%02zuT%02zu:%02zu:%02zu.%03zuZ", 1 + n % 28, n % 24, n % 60, n % 59,
                  n % 1000);
    return text;
}

/// `"name":"text"`
std::string text(const char* name, const std::string& value) { return '"' + std::string(name) + "\":\"" + value + '"'; }
/// `"name":value`
std::string plain(const char* name, const std::string& value) { return '"' + std::string(name) + "\":" + value; }

template <class Item>
std::string list(std::size_t count, Item item, bool pages) {
    std::string all = R"({"items":[)";
    for (std::size_t n = 0; n < count; ++n) {
        if (n > 0) all += ',';
        all += item(n);
    }
    all += ']';
    if (pages) all += R"(,"nextCursor":"eyJjcmVhdGVkQXQiOiIyMDI2LTAxLTMxVDEyOjAwOjAwLjAwMFoifQ==")";
    return all + '}';
}

std::string externalAuth() {
    return R"({"enabled":true,"issuer":"https://login.example.com/","jwksUrl":"https://login.example.com/.well-known/jwks.json",)"
           R"("audience":"https://agents.example.com","allowedAlgorithms":["RS256","ES256"],)"
           R"("requiredClaims":{"tenant":"example","groups":["support","billing"]},)"
           R"("allowedReturnUrls":["https://app.example.com/callback"],"maxTokenAgeSeconds":3600,"partnerApiKeyConfigured":true})";
}

/// Every fifth accepts identities of another issuer.
std::string application(std::size_t n) {
    return '{' + text("id", uuid(n)) + ',' + text("name", "Support agent " + number(100 + n)) + ','
           + text("description",
                  "Answers questions about invoices, refunds and delivery, and opens tickets for the rest")
           + ',' + text("clientId", "app_" + uuid(7000 + n)) + ',' + text("createdAt", time(n)) + ','
           + text("updatedAt", time(n + 9)) + ',' + plain("sessions", R"({"active":3,"idle":2,"live":5,"total":41})")
           + ',' + plain("externalAuth", n % 5 == 4 ? externalAuth() : "null") + '}';
}

std::string integration(std::size_t n) {
    return '{' + text("id", uuid(n)) + ',' + text("name", "Issue tracker " + number(n)) + ','
           + text("url", "https://mcp.example.com/v1/issue-tracker/" + number(n)) + R"(,"authMode":"oauth",)"
           + R"("category":"gateway_remote_mcp","capabilities":{"tools":{"listChanged":true},"resources":{}},)"
           + R"("oauth":{"provider":"github","issuer":"https://github.com","scopes":["repo","read:user"],)"
           + R"("metadata":{"token_endpoint":"https://github.com/login/oauth/access_token"}},"credentialSchema":null,)"
           + R"("serverTokenConfigured":false,"validationStatus":"valid",)" + text("createdAt", time(n)) + ','
           + text("updatedAt", time(n + 3)) + '}';
}

std::string serviceAccount(std::size_t n) {
    return '{' + text("id", uuid(n)) + ',' + text("name", "deploy-" + number(n)) + ','
           + text("description", "Rolls releases out") + ',' + text("clientId", "sa_" + uuid(9000 + n)) + ','
           + text("createdAt", time(n)) + ',' + text("updatedAt", time(n + 1)) + ',' + text("lastUsedAt", time(n + 2))
           + '}';
}

std::string session(std::size_t n) {
    return '{' + text("id", uuid(n)) + ',' + text("name", "nightly " + number(n))
           + R"(,"status":"active","derivedStatus":"idle",)" + text("tokenExpiresAt", time(n + 5)) + ','
           + text("lastActiveAt", time(n + 4)) + ',' + text("connectedAt", time(n + 1)) + R"(,"disconnectedAt":null,)"
           + text("createdAt", time(n)) + ',' + text("agentId", uuid(1)) + ',' + text("organizationId", uuid(2)) + ','
           + text("hostname", "build-" + number(n) + ".example.com")
           + R"(,"userAgent":"example-agent/1.0","clientInfo":{"name":"example-agent","version":"1.0"}})";
}

std::string trace(std::size_t n) {
    return '{' + text("traceId", uuid(n)) + ',' + text("sessionId", uuid(n + 1)) + ',' + text("startedAt", time(n))
           + ',' + text("endedAt", time(n + 1)) + R"(,"eventCount":17,"okCount":15,"warnCount":1,"errorCount":1,)"
           + text("agentId", uuid(1)) + R"(,"agentName":"Support agent",)" + text("ownerUserId", uuid(3))
           + R"(,"ownerEmail":"owner@example.com",)" + text("agentSessionId", uuid(4))
           + R"(,"agentSessionName":"nightly"})";
}

/// An object of about so many bytes: strings with escapes, numbers, lists and objects.
std::string arbitrary(std::size_t bytes) {
    std::string all = R"({"rows":[)";
    for (std::size_t n = 0; all.size() + 2 < bytes; ++n) {
        if (n > 0) all += ',';
        all += R"({"id":)" + number(n) + R"(,"title":"Crash when the \"quoted\" name is empty\n","score":0.75,)"
               + R"("labels":["bug","p1"],"closed":false,"assignee":null})";
    }
    return all + "]}";
}

std::string event(std::size_t n, const std::string& response) {
    return '{' + text("id", uuid(n)) + ',' + text("createdAt", time(n)) + ',' + text("sessionId", uuid(n + 1)) + ','
           + text("agentId", uuid(1)) + R"(,"eventType":"tool_call","status":"ok",)" + text("traceId", uuid(5))
           + R"(,"apiKeyId":null,"durationMs":143,)" + text("integrationId", uuid(6))
           + R"(,"toolName":"search_issues","errorMessage":null,"bytesIn":2048,"bytesOut":256,)"
           + R"("requestJson":{"query":"is:open label:bug","limit":20},)" + plain("responseJson", response)
           + R"(,"parentEventId":null,)" + text("agentSessionId", uuid(8)) + '}';
}

} // namespace

std::string tokenResponse() {
    std::string token = "eyJhbGciOiJSUzI1NiJ9.";
    while (token.size() < 296)
        token += static_cast<char>('a' + token.size() % 26);
    return R"({"access_token":")" + token + R"(","token_type":"Bearer","expires_in":3600,"scope":"management:all"})";
}

std::string applicationResponse() { return R"({"application":)" + application(0) + '}'; }
std::string applications(std::size_t count) { return list(count, application, true); }
std::string integrations(std::size_t count) { return list(count, integration, true); }
std::string serviceAccounts(std::size_t count) { return list(count, serviceAccount, true); }
std::string sessions(std::size_t count) { return list(count, session, false); }
std::string traces(std::size_t count) { return list(count, trace, true); }
std::string events(std::size_t count, std::size_t responseBytes) {
    const std::string response = arbitrary(responseBytes);
    return list(
        count, [&response](std::size_t n) { return event(n, response); }, false);
}

} // namespace bench
