// What inputs and parameters become on the wire, field by field, and which never get there.
#include <algorithm>
#include <functional>
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
using kontext::ConfigError;
using testing::IsEmpty;

/// Every call is answered with something that it can read.
class Inputs : public Wired {
protected:
    void SetUp() override {
        answers(R"({"application":{"id":"a"},"oauth":{},"integrationIds":[],"integration":{"id":"i"},"items":[],
                    "serviceAccount":{"id":"s"},"credentials":{"clientId":"c","clientSecret":"d"},"events":[]})");
    }
    std::string query() const {
        const std::string target = sent().target;
        return target.substr(std::min(target.find('?'), target.size()));
    }
    void expectRefused(const std::string& field, const std::function<void()>& call) {
        SCOPED_TRACE(field);
        const auto error = thrown<ConfigError>(call);
        EXPECT_EQ(error.field(), field);
        EXPECT_THAT(error.what(), testing::HasSubstr(field));
        EXPECT_THAT(server.requests(), IsEmpty());
        EXPECT_THAT(server.tokenRequests(), IsEmpty());
    }
};

class ApplicationInputs : public Inputs {};

TEST_F(ApplicationInputs, OfCreateHoldEveryField) {
    client.applications.create({.name = "App",
                                .oauth = {.type = kontext::OAuthClientType::confidential,
                                          .redirectUris = {"https://a.example/cb", "https://b.example/cb"},
                                          .pkceRequired = false,
                                          .scopes = {"read", "write"},
                                          .allowedResources = {"https://mcp.example"}},
                                .description = "For tests"});
    EXPECT_EQ(sent().body, R"({"name":"App","oauth":{"type":"confidential",)"
                           R"("redirectUris":["https://a.example/cb","https://b.example/cb"],"pkceRequired":false,)"
                           R"("scopes":["read","write"],"allowedResources":["https://mcp.example"]},)"
                           R"("description":"For tests"})");
}

TEST_F(ApplicationInputs, OfCreateLeaveOutWhatIsUnset) {
    client.applications.create({.name = "App", .oauth = {.redirectUris = {"http://localhost:3000/callback"}}});
    EXPECT_EQ(sent().body, R"({"name":"App","oauth":{"redirectUris":["http://localhost:3000/callback"]}})");
}

TEST_F(ApplicationInputs, OfUpdateHoldEveryField) {
    client.applications.update("a", {.name = "App",
                                     .description = "Changed",
                                     .externalAuth = kontext::ExternalAuthInput{.enabled = true,
                                                                                .issuer = "https://idp.example",
                                                                                .jwksUrl = "https://idp.example/jwks",
                                                                                .audience = "kontext",
                                                                                .allowedAlgorithms = {"RS256", "ES256"},
                                                                                .requiredClaims = R"({"org": 1.50})",
                                                                                .allowedReturnUrls = {"https://a"},
                                                                                .maxTokenAgeSeconds = 300,
                                                                                .partnerApiKey = "partner-secret"}});
    EXPECT_EQ(sent().body, R"({"name":"App","description":"Changed","externalAuth":{"enabled":true,)"
                           R"("issuer":"https://idp.example","jwksUrl":"https://idp.example/jwks",)"
                           R"("audience":"kontext","allowedAlgorithms":["RS256","ES256"],)"
                           R"("requiredClaims":{"org": 1.50},"allowedReturnUrls":["https://a"],)"
                           R"("maxTokenAgeSeconds":300,"partnerApiKey":"partner-secret"}})");
}

TEST_F(ApplicationInputs, OfUpdateClearWhatIsNull) {
    client.applications.update("a", {.name = nullptr, .description = nullptr, .externalAuth = nullptr});
    EXPECT_EQ(sent().body, R"({"name":null,"description":null,"externalAuth":null})");
    client.applications.update("a", {.externalAuth = kontext::ExternalAuthInput{.enabled = nullptr,
                                                                                .issuer = nullptr,
                                                                                .jwksUrl = nullptr,
                                                                                .audience = nullptr,
                                                                                .allowedAlgorithms = nullptr,
                                                                                .requiredClaims = nullptr,
                                                                                .allowedReturnUrls = nullptr,
                                                                                .maxTokenAgeSeconds = nullptr,
                                                                                .partnerApiKey = nullptr}});
    EXPECT_EQ(sent().body, R"({"externalAuth":{"enabled":null,"issuer":null,"jwksUrl":null,"audience":null,)"
                           R"("allowedAlgorithms":null,"requiredClaims":null,"allowedReturnUrls":null,)"
                           R"("maxTokenAgeSeconds":null,"partnerApiKey":null}})");
}

TEST_F(ApplicationInputs, OfUpdateLeaveOutWhatIsNotAssigned) {
    client.applications.update("a", {.description = ""});
    EXPECT_EQ(sent().body, R"({"description":""})");
    client.applications.update("a", {.externalAuth = kontext::ExternalAuthInput{.enabled = false}});
    EXPECT_EQ(sent().body, R"({"externalAuth":{"enabled":false}})");
    client.applications.update("a", {});
    EXPECT_EQ(sent().body, "{}");
    EXPECT_EQ(sent().header("Content-Type"), "application/json");
}

TEST_F(ApplicationInputs, OfUpdateOAuthHoldEveryField) {
    client.applications.updateOAuth("a", {.type = kontext::OAuthClientType::publicClient,
                                          .redirectUris = {"https://myapp.com/callback"},
                                          .pkceRequired = true,
                                          .scopes = {"read"},
                                          .allowedResources = {"https://mcp.example"}});
    EXPECT_EQ(sent().body, R"({"type":"public","redirectUris":["https://myapp.com/callback"],"pkceRequired":true,)"
                           R"("scopes":["read"],"allowedResources":["https://mcp.example"]})");
}

TEST_F(ApplicationInputs, OfUpdateOAuthTellNullFromAnEmptyList) {
    client.applications.updateOAuth("a", {.type = nullptr,
                                          .redirectUris = std::vector<std::string>{},
                                          .pkceRequired = nullptr,
                                          .scopes = nullptr,
                                          .allowedResources = std::vector<std::string>{}});
    EXPECT_EQ(sent().body,
              R"({"type":null,"redirectUris":[],"pkceRequired":null,"scopes":null,"allowedResources":[]})");
}

TEST_F(ApplicationInputs, OfSetIntegrationsHoldTheIdsOrNone) {
    client.applications.setIntegrations("a", {.integrationIds = {"i1", "i2"}});
    EXPECT_EQ(sent().body, R"({"integrationIds":["i1","i2"]})");
    client.applications.setIntegrations("a", {});
    EXPECT_EQ(sent().body, R"({"integrationIds":[]})");
}

class IntegrationInputs : public Inputs {};

TEST_F(IntegrationInputs, OfCreateHoldEveryField) {
    client.integrations.create(
        {.name = "GitHub",
         .url = "https://mcp.example/mcp",
         .authMode = kontext::AuthMode::serverToken,
         .category = kontext::IntegrationCategory::internalMcpCredentials,
         .oauth =
             kontext::IntegrationOAuthInput{.provider = "github", .issuer = "https://git.example", .scopes = {"repo"}},
         .capabilities = R"(["tools", {"n": 1e2}])",
         .credentialSchema = R"({"type":"object"})",
         .serverToken = "server-secret"});
    EXPECT_EQ(sent().body, R"({"name":"GitHub","url":"https://mcp.example/mcp","authMode":"server_token",)"
                           R"("category":"internal_mcp_credentials","oauth":{"provider":"github",)"
                           R"("issuer":"https://git.example","scopes":["repo"]},"capabilities":["tools", {"n": 1e2}],)"
                           R"("credentialSchema":{"type":"object"},"serverToken":"server-secret"})");
}

TEST_F(IntegrationInputs, OfCreateTakeAnAuthModeThatIsNew) {
    client.integrations.create({.name = "n", .url = "u", .authMode = kontext::AuthMode{"brand_new"}});
    EXPECT_EQ(sent().body, R"({"name":"n","url":"u","authMode":"brand_new"})");
}

TEST_F(IntegrationInputs, OfUpdateHoldEveryField) {
    client.integrations.update("i", {.name = "GitHub",
                                     .url = "https://mcp.example/mcp",
                                     .authMode = kontext::AuthMode::userToken,
                                     .category = kontext::IntegrationCategory::gatewayRemoteMcp,
                                     .oauth = kontext::IntegrationOAuthInput{.provider = "github"},
                                     .capabilities = "true",
                                     .credentialSchema = "{}",
                                     .serverToken = "server-secret"});
    EXPECT_EQ(sent().body, R"({"name":"GitHub","url":"https://mcp.example/mcp","authMode":"user_token",)"
                           R"("category":"gateway_remote_mcp","oauth":{"provider":"github"},"capabilities":true,)"
                           R"("credentialSchema":{},"serverToken":"server-secret"})");
}

TEST_F(IntegrationInputs, OfUpdateClearWhatIsNull) {
    client.integrations.update("i", {.name = nullptr,
                                     .url = nullptr,
                                     .authMode = nullptr,
                                     .category = nullptr,
                                     .oauth = nullptr,
                                     .capabilities = nullptr,
                                     .credentialSchema = nullptr,
                                     .serverToken = nullptr});
    EXPECT_EQ(sent().body, R"({"name":null,"url":null,"authMode":null,"category":null,"oauth":null,)"
                           R"("capabilities":null,"credentialSchema":null,"serverToken":null})");
}

TEST_F(IntegrationInputs, OfUpdateLeaveOutWhatIsNotAssigned) {
    client.integrations.update("i", {.authMode = kontext::AuthMode::none});
    EXPECT_EQ(sent().body, R"({"authMode":"none"})");
}

TEST_F(IntegrationInputs, OfSetOAuthConfigHoldEveryField) {
    client.integrations.setOAuthConfig("i", {.clientId = "git-client",
                                             .clientSecret = "git-secret",
                                             .authorizationUrl = "https://git.example/authorize",
                                             .tokenUrl = "https://git.example/token",
                                             .scopes = {"repo", "user"}});
    EXPECT_EQ(sent().body, R"({"clientId":"git-client","clientSecret":"git-secret",)"
                           R"("authorizationUrl":"https://git.example/authorize",)"
                           R"("tokenUrl":"https://git.example/token","scopes":["repo","user"]})");
}

TEST_F(IntegrationInputs, OfAddConnectionHoldTheToken) {
    client.integrations.addConnection("i", {.token = "user's \"token\""});
    EXPECT_EQ(sent().body, R"({"token":"user's \"token\""})");
}

class ServiceAccountInputs : public Inputs {};

TEST_F(ServiceAccountInputs, OfCreateHoldEveryField) {
    client.serviceAccounts.create({.name = "CI", .description = "Builds"});
    EXPECT_EQ(sent().body, R"({"name":"CI","description":"Builds"})");
}

class Parameters : public Inputs {};

TEST_F(Parameters, OfApplicationsAreEncoded) {
    client.applications.list({.limit = 10, .cursor = "a+b/c==", .all = true});
    EXPECT_EQ(sent().target, "/api/v1/applications?limit=10&cursor=a%2Bb%2Fc%3D%3D&all=true");
    client.applications.list({.all = false});
    EXPECT_EQ(query(), "?all=false");
}

TEST_F(Parameters, OfIntegrationsAreEncoded) {
    client.integrations.list({.limit = 200, .cursor = "x y&z"});
    EXPECT_EQ(sent().target, "/api/v1/integrations?limit=200&cursor=x%20y%26z");
}

TEST_F(Parameters, OfServiceAccountsAreEncoded) {
    client.serviceAccounts.list({.limit = 1, .cursor = "\xc3\xbc%"});
    EXPECT_EQ(sent().target, "/api/v1/service-accounts?limit=1&cursor=%C3%BC%25");
}

TEST_F(Parameters, OfAgentSessionsAreEncoded) {
    client.agentSessions.list("a", {.limit = 5, .status = kontext::SessionFilter::inactive, .includeInactive = true});
    EXPECT_EQ(sent().target, "/api/v1/applications/a/sessions?limit=5&status=inactive&includeInactive=true");
    client.agentSessions.list("a", {.status = kontext::SessionFilter{"odd one"}, .includeInactive = false});
    EXPECT_EQ(query(), "?status=odd%20one&includeInactive=false");
}

TEST_F(Parameters, OfTracesAreEncoded) {
    client.traces.list({.limit = 7,
                        .cursor = "c=",
                        .offset = 14,
                        .userId = "auth0|u 1",
                        .sessionId = "s/1",
                        .agentId = "a#1",
                        .applicationId = "p?1"});
    EXPECT_EQ(sent().target, "/api/v1/traces?limit=7&cursor=c%3D&offset=14&userId=auth0%7Cu%201&sessionId=s%2F1"
                             "&agentId=a%231&applicationId=p%3F1");
}

TEST_F(Parameters, OfOneTraceAreEncoded) {
    client.traces.get("tr-1", {.userId = "u&1"});
    EXPECT_EQ(sent().target, "/api/v1/traces/tr-1?userId=u%261");
}

TEST_F(Parameters, OfStatsAreEncoded) {
    client.traces.stats({.period = "7d", .userId = "u+1"});
    EXPECT_EQ(sent().target, "/api/v1/traces/stats?period=7d&userId=u%2B1");
}

TEST_F(Parameters, OfEventsAreEncoded) {
    client.events.list({.limit = 3});
    EXPECT_EQ(sent().target, "/api/v1/mcp-events?limit=3");
}

TEST_F(Parameters, LeaveTheLimitToTheServer) {
    for (const auto& [limit, expected] : {std::pair(0, "?limit=0"), {-1, "?limit=-1"}, {1'000'000, "?limit=1000000"}}) {
        client.applications.list({.limit = limit});
        EXPECT_EQ(query(), expected);
    }
}

TEST_F(Inputs, ThatAreRefusedLeaveNothingOfTheCallBefore) {
    answers(R"({"application":{"id":"1"}})");
    kontext::ResponseInfo info;
    const auto refused = [&](const std::function<void()>& call) {
        client.applications.get("1", {.info = &info});
        EXPECT_EQ(info.attempts, 1);
        EXPECT_THROW(call(), kontext::ConfigError);
        EXPECT_EQ(info.attempts, 0);
        EXPECT_EQ(info.body, "");
    };
    refused([&] { client.applications.update("1", {.name = "\xff"}, {.info = &info}); });
    refused([&] { client.applications.get("", {.info = &info}); });
    refused([&] { client.traces.list({.userId = "\n"}, {.info = &info}); });
    refused([&] { client.request("GET", "x", {}, {.info = &info}); });
}

TEST_F(Parameters, ThatWouldBreakTheRequestAreRefused) {
    expectRefused("cursor", [&] { client.applications.list({.cursor = "a\r\nX-Evil: 1"}); });
    expectRefused("userId", [&] { client.traces.list({.userId = std::string("a\0b", 3)}); });
    expectRefused("period", [&] { client.traces.stats({.period = "7d\n"}); });
    expectRefused("status", [&] { client.agentSessions.list("a", {.status = kontext::SessionFilter{"\r"}}); });
}

TEST_F(Inputs, EscapeWhatJsonEscapes) {
    client.applications.create({.name = "\"\\/\b\f\n\r\t\x01\x1f\x7f \xc3\xbc \xf0\x9f\x98\x80"});
    EXPECT_EQ(sent().body, "{\"name\":\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\x7f \xc3\xbc \xf0\x9f\x98\x80\","
                           "\"oauth\":{\"redirectUris\":[]}}");
}

TEST_F(Inputs, ThatAreNoUtf8AreRefused) {
    const std::string bad = "\xff";
    expectRefused("name", [&] { client.applications.create({.name = bad}); });
    expectRefused("oauth.redirectUris", [&] { client.applications.create({.oauth = {.redirectUris = {"a", bad}}}); });
    expectRefused("oauth.type",
                  [&] { client.applications.create({.oauth = {.type = kontext::OAuthClientType{bad}}}); });
    expectRefused("externalAuth.partnerApiKey", [&] {
        client.applications.update("a", {.externalAuth = kontext::ExternalAuthInput{.partnerApiKey = bad}});
    });
    expectRefused("serverToken", [&] { client.integrations.create({.name = "n", .url = "u", .serverToken = bad}); });
    expectRefused("oauth.scopes",
                  [&] { client.integrations.update("i", {.oauth = kontext::IntegrationOAuthInput{.scopes = {bad}}}); });
    expectRefused("description", [&] { client.serviceAccounts.create({.name = "n", .description = bad}); });
    expectRefused("clientSecret", [&] { client.integrations.setOAuthConfig("i", {.clientSecret = bad}); });
    expectRefused("token", [&] { client.integrations.addConnection("i", {.token = bad}); });
}

TEST_F(Inputs, ThatAreNotOneJsonValueAreRefused) {
    for (const std::string& bad : {std::string("{"), std::string(), std::string("{} {}"), std::string("'a'"),
                                   std::string("\"\xff\""), std::string(65, '[') + std::string(65, ']')}) {
        SCOPED_TRACE(bad);
        expectRefused("capabilities", [&] { client.integrations.create({.name = "n", .capabilities = bad}); });
        expectRefused("credentialSchema", [&] { client.integrations.update("i", {.credentialSchema = bad}); });
        expectRefused("externalAuth.requiredClaims", [&] {
            client.applications.update("a", {.externalAuth = kontext::ExternalAuthInput{.requiredClaims = bad}});
        });
    }
}

TEST_F(Inputs, OfJsonMayNestAsDeepAsTheySay) {
    const std::string deep = std::string(64, '[') + std::string(64, ']');
    client.integrations.create({.name = "n", .url = "u", .capabilities = deep});
    EXPECT_EQ(sent().body, R"({"name":"n","url":"u","capabilities":)" + deep + '}');
}

class CallHeaders : public Inputs {
protected:
    void expectRefusedHeader(const std::string& name, const std::string& value) {
        expectRefused("headers", [&] { client.applications.get("a", {.headers = {{name, value}}}); });
        expectRefused("request.headers", [&] { client.request("GET", "/policy", {.headers = {{name, value}}}); });
    }
};

TEST_F(CallHeaders, ThatAreTheClientsOwnAreRefused) {
    for (const char* name :
         {"Authorization", "authorization", "Host", "Content-Length", "TRANSFER-ENCODING", "connection"})
        expectRefusedHeader(name, "x");
}

TEST_F(CallHeaders, ThatWouldBreakTheRequestAreRefused) {
    for (const char* name : {"", "A B", "A:", "A\r\nB", "\xc3\xbc"})
        expectRefusedHeader(name, "x");
    for (const std::string& value :
         {std::string("a\r\nb"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3)})
        expectRefusedHeader("X-A", value);
}

TEST_F(CallHeaders, MayBeEmpty) {
    client.applications.get("a", {.headers = {{"X-Empty", ""}}});
    EXPECT_EQ(sent().count("X-Empty"), 1U);
    EXPECT_EQ(sent().header("X-Empty"), "");
}

TEST_F(CallHeaders, ReplaceTheClientsUserAgentAndContentType) {
    client.applications.create(
        {.name = "A"}, {.headers = {{"user-agent", "mine/1"}, {"content-type", "application/json; charset=utf-8"}}});
    EXPECT_EQ(sent().header("User-Agent"), "mine/1");
    EXPECT_EQ(sent().count("User-Agent"), 1U);
    EXPECT_EQ(sent().header("Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(sent().count("Content-Type"), 1U);
}

} // namespace
