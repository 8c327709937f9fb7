#include <kontext/mock.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "json/nlohmann.hpp"
#include <gmock/gmock.h>

#include <kontext/management.hpp>

namespace kontext::mock_transport_test {
namespace {

using namespace std::chrono_literals;
using mock::MockTransport;
using mock::RecordedRequest;
using testing::ElementsAre;
using testing::Pair;

HttpRequest requestOf(std::string method, std::string url, std::string body = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.body = std::move(body);
    request.maxResponseBytes = 1000;
    return request;
}

HttpResponse get(MockTransport& mock, const std::string& path) {
    return mock.send(requestOf("GET", "https://api.test" + path));
}

/// A client that never waits.
KontextManagementClient clientOf(const std::shared_ptr<MockTransport>& mock) {
    ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials = {"sa_1", Secret("hush")};
    config.retry.initialDelay = 0ms;
    config.transport = mock;
    return KontextManagementClient(std::move(config));
}

std::vector<std::string> pathsOf(const std::vector<RecordedRequest>& requests) {
    std::vector<std::string> paths;
    for (const RecordedRequest& request : requests)
        paths.push_back(request.method + ' ' + request.url);
    return paths;
}

TEST(MockTransport, AnswersARequestThatNothingMatchesWith501) {
    MockTransport mock;
    const HttpResponse response = get(mock, "/api/v1/x?y=z");
    EXPECT_EQ(response.statusCode, 501);
    EXPECT_EQ(nlohmann::json::parse(response.body)["message"], "MockTransport: no expectation matches GET /api/v1/x");
}

TEST(MockTransport, AnswersAnExpectationWithoutAPlanWithAnEmptyObject) {
    MockTransport mock;
    mock.on("GET", "/x");
    EXPECT_EQ(get(mock, "/x").statusCode, 200);
    EXPECT_EQ(get(mock, "/x").body, "{}");
}

TEST(MockTransport, AnswersAsItIsTold) {
    MockTransport mock;
    mock.on("GET", "/x").reply(418, "tea", {{"X-Pot", "short"}});
    const HttpResponse response = get(mock, "/x");
    EXPECT_EQ(response.statusCode, 418);
    EXPECT_EQ(response.body, "tea");
    EXPECT_THAT(response.headers, ElementsAre(Pair("X-Pot", "short")));
}

TEST(MockTransport, GoesThroughItsAnswersAndStaysAtTheLast) {
    MockTransport mock;
    mock.on("GET", "/x").reply(500).thenReply(503).thenReply(200);
    std::vector<int> statuses;
    for (int i = 0; i < 5; ++i)
        statuses.push_back(get(mock, "/x").statusCode);
    EXPECT_THAT(statuses, ElementsAre(500, 503, 200, 200, 200));
}

TEST(MockTransport, DropsThePlanBefore) {
    MockTransport mock;
    auto& expectation = mock.on("GET", "/x").reply(500).thenReply(503).thenReply(504);
    get(mock, "/x");
    get(mock, "/x");
    expectation.reply(200).thenReply(201);
    EXPECT_EQ(get(mock, "/x").statusCode, 200);
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
    expectation.fail(NetworkErrorKind::connect);
    EXPECT_THROW(get(mock, "/x"), NetworkError);
}

TEST(MockTransport, LetsTheNewerOfTwoAnswer) {
    MockTransport mock;
    mock.on("GET", "/x").reply(200);
    mock.on("GET", "/*").reply(201);
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
    mock.on("GET", "/y").reply(202);
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
    EXPECT_EQ(get(mock, "/y").statusCode, 202);
}

TEST(MockTransport, MatchesPaths) {
    struct Case {
        const char* pattern;
        const char* path;
        bool matches;
    };
    const std::vector<Case> cases{
        {"/a", "/a", true},      {"/a", "/a?b=c", true},    {"/a", "/a#b", true},       {"/a", "/b", false},
        {"/a", "/a/b", false},   {"/a", "/", false},        {"/a", "/ab", false},       {"/a/b", "/a", false},
        {"/*", "/a", true},      {"/*", "/", false},        {"/*", "/a/b", false},      {"/a/*", "/a/b", true},
        {"/a/*", "/a", false},   {"/a/*", "/a/", false},    {"/a/*/c", "/a/b/c", true}, {"/a/*/c", "/a/b/d", false},
        {"/*/*", "/a/b", true},  {"/**", "/a", true},       {"/**", "/a/b/c", true},    {"/**", "/", true},
        {"/a/**", "/a/b", true}, {"/a/**", "/a/b/c", true}, {"/a/**", "/a", true},      {"/a/**", "/b/c", false},
        {"/a/**", "/ab", false}, {"/a", "", false},         {"/", "/", true},           {"/", "", true},
        {"**", "/a/b", true},    {"a/*", "/a/b", true},
    };
    for (const Case& c : cases) {
        MockTransport mock;
        mock.on("GET", c.pattern).reply(200);
        EXPECT_EQ(get(mock, c.path).statusCode, c.matches ? 200 : 501) << c.pattern << ' ' << c.path;
    }
}

TEST(MockTransport, MatchesQueries) {
    struct Case {
        const char* pattern;
        const char* target;
        bool matches;
    };
    const std::vector<Case> cases{
        {"/a?b=c", "/a?b=c", true},
        {"/a?b=c", "/a", false},
        {"/a?b=c", "/a?b=d", false},
        {"/a?b=c", "/a?x=y&b=c", true},
        {"/a?b=c&d=e", "/a?d=e&b=c", true},
        {"/a?b=c&d=e", "/a?b=c", false},
        {"/a?b=*", "/a?b=c", true},
        {"/a?b=*", "/a?b=", true},
        {"/a?b=*", "/a?c=b", false},
        {"/a?b=", "/a?b=", true},
        {"/a?b", "/a?b=", true},
        {"/a?b=", "/a?b=c", false},
        {"/a?b=c d", "/a?b=c%20d", true},
        {"/a?b=c%2fd", "/a?b=c/d", true},
        {"/a?b=c+d", "/a?b=c%20d", true},
        {"/a?b%20c=d", "/a?b%20c=d", true},
        {"/a?b=c", "/a?b=x&b=c", true},
        {"/*?b=c", "/a?b=c", true},
        {"/**?b=c", "/a/b?b=c", true},
        {"/a?b=c", "/x?b=c", false},
        {"/a?b=%", "/a?b=%", false},
    };
    for (const Case& c : cases) {
        MockTransport mock;
        try {
            mock.on("GET", c.pattern).reply(200);
        } catch (const std::invalid_argument&) {
            EXPECT_FALSE(c.matches) << c.pattern;
            continue;
        }
        EXPECT_EQ(get(mock, c.target).statusCode, c.matches ? 200 : 501) << c.pattern << ' ' << c.target;
        EXPECT_EQ(mock.requests("GET", c.pattern).size(), c.matches ? 1U : 0U) << c.pattern << ' ' << c.target;
    }
}

TEST(MockTransport, AnswersThePagesOfAList) {
    const auto mock = std::make_shared<MockTransport>();
    mock->on("GET", "/api/v1/applications").reply(200, R"({"items":[{"id":"1","name":"a"}],"nextCursor":"c/2"})");
    mock->on("GET", "/api/v1/applications?cursor=c/2").reply(200, R"({"items":[{"id":"2","name":"b"}]})");
    std::vector<std::string> ids;
    for (const Application& application : clientOf(mock).applications.listAll())
        ids.push_back(application.id);
    EXPECT_THAT(ids, ElementsAre("1", "2"));
    EXPECT_EQ(mock->requests("GET", "/**?cursor=*").size(), 1U);
}

TEST(MockTransport, AsksTheConditionOfAnExpectation) {
    MockTransport mock;
    mock.on("POST", "/x").reply(201);
    mock.on("POST", "/x", [](const RecordedRequest& request) { return request.body == "taken"; }).reply(409);
    EXPECT_EQ(mock.send(requestOf("POST", "https://api.test/x", "taken")).statusCode, 409);
    EXPECT_EQ(mock.send(requestOf("POST", "https://api.test/x", "free")).statusCode, 201);
    EXPECT_EQ(mock.send(requestOf("PUT", "https://api.test/x", "taken")).statusCode, 501);
}

TEST(MockTransport, ComputesItsReply) {
    const auto mock = std::make_shared<MockTransport>();
    mock->on("GET", "/api/v1/applications/*").reply(500).thenReply([](const RecordedRequest& request) -> HttpResponse {
        const std::string id = request.path().substr(request.path().rfind('/') + 1);
        return {200, {}, R"({"application":{"id":")" + id + R"(","name":"computed"}})"};
    });
    const auto client = clientOf(mock);
    EXPECT_EQ(client.applications.get("7").application.id, "7");
    EXPECT_EQ(client.applications.get("8").application.id, "8");
}

TEST(MockTransport, ThrowsWhatAReplyThrows) {
    const auto mock = std::make_shared<MockTransport>();
    mock->on("POST", "/api/v1/service-accounts").reply([](const RecordedRequest&) -> HttpResponse {
        throw TimeoutError("out of patience", true);
    });
    EXPECT_THROW(clientOf(mock).serviceAccounts.create({"ci"}), TimeoutError);
    EXPECT_THROW(mock->on("GET", "/x").reply(mock::Reply()), std::invalid_argument);
    EXPECT_THROW(mock->on("GET", "/x").thenReply(mock::Reply()), std::invalid_argument);
}

TEST(MockTransport, CanBeUsedByItsOwnConditionsAndReplies) {
    MockTransport mock;
    const auto isFirst = [&mock](const RecordedRequest&) { return mock.requests().size() == 1; };
    mock.on("GET", "/x", isFirst).reply([&mock](const RecordedRequest&) -> HttpResponse {
        mock.on("GET", "/y").reply(202);
        return {201, {}, {}};
    });
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
    EXPECT_EQ(get(mock, "/y").statusCode, 202);
    EXPECT_EQ(get(mock, "/x").statusCode, 501);
}

TEST(MockTransport, ShowsTheParts) {
    MockTransport mock;
    HttpRequest request = requestOf("GET", "https://api.test/api/v1/a%2Fb?name=x%20y&empty=&name=z&bare&bad=%zz#part");
    request.headers = {{"If-Match", "\"v1\""}, {"Authorization", "Bearer t0ken"}};
    mock.send(request);
    const RecordedRequest sent = mock.requests()[0];
    EXPECT_EQ(sent.path(), "/api/v1/a%2Fb");
    EXPECT_EQ(sent.query("name"), "x y");
    EXPECT_EQ(sent.query("empty"), "");
    EXPECT_EQ(sent.query("bare"), "");
    EXPECT_EQ(sent.query("bad"), "%zz");
    EXPECT_EQ(sent.query("Name"), std::nullopt);
    EXPECT_EQ(sent.header("if-match"), "\"v1\"");
    EXPECT_EQ(sent.header("authorization"), "Bearer [redacted]");
    EXPECT_EQ(sent.header("ETag"), std::nullopt);
    get(mock, "");
    EXPECT_EQ(mock.requests()[1].path(), "/");
    EXPECT_EQ(mock.requests()[1].query("name"), std::nullopt);
}

TEST(MockTransport, ForgetsRequestsAndKeepsExpectations) {
    MockTransport mock;
    auto& expectation = mock.on("GET", "/x").reply(200).thenReply(201).thenReply(202);
    get(mock, "/x");
    mock.clear();
    EXPECT_EQ(mock.requests().size(), 0U);
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
    EXPECT_EQ(mock.requests().size(), 1U);
    expectation.reply(204);
    EXPECT_EQ(get(mock, "/x").statusCode, 204);
}

TEST(MockTransport, MatchesMethods) {
    MockTransport mock;
    mock.on("POST", "/x").reply(201);
    EXPECT_EQ(get(mock, "/x").statusCode, 501);
    EXPECT_EQ(mock.send(requestOf("POST", "https://api.test/x")).statusCode, 201);
    mock.on("*", "/x").reply(204);
    EXPECT_EQ(get(mock, "/x").statusCode, 204);
    EXPECT_EQ(mock.send(requestOf("DELETE", "https://api.test/x")).statusCode, 204);
}

TEST(MockTransport, FailsAsItIsTold) {
    struct Case {
        NetworkErrorKind kind;
        bool mayHaveBeenProcessed;
    };
    const std::vector<Case> cases{
        {NetworkErrorKind::resolve, false}, {NetworkErrorKind::connect, false}, {NetworkErrorKind::tls, false},
        {NetworkErrorKind::proxy, false},   {NetworkErrorKind::send, true},     {NetworkErrorKind::receive, true},
        {NetworkErrorKind::timeout, true},  {NetworkErrorKind::protocol, true}, {NetworkErrorKind::other, true},
    };
    for (const Case& c : cases) {
        MockTransport mock;
        mock.on("GET", "/x").fail(c.kind);
        try {
            get(mock, "/x");
            ADD_FAILURE() << toString(c.kind);
        } catch (const NetworkError& error) {
            EXPECT_EQ(error.kind(), c.kind);
            EXPECT_EQ(error.requestMayHaveBeenProcessed(), c.mayHaveBeenProcessed) << toString(c.kind);
            EXPECT_EQ(dynamic_cast<const TimeoutError*>(&error) != nullptr, c.kind == NetworkErrorKind::timeout);
        }
    }
}

TEST(MockTransport, FailsAfterItAnswered) {
    MockTransport mock;
    mock.on("GET", "/x").reply(200).thenFail(NetworkErrorKind::receive).thenReply(201);
    EXPECT_EQ(get(mock, "/x").statusCode, 200);
    EXPECT_THROW(get(mock, "/x"), NetworkError);
    EXPECT_EQ(get(mock, "/x").statusCode, 201);
}

TEST(MockTransport, RemembersWhatWasSent) {
    MockTransport mock;
    HttpRequest request = requestOf("POST", "https://api.test/x?y=z", "body");
    request.headers = {{"X-A", "b"}};
    mock.send(request);
    get(mock, "/y");
    const auto requests = mock.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].method, "POST");
    EXPECT_EQ(requests[0].url, "https://api.test/x?y=z");
    EXPECT_EQ(requests[0].body, "body");
    EXPECT_THAT(requests[0].headers, ElementsAre(Pair("X-A", "b")));
    EXPECT_THAT(pathsOf(mock.requests("GET", "/*")), ElementsAre("GET https://api.test/y"));
    EXPECT_THAT(pathsOf(mock.requests("GET", "y")), ElementsAre("GET https://api.test/y"));
    EXPECT_EQ(mock.requests("*", "/**").size(), 2U);
    EXPECT_EQ(mock.requests("PUT", "/**").size(), 0U);
}

TEST(MockTransport, RemembersWhatItFailedToAnswer) {
    MockTransport mock;
    mock.on("GET", "/x").fail(NetworkErrorKind::connect);
    EXPECT_THROW(get(mock, "/x"), NetworkError);
    EXPECT_EQ(mock.requests("GET", "/x").size(), 1U);
}

TEST(MockTransport, RemembersNoCredentials) {
    MockTransport mock;
    HttpRequest request = requestOf("GET", "https://api.test/x");
    request.headers = {{"Authorization", "Bearer t0ken"},
                       {"AUTHORIZATION", "Basic hush"},
                       {"X-Authorization", "kept"},
                       {"authorization", "t0ken"}};
    mock.send(request);
    EXPECT_THAT(mock.requests()[0].headers,
                ElementsAre(Pair("Authorization", "Bearer [redacted]"), Pair("AUTHORIZATION", "Basic [redacted]"),
                            Pair("X-Authorization", "kept"), Pair("authorization", "[redacted]")));
}

TEST(MockTransport, CutsABodyLikeARealTransport) {
    MockTransport mock;
    mock.on("GET", "/x").reply(200, "abcdefgh");
    HttpRequest request = requestOf("GET", "https://api.test/x");
    for (const auto& [limit, body] : std::vector<std::pair<std::size_t, const char*>>{
             {1, "ab"}, {7, "abcdefgh"}, {8, "abcdefgh"}, {9, "abcdefgh"}}) {
        request.maxResponseBytes = limit;
        EXPECT_EQ(mock.send(request).body, body) << limit;
    }
}

TEST(MockTransport, SendsNothingOfACancelledCall) {
    MockTransport mock;
    CancellationSource source;
    source.cancel();
    HttpRequest request = requestOf("GET", "https://api.test/x");
    request.cancel = source.token();
    EXPECT_THROW(mock.send(request), std::exception);
    EXPECT_EQ(mock.requests().size(), 0U);
}

TEST(MockTransport, KeepsExpectationsValid) {
    MockTransport mock;
    auto& first = mock.on("GET", "/first");
    for (int i = 0; i < 1000; ++i)
        mock.on("GET", "/other");
    first.reply(202);
    EXPECT_EQ(get(mock, "/first").statusCode, 202);
}

TEST(MockTransport, AnswersTokenRequestsByItself) {
    const auto mock = std::make_shared<MockTransport>();
    mock->on("GET", "/api/v1/applications/*").reply(503).thenReply(200, R"({"application":{"id":"1","name":"a"}})");
    const auto client = clientOf(mock);
    EXPECT_EQ(client.applications.get("1").application.name, "a");
    EXPECT_EQ(client.applications.get("1").application.name, "a");
    EXPECT_THAT(pathsOf(mock->requests()),
                ElementsAre("POST https://api.test/oauth2/token", "GET https://api.test/api/v1/applications/1",
                            "GET https://api.test/api/v1/applications/1",
                            "GET https://api.test/api/v1/applications/1"));
}

TEST(MockTransport, BringsANewTokenForEachTokenRequest) {
    MockTransport mock;
    const HttpRequest request = requestOf("POST", "https://api.test/any", "grant_type=client_credentials");
    EXPECT_NE(mock.send(request).body, mock.send(request).body);
    EXPECT_EQ(mock.send(requestOf("POST", "https://api.test/any", "{}")).statusCode, 501);
}

TEST(MockTransport, AnswersTokenRequestsThoughACatchAllFails) {
    for (const char* pattern : {"/**", "**", "/*/*", "/oauth2/*"}) {
        const auto mock = std::make_shared<MockTransport>();
        mock->on("*", "/**").reply(404);
        mock->on("*", pattern).reply(404);
        EXPECT_THROW(clientOf(mock).applications.list(), NotFoundError) << pattern;
        EXPECT_EQ(mock->requests("POST", pattern).size(), 1U) << pattern;
    }
}

TEST(MockTransport, RefusesExpectationsThatCouldNeverMatch) {
    const auto refusal = [](const char* method, const char* pattern) -> std::string {
        MockTransport mock;
        try {
            mock.on(method, pattern);
        } catch (const std::invalid_argument& error) {
            EXPECT_THROW(mock.requests(method, pattern), std::invalid_argument);
            return error.what();
        }
        return "none";
    };
    EXPECT_EQ(refusal("get", "/a"), "MockTransport: the method 'get' must be \"*\" or in capital letters");
    EXPECT_EQ(refusal("", "/a"), "MockTransport: the method '' must be \"*\" or in capital letters");
    EXPECT_EQ(refusal("GET", "https://api.test/a"),
              "MockTransport: the pattern 'https://api.test/a' must be a path, not a URL");
    EXPECT_EQ(refusal("GET", "/a#b"),
              "MockTransport: the pattern '/a#b' must not have a fragment, which is never sent");
    EXPECT_EQ(refusal("GET", "/a?b=%4"), "MockTransport: the pattern '/a?b=%4' must have % only as a part of %XX");
    for (const char* pattern : {"/a?", "/a?=b", "/a?b=c&&d=e"})
        EXPECT_EQ(refusal("GET", pattern), std::string("MockTransport: the pattern '") + pattern
                                               + "' must not have a query parameter without a name");
    EXPECT_EQ(refusal("GET", "/a?url=https://api.test/*"), "none");
    for (const char* pattern : {"/a*", "/*a", "/**/b", "/***"})
        EXPECT_EQ(refusal("GET", pattern), std::string("MockTransport: the pattern '") + pattern
                                               + "' must have * only as a whole segment, or ** at its end");
    EXPECT_EQ(refusal("GET", "/a/*/b/**"), "none");
}

TEST(MockTransport, AnswersTokenRequestsAsItIsTold) {
    const auto mock = std::make_shared<MockTransport>();
    mock->on("POST", "/oauth2/token").reply(401, R"({"error":"invalid_client"})");
    EXPECT_THROW(clientOf(mock).applications.list(), OAuthError);
}

} // namespace
} // namespace kontext::mock_transport_test
