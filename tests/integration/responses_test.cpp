// What the client makes of responses that are special in some way; methods_test.cpp reads every field of all others.
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
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

class Fields : public Wired {};

// ../methods_test.cpp reads every field of every response. Here is what a value of each kind becomes.
TEST_F(Fields, BecomeWhatTheirTypesSay) {
    answers(R"({"items":[{"id":"ev-1","createdAt":"2026-01-31T12:00:01.000Z","status":"error_remote",
                "toolName":"search \"it\" \u00fc","bytesIn":9007199254740993,
                "requestJson":{"q":[1.50,12345678901234567890,null]},"responseJson":"plain"}]})");
    const auto event = client.events.list().items.at(0);
    EXPECT_EQ(event.id, "ev-1");
    EXPECT_EQ(event.createdAt, Timestamp("2026-01-31T12:00:01.000Z"));
    EXPECT_EQ(event.status, kontext::EventStatus::errorRemote);
    EXPECT_EQ(event.toolName, "search \"it\" \xc3\xbc");
    EXPECT_EQ(event.bytesIn, 9007199254740993); // no double holds it
    EXPECT_EQ(event.requestJson, RawJson(R"({"q":[1.50,12345678901234567890,null]})"));
    EXPECT_EQ(event.responseJson, RawJson(R"("plain")"));

    answers(R"({"application":{"id":"app-1","updatedAt":"2026-02-01T12:00:00Z","sessions":{"active":1},
                "externalAuth":{"enabled":true,"allowedAlgorithms":["RS256","ES256"],"requiredClaims":{"org":"x"}}}})");
    const auto [application] = client.applications.get("app-1");
    EXPECT_EQ(application.updatedAt, Timestamp("2026-02-01T12:00:00Z"));
    EXPECT_EQ(application.sessions.value().active, 1);
    EXPECT_TRUE(application.externalAuth.value().enabled);
    EXPECT_THAT(application.externalAuth->allowedAlgorithms, ElementsAre("RS256", "ES256"));
    EXPECT_EQ(application.externalAuth->requiredClaims.text(), R"({"org":"x"})");

    answers(R"({"oauth":{"type":"confidential","clientSecret":"shown once \u00fc","pkceRequired":false}})");
    const auto [oauth] = client.applications.getOAuth("app-1");
    EXPECT_EQ(oauth.type, kontext::OAuthClientType::confidential);
    EXPECT_EQ(oauth.clientSecret.value().reveal(), "shown once \xc3\xbc");
    EXPECT_EQ(oauth.pkceRequired, false);

    answers(R"({"eventCounts":{"ok":190,"error_auth":10},"errorRate":5.25,"latency":{"p50":12.5,"p95":80},
                "errorsByType":[{"type":"error_auth","count":10}],"topTools":[{"tool":"search"},{"tool":"fetch"}]})");
    const auto [stats] = client.traces.stats();
    EXPECT_EQ(stats.eventCounts, (std::map<std::string, std::int64_t>{{"ok", 190}, {"error_auth", 10}}));
    EXPECT_EQ(stats.errorRate, 5.25);
    EXPECT_EQ(stats.latency, (std::map<std::string, double>{{"p50", 12.5}, {"p95", 80}}));
    EXPECT_THAT(stats.errorsByType, ElementsAre(RawJson(R"({"type":"error_auth","count":10})")));
    EXPECT_THAT(stats.topTools, ElementsAre(RawJson(R"({"tool":"search"})"), RawJson(R"({"tool":"fetch"})")));
}

TEST_F(Fields, AreEmptyWhereNothingCame) {
    answers(R"({"items":[{"id":"ev-1"}]})");
    const auto event = client.events.list().items.at(0);
    EXPECT_EQ(event.createdAt, Timestamp());
    EXPECT_EQ(event.sessionId, "");
    EXPECT_EQ(event.status.str(), "");
    EXPECT_EQ(event.toolName, std::nullopt);
    EXPECT_EQ(event.bytesIn, std::nullopt);
    EXPECT_EQ(event.requestJson, std::nullopt);

    answers(R"({"application":{"id":"app-1","externalAuth":{}}})");
    const auto [application] = client.applications.get("app-1");
    EXPECT_EQ(application.updatedAt, std::nullopt);
    EXPECT_FALSE(application.sessions);
    EXPECT_FALSE(application.externalAuth.value().enabled);
    EXPECT_THAT(application.externalAuth->allowedAlgorithms, IsEmpty());
    EXPECT_EQ(application.externalAuth->requiredClaims.text(), "null");
    EXPECT_EQ(application.externalAuth->maxTokenAgeSeconds, 0);

    answers("{}");
    EXPECT_THAT(client.traces.stats().stats.latency, IsEmpty());
    EXPECT_EQ(client.traces.stats().stats.errorRate, 0);
}

// As Node writes a string that it has cut through an emoji.
TEST_F(Fields, MayBeCutThroughAnEmoji) {
    const std::string body = R"({"items":[{"id":"ev-1","toolName":"cut \ud83d","unknown":"\ude00\ud83d",)"
                             R"("requestJson":{"\ud83d":"\uD83D\uDE00\ud83d\u0041"}}]})";
    answers(body);
    kontext::ResponseInfo info;
    const auto event = client.events.list({}, {.info = &info}).items.at(0);
    EXPECT_EQ(event.toolName, "cut \xef\xbf\xbd");
    EXPECT_EQ(event.requestJson, RawJson("{\"\xef\xbf\xbd\":\"\xf0\x9f\x98\x80\xef\xbf\xbd"
                                         "A\"}"));
    EXPECT_EQ(info.body, body);
    EXPECT_EQ(client.request("GET", "/events").body, body);

    answers(
        R"({"credentials":{"clientId":"sa_1","clientSecret":"shown once"},"serviceAccount":{"id":"1","name":"\ud83d"}})");
    const auto [account, credentials] = client.serviceAccounts.create({.name = "\xf0\x9f\x98\x80"});
    EXPECT_EQ(account.name, "\xef\xbf\xbd");
    EXPECT_EQ(credentials.clientSecret.reveal(), "shown once");
}

TEST_F(Fields, AreIntegersHoweverTheyAreWritten) {
    answers(R"({"items":[{"id":"ev-1","bytesIn":9007199254740993.0,"bytesOut":1e3,"durationMs":-0.0}]})");
    const auto event = client.events.list().items.at(0);
    EXPECT_EQ(event.bytesIn, 9007199254740993);
    EXPECT_EQ(event.bytesOut, 1000);
    EXPECT_EQ(event.durationMs, 0);
    answers(R"({"items":[{"id":"ev-1","bytesIn":1.5}]})");
    EXPECT_EQ(thrown<DecodeError>([&] { client.events.list(); }).pointer(), "/items/0/bytesIn");
}

class EmptyResponses : public Wired {};

TEST_F(EmptyResponses, AreSaidToBeEmptyWhereThereShouldBeMore) {
    server.respond({.status = 204});
    EXPECT_THAT(thrown<DecodeError>([&] { client.applications.get("app-1"); }).what(),
                testing::HasSubstr("204: invalid response: it is empty ["));
    answers("\r\n");
    EXPECT_THAT(thrown<DecodeError>([&] { client.applications.get("app-1"); }).message(),
                testing::HasSubstr("it is empty"));
}

TEST_F(EmptyResponses, MeanThatTheIntegrationsAreThoseThatWereSet) {
    server.respond({.status = 204});
    for (const char* response : {"", "{}", R"({"integrationIds":null})"}) {
        if (*response != '\0') answers(response);
        EXPECT_THAT(client.applications.setIntegrations("app-1", {.integrationIds = {"a", "b"}}).integrationIds,
                    ElementsAre("a", "b"))
            << response;
    }
    answers(R"({"integrationIds":["a"]})");
    EXPECT_THAT(client.applications.setIntegrations("app-1", {.integrationIds = {"a", "b"}}).integrationIds,
                ElementsAre("a"));
}

TEST_F(EmptyResponses, MeanThatSessionsWereRevoked) {
    server.respond({.status = 204});
    for (const char* response : {"", "\n", "{}", R"({"success":null,"disconnectedCount":null})"}) {
        if (*response != '\0') answers(response);
        for (const auto& [success, count] :
             {client.applications.revokeAllAgentSessions("app-1"), client.agentSessions.revokeAll("app-1")}) {
            EXPECT_TRUE(success) << response;
            EXPECT_EQ(count, 0) << response;
        }
    }
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
    EXPECT_STREQ(error.what(), "POST /api/v1/applications -> 201: invalid response: expected a string, found a "
                               "number (at /application/id) [kontext_decode_error, request req-3, attempt 1/3]");
}

} // namespace
