// What the emulator refuses, asked by hand: the client would never send it.

#include <list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "emulator/connection.hpp"
#include "emulator/fixture.hpp"
#include "support/process.hpp"
#include "transport/curl_transport.hpp"

namespace {

using Json = nlohmann::json;
using kontext_test::Connection;
using kontext_test::Stage;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string header(const kontext::HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

class Strictness : public testing::Test {
protected:
    explicit Strictness(kontext_emulator::Options options = {.clientId = "sa_1",
                                                             .clientSecret = "s3cret-of-sa",
                                                             .seed = true})
        : stage(std::move(options)) {}

    kontext::HttpResponse send(const std::string& method, const std::string& path, kontext::Headers headers = {},
                               const std::string& body = {}) {
        kontext::HttpResponse response = transport.send({.method = method,
                                                         .url = stage.server.url() + path,
                                                         .headers = std::move(headers),
                                                         .body = body,
                                                         .connectTimeout = std::chrono::seconds(5),
                                                         .timeout = std::chrono::seconds(5),
                                                         .maxResponseBytes = 1 << 20});
        EXPECT_THAT(header(response, "x-request-id"), HasSubstr("req_")) << method << ' ' << path;
        return response;
    }
    kontext::HttpResponse askForToken(const std::string& form, kontext::Headers headers = {}) {
        if (headers.empty()) headers = {basic, {"Content-Type", "application/x-www-form-urlencoded"}};
        return send("POST", "/oauth2/token", std::move(headers), form);
    }
    std::string errorOf(const kontext::HttpResponse& response) {
        return std::to_string(response.statusCode) + ' ' + Json::parse(response.body).value("error", "");
    }
    kontext::Headers bearer() {
        const Json response = Json::parse(askForToken("grant_type=client_credentials&scope=management%3Aall").body);
        return {{"Authorization", "Bearer " + response.at("access_token").get<std::string>()}};
    }
    kontext::HttpResponse call(const std::string& method, const std::string& path, const std::string& body = {}) {
        kontext::Headers headers = bearer();
        if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
        return send(method, "/api/v1" + path, headers, body);
    }

    /// The lines of a request's head, without the empty one that ends it.
    std::string head(const std::string& method, const std::string& path) {
        const auto [name, value] = bearer().front();
        return method + " /api/v1" + path + " HTTP/1.1\r\nHost: emulator\r\n" + name + ": " + value + "\r\n";
    }
    std::string messageOf(const kontext::HttpResponse& response) {
        const Json message = Json::parse(response.body).at("message");
        return std::to_string(response.statusCode) + ' '
               + (message.is_string() ? message.get<std::string>() : message.dump());
    }
    Json log() { return Json::parse(send("GET", "/__emulator/requests").body).at("items"); }

    // sa_1:s3cret-of-sa
    const std::pair<std::string, std::string> basic{"Authorization", "Basic c2FfMTpzM2NyZXQtb2Ytc2E="};
    Stage stage;
    // Goes before the server, which waits for connections.
    kontext::transport::CurlTransport transport{{}, {}, kontext::HttpVersion::http1_1};
};

TEST_F(Strictness, ATokenIsGivenForExactlyTheRightForm) {
    const auto response =
        askForToken("grant_type=client_credentials&scope=management%3Aall&audience=https%3A%2F%2Fx.test%2Fapi%2Fv1");
    ASSERT_EQ(response.statusCode, 200);
    const Json body = Json::parse(response.body);
    EXPECT_THAT(body.at("access_token").get<std::string>(), testing::StartsWith("ory_at_"));
    EXPECT_EQ(body.at("expires_in"), 3600);
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
}

TEST_F(Strictness, ATokenRequestThatIsWrongIsRefusedInHydrasWords) {
    const std::string good = "grant_type=client_credentials";
    const std::pair<std::string, std::string> form{"Content-Type", "application/x-www-form-urlencoded"};
    EXPECT_EQ(errorOf(askForToken(good, {form})), "401 invalid_client");
    EXPECT_EQ(errorOf(askForToken(good, {form, {"Authorization", "Basic !!!!"}})), "401 invalid_client");
    EXPECT_EQ(errorOf(askForToken(good, {form, {"Authorization", "Basic c2FfMTp3cm9uZw=="}})), "401 invalid_client");
    EXPECT_EQ(errorOf(askForToken(good + "&client_id=sa_1&client_secret=s3cret-of-sa")), "401 invalid_client");
    EXPECT_EQ(errorOf(askForToken("scope=management%3Aall")), "400 invalid_request");
    EXPECT_EQ(errorOf(askForToken("grant_type=password")), "400 unsupported_grant_type");
    EXPECT_EQ(errorOf(askForToken(good + "&grant_type=client_credentials")), "400 invalid_request");
    EXPECT_EQ(errorOf(askForToken(good + "&extra=1")), "400 invalid_request");
    EXPECT_EQ(errorOf(askForToken(good + "&scope=everything")), "400 invalid_scope");
    EXPECT_EQ(errorOf(askForToken(good + "&audience=https%3A%2F%2Fother.test")), "400 invalid_request");
    EXPECT_EQ(errorOf(askForToken(good, {basic, {"Content-Type", "application/json"}})), "400 invalid_request");
    const auto wrong = send("GET", "/oauth2/token");
    EXPECT_EQ(messageOf(wrong), "405 /oauth2/token takes POST");
    EXPECT_EQ(header(wrong, "Allow"), "POST");
}

TEST_F(Strictness, ATokenRequestNeedsNoAudience) { // a client whose `audience` is "" sends none
    EXPECT_EQ(askForToken("grant_type=client_credentials&scope=management%3Aall").statusCode, 200);
}

TEST_F(Strictness, OnlyALivingTokenOpensTheApi) {
    EXPECT_EQ(send("GET", "/api/v1/applications").statusCode, 401);
    EXPECT_EQ(send("GET", "/api/v1/applications", {{"Authorization", "Bearer nonsense"}}).statusCode, 401);
    EXPECT_EQ(messageOf(send("GET", "/api/v1/applications", {basic})),
              "401 The Authorization header must be 'Bearer ' and an access token");
    const kontext::Headers headers = bearer();
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 200);
    stage.server.expireTokens();
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 401);
}

TEST_F(Strictness, TheAccessGraphIsNotThere) {
    EXPECT_EQ(messageOf(call("GET", "/applications/access-graph")),
              "501 The emulator has no access graph: the vendor does not document what it looks like");
}

TEST_F(Strictness, AnUnknownPathIs404AndAWrongMethod405) {
    EXPECT_EQ(call("GET", "/nothing").statusCode, 404);
    EXPECT_EQ(call("GET", "/applications/").statusCode, 404);
    EXPECT_EQ(messageOf(send("GET", "/applications?limit=1")),
              "404 Cannot GET /applications: the API is below /api/v1");
    const auto wrong = call("PUT", "/applications", "{}");
    EXPECT_EQ(wrong.statusCode, 405);
    EXPECT_EQ(header(wrong, "Allow"), "GET, HEAD, POST");
}

TEST_F(Strictness, ABodyBelongsWhereItIsAskedFor) {
    const std::string app = "/applications/550e8400-e29b-41d4-a716-446655440000";
    EXPECT_EQ(call("POST", app + "/rotate-secret", "{}").statusCode, 400);
    EXPECT_EQ(call("PATCH", app, "[]").statusCode, 400);
    EXPECT_EQ(call("PATCH", app, "{").statusCode, 400);
    EXPECT_EQ(messageOf(call("PATCH", app)), "400 this request must have a body: a JSON object");
    kontext::Headers headers = bearer();
    headers.emplace_back("Content-Type", "text/plain");
    EXPECT_EQ(send("PATCH", "/api/v1" + app, headers, R"({"name":"x"})").statusCode, 400);
}

TEST_F(Strictness, AQueryIsCheckedAsWell) {
    for (const char* query : {"?limit=0", "?limit=201", "?limit=ten", "?cursor=", "?cursor=made-up", "?page=2",
                              "?all=yes", "?limit=1&limit=2"})
        EXPECT_EQ(call("GET", std::string("/applications") + query).statusCode, 400) << query;
    EXPECT_EQ(call("GET", "/traces/stats?period=fortnight").statusCode, 400);
    EXPECT_EQ(call("GET", "/applications/550e8400-e29b-41d4-a716-446655440000/sessions?status=asleep").statusCode, 400);
}

TEST_F(Strictness, AQueryBelongsWhereItIsAskedFor) {
    const std::string app = "/applications/550e8400-e29b-41d4-a716-446655440000";
    for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{{"GET", app},
                                                                                       {"POST", "/applications"},
                                                                                       {"PATCH", app},
                                                                                       {"PUT", app + "/integrations"},
                                                                                       {"DELETE", app},
                                                                                       {"GET", app + "/oauth"}})
        EXPECT_EQ(messageOf(call(method, path + "?dryRun=true")),
                  R"(400 ["dryRun is not a parameter of this request"])")
            << method << ' ' << path;
    EXPECT_EQ(call("GET", app).statusCode, 200) << "the DELETE did nothing";
    EXPECT_EQ(messageOf(send("POST", "/oauth2/token?grant_type=client_credentials", {basic})),
              "400 The parameters of a token request belong in its body");
}

TEST_F(Strictness, APercentWithoutItsDigitsIsRefused) {
    for (const char* path : {"/applications?limit=%zz", "/applications?%=1", "/applications/%4", "/traces/%"})
        EXPECT_EQ(messageOf(call("GET", path)), "400 the URL has a % that is not followed by two hex digits") << path;
}

TEST_F(Strictness, JsonThatNestsTooDeepIsRefused) {
    const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
    const auto integration = [&nested](const std::string& name, std::size_t levels) {
        return R"({"name":")" + name + R"(","url":"https://mcp.example.com","capabilities":)" + nested(levels) + "}";
    };
    EXPECT_EQ(call("POST", "/integrations", integration("A", 63)).statusCode, 201);
    for (const std::size_t levels : {64U, 30'000U})
        EXPECT_EQ(messageOf(call("POST", "/integrations", integration("B", levels))),
                  "400 the body nests deeper than 64 levels");
}

TEST_F(Strictness, JsonThatNestsTooDeepIsRefusedWithoutATokenAsWell) {
    for (const std::size_t levels : {200'000U, 5'000'000U}) {
        const kontext::Headers headers{{"Content-Type", "application/json"}};
        EXPECT_EQ(send("POST", "/api/v1/applications", headers, std::string(levels, '[')).statusCode, 401);
        EXPECT_EQ(send("POST", "/", headers, std::string(levels, '[') + std::string(levels, ']')).statusCode, 404);
    }
    EXPECT_THAT(log(), SizeIs(4));
}

TEST_F(Strictness, ABodyThatIsNoCleanJsonIsRefusedAndSaysWhy) {
    EXPECT_EQ(messageOf(call("POST", "/service-accounts", R"({"name":"A","name":"B"})")),
              "400 the body has the member 'name' twice");
    for (const std::string& body :
         {R"({"name":"A"})" + std::string(1, '\0'), R"({"name":"A"})" + std::string(1, '\0') + "x",
          std::string("{\"name\":\"\xff\"}"), std::string(R"({"name":"\ud800"})"), std::string(R"({"name":"A"}{})"),
          std::string(R"({'name':'A'})")})
        EXPECT_EQ(messageOf(call("POST", "/service-accounts", body)), "400 the body is not valid JSON") << body;
    kontext::Headers headers = bearer();
    headers.emplace_back("Content-Type", "application/json");
    EXPECT_EQ(messageOf(send("POST", "/api/v1/service-accounts", headers)), "400 the body is empty");
    EXPECT_THAT(stage.client.serviceAccounts.list().items, SizeIs(1)) << "the emulator's own";
}

TEST_F(Strictness, ABodyOfAGetIsRefusedAndNotTakenForARequest) {
    const std::string smuggled = "DELETE /api/v1/applications HTTP/1.1\r\n\r\n";
    for (const std::string& body : {"Content-Length: " + std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled,
                                    "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled}) {
        Connection connection(stage.server);
        const auto response = connection.send(head("GET", "/applications") + body).receive();
        EXPECT_EQ(response.status, 400);
        EXPECT_THAT(response.head, HasSubstr("\r\nConnection: close\r\n"));
        EXPECT_THAT(response.body, HasSubstr("this request must not have a body"));
        EXPECT_TRUE(connection.ends());
    }
    for (const Json& entry : log())
        EXPECT_NE(entry.at("method"), "DELETE");
}

TEST_F(Strictness, ABodyOfMoreThan16MiBIsRefusedHoweverItComes) {
    const std::string much(17 << 20, ' ');
    kontext_test::Process gzip({"/bin/sh", "-c", "head -c 17825792 /dev/zero | gzip -c"}); // as long as `much`
    ASSERT_EQ(gzip.wait(), 0);
    const std::string packed = gzip.output();
    ASSERT_LT(packed.size(), 100'000U);
    const auto length = [](const std::string& body) {
        return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    for (const std::string& body :
         {length(much), "Transfer-Encoding: chunked\r\n\r\n1100000\r\n" + much + "\r\n0\r\n\r\n",
          "Content-Encoding: gzip\r\n" + length(packed)}) {
        Connection connection(stage.server);
        const auto response = connection.send(head("POST", "/applications") + body).receive();
        EXPECT_EQ(response.status, 413);
        EXPECT_THAT(response.head, HasSubstr("\r\nx-request-id: req_"));
        EXPECT_THAT(response.body, HasSubstr("The body is larger than 16 MiB"));
    }
}

TEST_F(Strictness, ABodyThatCannotBeReadIsRefusedAndSaysSo) {
    for (const char* body :
         {"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"}) {
        Connection connection(stage.server);
        const auto response = connection.send(head("POST", "/applications") + body).receive();
        EXPECT_EQ(response.status, 400);
        EXPECT_THAT(response.body, HasSubstr("The body cannot be read"));
        EXPECT_TRUE(connection.ends());
    }
}

TEST_F(Strictness, AFormOfSeveralPartsIsNoJson) {
    const kontext::Headers multipart{bearer().front(), {"Content-Type", "multipart/form-data; boundary=x"}};
    const std::string body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA\r\n--x--\r\n";
    EXPECT_THAT(messageOf(send("POST", "/api/v1/service-accounts", multipart, body)),
                HasSubstr("400 the Content-Type must be application/json (got 'multipart/form-data"));
}

TEST_F(Strictness, WhatIsNoHttpIsRefusedAndEndsTheConnection) {
    struct Case {
        std::string sent{};
        int status = 0;
        std::string message{};
    };
    const std::string get = "GET /api/v1/applications HTTP/1.1\r\n";
    for (const Case& one : {Case{"BREW /pot HTTP/1.1\r\n\r\n", 400, "an unknown method"},
                            Case{"hello\r\n", 400, "This is not a valid HTTP request"},
                            Case{get + "X-Long: " + std::string(9000, 'x') + "\r\n\r\n", 400, "more than 8 KiB"},
                            Case{"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 414, "The URL is longer"}}) {
        Connection connection(stage.server);
        const auto response = connection.send(one.sent).receive();
        EXPECT_EQ(response.status, one.status);
        EXPECT_THAT(response.head, HasSubstr("\r\nx-request-id: req_"));
        EXPECT_THAT(response.body, HasSubstr(one.message));
        EXPECT_TRUE(connection.ends()) << one.sent.substr(0, 20);
    }
}

TEST_F(Strictness, EveryMethodOfHttpIsAnsweredByTheApi) {
    for (const char* method : {"OPTIONS", "TRACE", "PUT"})
        EXPECT_EQ(call(method, "/applications").statusCode, 405) << method;
    EXPECT_EQ(call("HEAD", "/applications").statusCode, 200);
    EXPECT_EQ(send("HEAD", "/oauth2/token").statusCode, 405);
    EXPECT_EQ(send("HEAD", "/__emulator/requests").statusCode, 200);
}

TEST_F(Strictness, NamesOfSchemesAndOfMediaTypesAreTakenInAnySpelling) {
    const auto [name, value] = basic;
    const std::string form = "grant_type=client_credentials&scope=management%3Aall";
    const std::string encoded = value.substr(value.find(' ') + 1);
    for (const char* scheme : {"basic ", "BASIC ", "Basic  "})
        for (const char* type :
             {"APPLICATION/X-WWW-FORM-URLENCODED", "application/x-www-form-urlencoded ; charset=UTF-8"})
            EXPECT_EQ(askForToken(form, {{name, scheme + encoded}, {"Content-Type", type}}).statusCode, 200)
                << scheme << type;
    const std::string bearing = bearer().front().second;
    const std::string token = bearing.substr(bearing.find(' ') + 1);
    int count = 0;
    for (const char* scheme : {"bearer ", "BEARER  "})
        for (const char* type : {"Application/JSON", "application/json;charset=utf-8", "application/json ; a=b"})
            EXPECT_EQ(send("POST", "/api/v1/service-accounts", {{name, scheme + token}, {"Content-Type", type}},
                           Json{{"name", std::to_string(++count)}}.dump())
                          .statusCode,
                      201)
                << scheme << type;
    EXPECT_EQ(send("GET", "/api/v1/applications", {{name, "Bearer" + token}}).statusCode, 401);
    EXPECT_EQ(send("GET", "/api/v1/applications", {{name, "Bearer"}}).statusCode, 401);
}

TEST_F(Strictness, AWholeUrlIsARequestTargetAsWell) {
    const auto [name, value] = bearer().front();
    const auto get = [&, &key = name, &secret = value](const std::string& target) {
        return Connection(stage.server)
            .send("GET " + target + " HTTP/1.1\r\nHost: emulator\r\n" + key + ": " + secret + "\r\n\r\n")
            .receive();
    };
    for (const char* origin : {"http://127.0.0.1:1", "HTTPS://me:s3cret@api.test"}) {
        EXPECT_EQ(get(std::string(origin) + "/api/v1/applications?limit=1").status, 200) << origin;
        EXPECT_EQ(get(std::string(origin) + "/api/v1/applications?limit=x").status, 400) << origin;
        EXPECT_EQ(get(origin).status, 404);
        EXPECT_EQ(get(std::string(origin) + "?x=1").status, 404);
    }
    const Json items = log();
    EXPECT_EQ(items.at(1).at("target"), "/api/v1/applications?limit=1");
    EXPECT_THAT(items.dump(), Not(HasSubstr("s3cret@")));
}

TEST_F(Strictness, ATextOfMoreThan8KiBIsRefusedWhereverItStands) {
    const std::string most(8192, 'x');
    const std::string url = "https://a.example/";
    EXPECT_EQ(call("POST", "/service-accounts", Json{{"name", most}}.dump()).statusCode, 201);
    EXPECT_EQ(messageOf(call("POST", "/service-accounts",
                             Json{{"name", std::string(1'000'000, 'x')}, {"description", most + 'x'}}.dump())),
              R"(400 ["name must not be longer than 8 KiB","description must not be longer than 8 KiB"])");
    EXPECT_EQ(messageOf(call("POST", "/integrations", Json{{"name", "I"}, {"url", url + most}}.dump())),
              R"(400 ["url must not be longer than 8 KiB"])");
    EXPECT_EQ(messageOf(call("POST", "/applications",
                             Json{{"name", "A"}, {"oauth", {{"redirectUris", {url, url + most}}}}}.dump())),
              R"(400 ["oauth.redirectUris[1] must not be longer than 8 KiB"])");
}

TEST_F(Strictness, APageDoesNotShiftWhenItemsGo) {
    for (int i = 0; i < 4; ++i)
        stage.newApplication("App " + std::to_string(i));
    const auto first = stage.client.applications.list({.limit = 3});
    for (const auto& application : first.items)
        stage.client.applications.archive(application.id);
    const auto second = stage.client.applications.list({.limit = 3, .cursor = first.nextCursor});
    ASSERT_THAT(second.items, SizeIs(3));
    EXPECT_EQ(second.items.front().name, "App 1");
}

TEST_F(Strictness, TheRequestLogShowsWhatCameAndNoSecret) {
    stage.client.integrations.create({.name = "I",
                                      .url = "https://i.example.com/mcp",
                                      .authMode = kontext::AuthMode::serverToken,
                                      .serverToken = "server-token-value"});
    const std::string log = send("GET", "/__emulator/requests").body;
    const Json items = Json::parse(log).at("items");
    ASSERT_THAT(items, SizeIs(2));
    EXPECT_EQ(items[1].at("target"), "/api/v1/integrations");
    EXPECT_EQ(items[1].at("status"), 201);
    EXPECT_EQ(items[1].at("body").at("serverToken"), "[redacted]");
    EXPECT_THAT(items[1].at("headers").at("User-Agent").get<std::string>(), HasSubstr("kontext-cpp/"));
    for (const char* secret : {"server-token-value", "s3cret-of-sa", "c2FfMTpzM2NyZXQ", "ory_at_"})
        EXPECT_THAT(log, Not(HasSubstr(secret)));
}

TEST_F(Strictness, TheRequestLogShowsNoSecretThatComesWhereNoneBelongs) {
    const auto post = [this](const std::string& path, const std::string& body) {
        send("POST", path, {{"Content-Type", "application/json"}}, body);
    };
    post("/oauth2/token", R"({"client_id":"sa_1","client_secret":"hush","grant_type":"client_credentials"})");
    post("/api/v1/integrations",
         R"({"serverToken":["hush"],"oauth":{"clientSecret":{"value":"hush"}},"Token":"hush"})");
    post("/api/v1/integrations", R"("hush")");
    post("/api/v1/integrations", R"(["hush"])");
    post("/oauth2/token?client%5Fsecret=hush&a=b&access_token=hush", "{}");
    const Json items = log();
    EXPECT_THAT(items.dump(), Not(HasSubstr("hush")));
    EXPECT_EQ(items.at(0).at("body").at("client_id"), "sa_1");
    EXPECT_EQ(items.at(4).at("target"), "/oauth2/token?client%5Fsecret=[redacted]&a=b&access_token=[redacted]");
}

TEST_F(Strictness, TheRequestLogKeepsNoLargeBody) {
    for (const std::size_t size : {1000U, 70'000U})
        call("POST", "/service-accounts", Json{{"name", std::string(size, 'x')}}.dump());
    const Json items = log();
    EXPECT_TRUE(items.at(1).contains("body"));
    EXPECT_FALSE(items.at(3).contains("body"));
}

TEST_F(Strictness, TheRequestLogIsTheSameToTheProgramThatRunsTheServer) {
    stage.newApplication("A");
    EXPECT_EQ(stage.server.requests(), send("GET", "/__emulator/requests").body);
}

TEST(RequestLog, KeepsAsManyAsItIsTold) {
    const Stage stage({.requestsKept = 2, .seed = false});
    for (const char* name : {"A", "B", "C"})
        stage.newApplication(name);
    const Json items = Json::parse(stage.server.requests()).at("items");
    ASSERT_THAT(items, SizeIs(2));
    EXPECT_EQ(items.front().at("body").at("name"), "B");
}

TEST_F(Strictness, ResetBringsTheBeginningBack) {
    stage.newApplication("A");
    const kontext::Headers headers = bearer();
    stage.client.serviceAccounts.rotateSecret(stage.client.serviceAccounts.list().items.front().id);
    EXPECT_EQ(send("POST", "/__emulator/reset").statusCode, 204);
    EXPECT_THAT(Json::parse(send("GET", "/__emulator/requests").body).at("items"), IsEmpty());
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 401) << "tokens die";
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(2)) << "the seed is back";
    EXPECT_EQ(send("GET", "/__emulator/nothing").statusCode, 404);
}

TEST(Connections, AreServedHoweverManyStayOpen) {
    const kontext_emulator::Server server;
    std::list<Connection> connections;
    for (int i = 0; i < 200; ++i)
        connections.emplace_back(server).send("GET / HTTP/1.1\r\n\r\n");
    for (Connection& connection : connections)
        ASSERT_EQ(connection.receive().status, 404);
    for (Connection& connection : connections)
        ASSERT_EQ(connection.send("GET / HTTP/1.1\r\n\r\n").receive().status, 404) << "it was kept";
}

TEST(Latency, HoldsResponsesBack) {
    const Stage stage({.latency = std::chrono::milliseconds(60), .seed = false});
    EXPECT_THROW(stage.client.applications.list({}, {.timeout = std::chrono::milliseconds(30)}), kontext::TimeoutError);
}

TEST(TokenTtl, IsWhatTheTokenSays) {
    Stage stage({.tokenTtl = std::chrono::seconds(0), .seed = false});
    EXPECT_THROW(stage.client.applications.list(), kontext::OAuthError) << "a token that is dead on arrival is refused";
}

} // namespace
