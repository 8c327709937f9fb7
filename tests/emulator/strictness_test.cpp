// What the emulator refuses, asked by hand: the client would never send it.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "emulator/fixture.hpp"
#include "transport/curl_transport.hpp"

namespace {

using Json = nlohmann::json;
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
        const Json reply = Json::parse(askForToken("grant_type=client_credentials&scope=management%3Aall").body);
        return {{"Authorization", "Bearer " + reply.at("access_token").get<std::string>()}};
    }
    kontext::HttpResponse call(const std::string& method, const std::string& path, const std::string& body = {}) {
        kontext::Headers headers = bearer();
        if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
        return send(method, "/api/v1" + path, headers, body);
    }

    // sa_1:s3cret-of-sa
    const std::pair<std::string, std::string> basic{"Authorization", "Basic c2FfMTpzM2NyZXQtb2Ytc2E="};
    Stage stage;
    // Goes before the server, which waits for connections.
    kontext::transport::CurlTransport transport{{}, {}, kontext::HttpVersion::http1_1};
};

TEST_F(Strictness, ATokenIsGivenForExactlyTheRightForm) {
    const auto reply =
        askForToken("grant_type=client_credentials&scope=management%3Aall&audience=https%3A%2F%2Fx.test%2Fapi%2Fv1");
    ASSERT_EQ(reply.statusCode, 200);
    const Json body = Json::parse(reply.body);
    EXPECT_THAT(body.at("access_token").get<std::string>(), testing::StartsWith("ory_at_"));
    EXPECT_EQ(body.at("expires_in"), 3600);
    EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
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
    EXPECT_EQ(send("GET", "/oauth2/token").statusCode, 405);
}

TEST_F(Strictness, OnlyALivingTokenOpensTheApi) {
    EXPECT_EQ(send("GET", "/api/v1/applications").statusCode, 401);
    EXPECT_EQ(send("GET", "/api/v1/applications", {{"Authorization", "Bearer nonsense"}}).statusCode, 401);
    EXPECT_EQ(send("GET", "/api/v1/applications", {basic}).statusCode, 401);
    const kontext::Headers headers = bearer();
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 200);
    stage.server.expireTokens();
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 401);
}

TEST_F(Strictness, AnUnknownPathIs404AndAWrongMethod405) {
    EXPECT_EQ(call("GET", "/nothing").statusCode, 404);
    EXPECT_EQ(call("GET", "/applications/").statusCode, 404);
    EXPECT_EQ(send("GET", "/").statusCode, 404);
    const auto wrong = call("PUT", "/applications", "{}");
    EXPECT_EQ(wrong.statusCode, 405);
    EXPECT_EQ(header(wrong, "Allow"), "GET, POST");
}

TEST_F(Strictness, ABodyBelongsWhereItIsAskedFor) {
    const std::string app = "/applications/550e8400-e29b-41d4-a716-446655440000";
    EXPECT_EQ(call("POST", app + "/rotate-secret", "{}").statusCode, 400);
    EXPECT_EQ(call("PATCH", app, "[]").statusCode, 400);
    EXPECT_EQ(call("PATCH", app, "{").statusCode, 400);
    EXPECT_EQ(call("PATCH", app).statusCode, 400);
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

TEST_F(Strictness, ResetBringsTheBeginningBack) {
    stage.newApplication("A");
    const kontext::Headers headers = bearer();
    EXPECT_EQ(send("POST", "/__emulator/reset").statusCode, 204);
    EXPECT_THAT(Json::parse(send("GET", "/__emulator/requests").body).at("items"), IsEmpty());
    EXPECT_EQ(send("GET", "/api/v1/applications", headers).statusCode, 401) << "tokens die";
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(2)) << "the seed is back";
    EXPECT_EQ(send("GET", "/__emulator/nothing").statusCode, 404);
}

TEST(Latency, HoldsRepliesBack) {
    const Stage stage({.latency = std::chrono::milliseconds(60), .seed = false});
    EXPECT_THROW(stage.client.applications.list({}, {.timeout = std::chrono::milliseconds(30)}), kontext::TimeoutError);
}

TEST(TokenTtl, IsWhatTheTokenSays) {
    Stage stage({.tokenTtl = std::chrono::seconds(0), .seed = false});
    EXPECT_THROW(stage.client.applications.list(), kontext::OAuthError) << "a token that is dead on arrival is refused";
}

} // namespace
