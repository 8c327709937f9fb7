// Every method of the client, over a socket: the request that goes out, to the byte, and what all methods promise
// alike.
#include <algorithm>
#include <iterator>
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
using kontext::CallOptions;
using kontext::Headers;
using Client = kontext::KontextManagementClient;
using testing::Contains;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

struct Ids {
    std::string a = "id-1";
    std::string b = "id-2";
};

/// What a 2xx must hold.
enum class Body { json, jsonOrNothing, ignored };

struct Method {
    const char* name;
    const char* verb;
    const char* route; // behind /api/v1; its parameters have the names that a ConfigError calls them by
    void (*call)(const Client&, const Ids&, const CallOptions&);
    const char* response = "";
    const char* body = ""; // of the request
    Body wanted = Body::json;

    bool repeatable() const { return std::string(verb) != "POST" || std::string(name) == "integrations_validate"; }
    std::vector<std::string> parameters() const;
    std::string target(std::vector<std::string> ids) const;
};

constexpr const char* anApplication = R"({"application":{"id":"x"}})";
constexpr const char* anOAuth = R"({"oauth":{"clientId":"app_x"}})";
constexpr const char* anIntegration = R"({"integration":{"id":"x"}})";
constexpr const char* theIds = R"({"integrationIds":["x"]})";
constexpr const char* theCount = R"({"success":true,"disconnectedCount":1})";
constexpr const char* someCredentials = R"({"credentials":{"clientId":"sa_x","clientSecret":"y"}})";
constexpr const char* someItems = R"({"items":[{"id":"x"}]})";
constexpr const char* someTraces = R"({"items":[{"traceId":"x"}]})";

// clang-format off
constexpr Method methods[] = {
    {"applications_list", "GET", "/applications",
     [](auto& c, auto&, auto& o) { c.applications.list({}, o); }, someItems},
    {"applications_listAll", "GET", "/applications",
     [](auto& c, auto&, auto& o) { for (const auto& item : c.applications.listAll({}, o)) EXPECT_EQ(item.id, "x"); }, someItems},
    {"applications_get", "GET", "/applications/{id}",
     [](auto& c, auto& i, auto& o) { c.applications.get(i.a, o); }, anApplication},
    {"applications_create", "POST", "/applications",
     [](auto& c, auto&, auto& o) { c.applications.create({.name = "App"}, o); },
     R"({"application":{"id":"x"},"oauth":{}})", R"({"name":"App","oauth":{"redirectUris":[]}})"},
    {"applications_update", "PATCH", "/applications/{id}",
     [](auto& c, auto& i, auto& o) { c.applications.update(i.a, {.name = "App"}, o); }, anApplication, R"({"name":"App"})"},
    {"applications_archive", "DELETE", "/applications/{id}",
     [](auto& c, auto& i, auto& o) { c.applications.archive(i.a, o); }, "", "", Body::ignored},
    {"applications_rotateSecret", "POST", "/applications/{id}/rotate-secret",
     [](auto& c, auto& i, auto& o) { c.applications.rotateSecret(i.a, o); }, anOAuth},
    {"applications_getOAuth", "GET", "/applications/{id}/oauth",
     [](auto& c, auto& i, auto& o) { c.applications.getOAuth(i.a, o); }, anOAuth},
    {"applications_updateOAuth", "PATCH", "/applications/{id}/oauth",
     [](auto& c, auto& i, auto& o) { c.applications.updateOAuth(i.a, {.pkceRequired = true}, o); }, anOAuth, R"({"pkceRequired":true})"},
    {"applications_listIntegrations", "GET", "/applications/{id}/integrations",
     [](auto& c, auto& i, auto& o) { c.applications.listIntegrations(i.a, o); }, theIds},
    {"applications_setIntegrations", "PUT", "/applications/{id}/integrations",
     [](auto& c, auto& i, auto& o) { c.applications.setIntegrations(i.a, {.integrationIds = {"x"}}, o); }, theIds, R"({"integrationIds":["x"]})",
     Body::jsonOrNothing},
    {"applications_attachIntegration", "POST", "/applications/{id}/integrations/{integrationId}",
     [](auto& c, auto& i, auto& o) { c.applications.attachIntegration(i.a, i.b, o); }, "", "", Body::ignored},
    {"applications_detachIntegration", "DELETE", "/applications/{id}/integrations/{integrationId}",
     [](auto& c, auto& i, auto& o) { c.applications.detachIntegration(i.a, i.b, o); }, "", "", Body::ignored},
    {"applications_revokeAllAgentSessions", "DELETE", "/applications/{id}/sessions",
     [](auto& c, auto& i, auto& o) { c.applications.revokeAllAgentSessions(i.a, o); }, theCount, "", Body::jsonOrNothing},
    {"applications_accessGraph", "GET", "/applications/access-graph",
     [](auto& c, auto&, auto& o) { c.applications.accessGraph(o); }, R"({"nodes":[]})"},

    {"integrations_list", "GET", "/integrations",
     [](auto& c, auto&, auto& o) { c.integrations.list({}, o); }, someItems},
    {"integrations_listAll", "GET", "/integrations",
     [](auto& c, auto&, auto& o) { for (const auto& item : c.integrations.listAll({}, o)) EXPECT_EQ(item.id, "x"); }, someItems},
    {"integrations_get", "GET", "/integrations/{id}",
     [](auto& c, auto& i, auto& o) { c.integrations.get(i.a, o); }, anIntegration},
    {"integrations_create", "POST", "/integrations",
     [](auto& c, auto&, auto& o) { c.integrations.create({.name = "Git", .url = "https://git.example"}, o); },
     anIntegration, R"({"name":"Git","url":"https://git.example"})"},
    {"integrations_update", "PATCH", "/integrations/{id}",
     [](auto& c, auto& i, auto& o) { c.integrations.update(i.a, {.name = "Git"}, o); }, anIntegration, R"({"name":"Git"})"},
    {"integrations_archive", "DELETE", "/integrations/{id}",
     [](auto& c, auto& i, auto& o) { c.integrations.archive(i.a, o); }, "", "", Body::ignored},
    {"integrations_validate", "POST", "/integrations/{id}/validate",
     [](auto& c, auto& i, auto& o) { c.integrations.validate(i.a, o); }, R"({"status":"valid"})"},
    {"integrations_getOAuthConfig", "GET", "/integrations/{id}/oauth",
     [](auto& c, auto& i, auto& o) { c.integrations.getOAuthConfig(i.a, o); }, R"({"clientId":"x"})"},
    {"integrations_setOAuthConfig", "PUT", "/integrations/{id}/oauth",
     [](auto& c, auto& i, auto& o) { c.integrations.setOAuthConfig(i.a, {.clientId = "x", .clientSecret = "y", .authorizationUrl = "a", .tokenUrl = "t"}, o); },
     R"({"clientId":"x"})", R"({"clientId":"x","clientSecret":"y","authorizationUrl":"a","tokenUrl":"t"})", Body::jsonOrNothing},
    {"integrations_removeOAuthConfig", "DELETE", "/integrations/{id}/oauth",
     [](auto& c, auto& i, auto& o) { c.integrations.removeOAuthConfig(i.a, o); }, "", "", Body::ignored},
    {"integrations_addConnection", "POST", "/integrations/{id}/connection",
     [](auto& c, auto& i, auto& o) { c.integrations.addConnection(i.a, {.token = "t"}, o); },
     R"({"connected":true})", R"({"token":"t"})", Body::jsonOrNothing},
    {"integrations_getConnectionStatus", "GET", "/integrations/{id}/connection",
     [](auto& c, auto& i, auto& o) { c.integrations.getConnectionStatus(i.a, o); }, R"({"connected":true})"},
    {"integrations_revokeConnection", "DELETE", "/integrations/{id}/connection",
     [](auto& c, auto& i, auto& o) { c.integrations.revokeConnection(i.a, o); }, "", "", Body::ignored},

    {"serviceAccounts_list", "GET", "/service-accounts",
     [](auto& c, auto&, auto& o) { c.serviceAccounts.list({}, o); }, someItems},
    {"serviceAccounts_listAll", "GET", "/service-accounts",
     [](auto& c, auto&, auto& o) { for (const auto& item : c.serviceAccounts.listAll({}, o)) EXPECT_EQ(item.id, "x"); }, someItems},
    {"serviceAccounts_get", "GET", "/service-accounts/{id}",
     [](auto& c, auto& i, auto& o) { c.serviceAccounts.get(i.a, o); }, R"({"serviceAccount":{"id":"x"}})"},
    {"serviceAccounts_create", "POST", "/service-accounts",
     [](auto& c, auto&, auto& o) { c.serviceAccounts.create({.name = "CI"}, o); },
     R"({"serviceAccount":{"id":"x"},"credentials":{"clientId":"sa_x","clientSecret":"y"}})", R"({"name":"CI"})"},
    {"serviceAccounts_revoke", "DELETE", "/service-accounts/{id}",
     [](auto& c, auto& i, auto& o) { c.serviceAccounts.revoke(i.a, o); }, "", "", Body::ignored},
    {"serviceAccounts_rotateSecret", "POST", "/service-accounts/{id}/rotate-secret",
     [](auto& c, auto& i, auto& o) { c.serviceAccounts.rotateSecret(i.a, o); }, someCredentials},

    {"agentSessions_list", "GET", "/applications/{applicationId}/sessions",
     [](auto& c, auto& i, auto& o) { c.agentSessions.list(i.a, {}, o); }, someItems},
    {"agentSessions_get", "GET", "/applications/{applicationId}/sessions/{sessionId}",
     [](auto& c, auto& i, auto& o) { c.agentSessions.get(i.a, i.b, o); }, R"({"session":{"id":"x"}})"},
    {"agentSessions_revokeAll", "DELETE", "/applications/{applicationId}/sessions",
     [](auto& c, auto& i, auto& o) { c.agentSessions.revokeAll(i.a, o); }, theCount, "", Body::jsonOrNothing},

    {"traces_list", "GET", "/traces",
     [](auto& c, auto&, auto& o) { c.traces.list({}, o); }, someTraces},
    {"traces_listAll", "GET", "/traces",
     [](auto& c, auto&, auto& o) { for (const auto& item : c.traces.listAll({}, o)) EXPECT_EQ(item.traceId, "x"); }, someTraces},
    {"traces_get", "GET", "/traces/{traceId}",
     [](auto& c, auto& i, auto& o) { c.traces.get(i.a, {}, o); }, R"({"trace":{"traceId":"x"},"events":[]})"},
    {"traces_stats", "GET", "/traces/stats",
     [](auto& c, auto&, auto& o) { c.traces.stats({}, o); }, R"({"totalTraces":1})"},

    {"events_list", "GET", "/mcp-events",
     [](auto& c, auto&, auto& o) { c.events.list({}, o); }, someItems},

    {"request", "GET", "/policy/settings",
     [](auto& c, auto&, auto& o) { c.request("GET", "/policy/settings", {}, o); }, "", "", Body::ignored},
    {"requestWithABody", "POST", "/policy",
     [](auto& c, auto&, auto& o) { c.request("POST", "/policy", {.body = R"({"rule":1})"}, o); }, "", R"({"rule":1})", Body::ignored},
};
// clang-format on

std::vector<std::string> Method::parameters() const {
    std::vector<std::string> names;
    const std::string text = route;
    for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1))
        names.push_back(text.substr(open + 1, text.find('}', open) - open - 1));
    return names;
}

std::string Method::target(std::vector<std::string> ids) const {
    std::string text = std::string("/api/v1") + route;
    for (const std::string& id : ids)
        if (const std::size_t open = text.find('{'); open != std::string::npos)
            text.replace(open, text.find('}') - open + 1, id);
    return text;
}

/// Name, in small letters, and value; sorted.
Headers headerSet(const Request& request) {
    Headers all;
    for (auto [name, value] : request.headers) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        all.emplace_back(std::move(name), std::move(value));
    }
    std::sort(all.begin(), all.end());
    return all;
}

void PrintTo(const Method& method, std::ostream* out) { *out << method.name; }

class EveryMethod : public Wired, public testing::WithParamInterface<Method> {
protected:
    const Method& method = GetParam();

    void call(const CallOptions& options = {}, const Ids& ids = {}) { method.call(client, ids, options); }
};

TEST_P(EveryMethod, SendsExactlyThis) {
    answers(method.response);
    call();
    ASSERT_THAT(server.requests(), SizeIs(1));
    const Request request = sent();
    EXPECT_EQ(request.method, method.verb);
    EXPECT_EQ(request.target, method.target({"id-1", "id-2"}));
    EXPECT_EQ(request.body, method.body);

    Headers expected = {{"accept", "application/json"},
                        {"authorization", "Bearer token-1"},
                        {"host", "127.0.0.1:" + std::to_string(server.port())},
                        {"user-agent", "kontext-cpp/0.1.0"}};
    if (request.count("Accept-Encoding") > 0) expected.emplace_back("accept-encoding", "gzip"); // if libcurl can
    if (!request.body.empty()) expected.emplace_back("content-type", "application/json");
    const bool takesBody = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (takesBody) expected.emplace_back("content-length", std::to_string(request.body.size()));
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(headerSet(request), expected);
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
    EXPECT_EQ(server.connections(), 1);
}

class EveryMethodWithIds : public EveryMethod {};

TEST_P(EveryMethodWithIds, PercentEncodesThem) {
    answers(method.response);
    call({}, {.a = "a/b c?d#e%\xc3\xbc", .b = "..;+&=~"});
    EXPECT_EQ(sent().target, method.target({"a%2Fb%20c%3Fd%23e%25%C3%BC", "..%3B%2B%26%3D~"}));
}

TEST_P(EveryMethodWithIds, RefusesThoseThatWouldMakeItAnotherRequest) {
    answers(method.response);
    const auto parameters = method.parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        for (const std::string& id : {std::string(), std::string("."), std::string(".."), std::string("a\r\nb"),
                                      std::string("a\nb"), std::string("a\0b", 3)}) {
            Ids ids;
            (i == 0 ? ids.a : ids.b) = id;
            const auto error = thrown<kontext::ConfigError>([&] { call({}, ids); });
            EXPECT_EQ(error.field(), parameters[i]);
            EXPECT_THAT(error.message(), testing::HasSubstr(parameters[i]));
            EXPECT_EQ(error.code(), "kontext_config_invalid");
            EXPECT_EQ(error.statusCode(), 0);
        }
    }
    EXPECT_THAT(server.requests(), IsEmpty());
    EXPECT_THAT(server.tokenRequests(), IsEmpty());
    call();
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, TakesAny2xx) {
    for (const int status : {200, 201, 202, 299})
        server.respond({.status = status, .body = method.response});
    for (int i = 0; i < 4; ++i)
        call();
    EXPECT_THAT(server.requests(), SizeIs(4));
}

TEST_P(EveryMethod, ReadsAnEmptyResponseOnlyWhereNothingIsExpected) {
    for (const int status : {204, 200, 201}) {
        server.respond({.status = status});
        if (method.wanted != Body::json) {
            EXPECT_NO_THROW(call());
            continue;
        }
        const auto error = thrown<kontext::DecodeError>([&] { call(); });
        EXPECT_EQ(error.pointer(), "");
        EXPECT_EQ(error.code(), "kontext_decode_error");
        EXPECT_EQ(error.statusCode(), status);
    }
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryMethod, ReadsOnlyJsonUnlessTheResponseIsIgnored) {
    server.respond({.headers = {{"Content-Type", "text/html"}}, .body = "<html>Welcome</html>"});
    if (method.wanted == Body::ignored)
        EXPECT_NO_THROW(call());
    else
        EXPECT_EQ(thrown<kontext::DecodeError>([&] { call(); }).pointer(), "");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, FillsInWhatCameBack) {
    server.respond({.status = 201, .headers = {{"X-Request-Id", "req-7"}, {"X-Other", "y"}}, .body = method.response});
    kontext::ResponseInfo info;
    call({.info = &info});
    EXPECT_EQ(info.statusCode, 201);
    EXPECT_EQ(info.requestId, "req-7");
    EXPECT_EQ(info.body, method.response);
    EXPECT_EQ(info.attempts, 1);
    EXPECT_THAT(info.headers, Contains(Pair("X-Other", "y")));
}

TEST_P(EveryMethod, SendsTheHeadersOfTheCall) {
    answers(method.response);
    call({.headers = {{"X-Correlation", "c-1"}, {"accept", "application/vnd.kontext+json"}}});
    EXPECT_EQ(sent().header("X-Correlation"), "c-1");
    EXPECT_EQ(sent().header("Accept"), "application/vnd.kontext+json");
    EXPECT_EQ(sent().count("Accept"), 1U);
    call(); // and only those of the call
    EXPECT_EQ(sent().count("X-Correlation"), 0U);
    EXPECT_EQ(sent().header("Accept"), "application/json");
}

TEST_P(EveryMethod, ThrowsWhatTheServerSays) {
    server.respond({.status = 404,
                  .headers = {{"x-request-id", "req-9"}},
                  .body = R"({"message":"No such thing","statusCode":404})"});
    kontext::ResponseInfo info;
    const auto error = thrown<kontext::NotFoundError>([&] { call({.info = &info}); });
    EXPECT_EQ(error.message(), "No such thing");
    EXPECT_EQ(error.method(), method.verb);
    EXPECT_EQ(error.path(), method.target({"id-1", "id-2"}));
    EXPECT_EQ(error.requestId(), "req-9");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(info.statusCode, 404);
    EXPECT_EQ(info.requestId, "req-9");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, IsReplayedOnceWithANewTokenAfterA401) {
    server.respond({.status = 401}).respond({.body = method.response});
    kontext::ResponseInfo info;
    call({.maxRetries = 0, .info = &info});
    const auto requests = server.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests[0].header("Authorization"), "Bearer token-1");
    EXPECT_EQ(requests[1].header("Authorization"), "Bearer token-2");
    EXPECT_EQ(requests[1].method, method.verb);
    EXPECT_EQ(requests[1].target, requests[0].target);
    EXPECT_EQ(requests[1].body, method.body);
    EXPECT_EQ(info.attempts, 2);
}

TEST_P(EveryMethod, IsRepeatedAfterA503OnlyIfThatDoesNoHarm) {
    server.respond({.status = 503}).respond({.body = method.response});
    if (method.repeatable()) {
        call();
        EXPECT_THAT(server.requests(), SizeIs(2));
        EXPECT_EQ(sent().body, method.body);
    } else {
        const auto error = thrown<kontext::ServerError>([&] { call(); });
        EXPECT_EQ(error.attempts(), 1);
        EXPECT_THAT(error.retryStopReason(), testing::HasSubstr("POST"));
        EXPECT_THAT(server.requests(), SizeIs(1));
    }
}

TEST_P(EveryMethod, SendsNothingOnceCancelled) {
    answers(method.response);
    kontext::CancellationSource source;
    source.cancel();
    const auto error = thrown<kontext::CancelledError>([&] { call({.cancel = source.token()}); });
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_THAT(server.requests(), IsEmpty());
    EXPECT_THAT(server.tokenRequests(), IsEmpty());
}

std::vector<Method> methodsWithIds() {
    std::vector<Method> some;
    std::copy_if(std::begin(methods), std::end(methods), std::back_inserter(some),
                 [](const Method& method) { return !method.parameters().empty(); });
    return some;
}

std::string nameOf(const testing::TestParamInfo<Method>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(, EveryMethod, testing::ValuesIn(methods), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryMethodWithIds, testing::ValuesIn(methodsWithIds()), nameOf);

} // namespace
