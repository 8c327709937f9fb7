// How calls fail: what the server says, what the token endpoint says, and what the network does.
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
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
using namespace std::chrono_literals;
using kontext::CallOptions;
using kontext::DecodeError;
using kontext::HttpError;
using kontext::KontextError;
using kontext::NetworkError;
using kontext::NetworkErrorKind;
using kontext::OAuthError;
using kontext::TimeoutError;
using Client = kontext::KontextManagementClient;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* anApplication = R"({"application":{"id":"x"}})";

class Errors : public Wired {
protected:
    void get(const CallOptions& options = {}) { client.applications.get("app-1", options); }
    void create(const CallOptions& options = {}) { client.applications.create({.name = "A"}, options); }

    /// What `get` throws, without a retry.
    template <class Error>
    Error refused(Response response) {
        server.respond(std::move(response));
        return thrown<Error>([&] { get({.maxRetries = 0}); });
    }
};

// Statuses

struct Status {
    int status;
    const char* code;
    const char* what; // between the path and the server's words
    std::function<HttpError(const std::function<void()>&)> thrownBy;
    const char* remark = "attempt 1/1";
};

template <class Error>
HttpError as(const std::function<void()>& call) {
    return thrown<Error>(call);
}

constexpr const char* withoutRetries = "attempt 1/1, gave up: retries are disabled";

const std::vector<Status> statuses = {
    {302, "kontext_http_error", "302 Found", as<HttpError>},
    {304, "kontext_http_error", "304 Not Modified", as<HttpError>},
    {400, "kontext_validation_error", "400 Bad Request", as<kontext::BadRequestError>},
    {401, "kontext_authorization_required", "401 Unauthorized", as<kontext::UnauthorizedError>, "attempt 2/2"},
    {403, "kontext_policy_denied", "403 Forbidden", as<kontext::ForbiddenError>},
    {404, "kontext_not_found", "404 Not Found", as<kontext::NotFoundError>},
    {409, "kontext_conflict", "409 Conflict", as<kontext::ConflictError>},
    {412, "kontext_precondition_failed", "412 Precondition Failed", as<kontext::PreconditionFailedError>},
    {418, "kontext_http_error", "418", as<HttpError>},
    {422, "kontext_unprocessable_entity", "422 Unprocessable Entity", as<kontext::UnprocessableEntityError>},
    {429, "kontext_rate_limited", "429 Too Many Requests", as<kontext::RateLimitError>, withoutRetries},
    {500, "kontext_server_error", "500 Internal Server Error", as<kontext::ServerError>, withoutRetries},
    {501, "kontext_server_error", "501 Not Implemented", as<kontext::ServerError>},
    {503, "kontext_server_error", "503 Service Unavailable", as<kontext::ServerError>, withoutRetries},
    {599, "kontext_server_error", "599", as<kontext::ServerError>},
};

void PrintTo(const Status& row, std::ostream* out) { *out << row.status; }

class EveryStatus : public Errors, public testing::WithParamInterface<Status> {
protected:
    const Status& row = GetParam();

    HttpError refuse(Response response) {
        response.status = row.status;
        server.respond(std::move(response));
        return row.thrownBy([&] { get({.maxRetries = 0}); });
    }
};

TEST_P(EveryStatus, HasItsClassItsCodeAndItsText) {
    const std::string body = row.status == 304 ? "" : R"({"message":"Words of the server","statusCode":999})";
    const std::string words = row.status == 304 ? "HTTP 304" : "Words of the server";
    const auto error = refuse({.headers = {{"X-Request-Id", "req-1"}, {"X-Other", "y"}}, .body = body});
    EXPECT_EQ(error.statusCode(), row.status);
    EXPECT_EQ(error.code(), row.code);
    EXPECT_EQ(error.docsUrl(), std::string("https://docs.kontext.security/errors/") + row.code);
    EXPECT_EQ(error.message(), words);
    EXPECT_EQ(error.requestId(), "req-1");
    EXPECT_EQ(error.body(), body);
    EXPECT_THAT(error.headers(), testing::Contains(Pair("X-Other", "y")));
    EXPECT_EQ(error.method(), "GET");
    EXPECT_EQ(error.path(), "/api/v1/applications/app-1");
    EXPECT_EQ(error.retryAfter(), std::nullopt);
    EXPECT_THAT(error.validationErrors(), IsEmpty());
    EXPECT_EQ(error.attempts(), row.status == 401 ? 2 : 1);
    EXPECT_EQ(error.what(), std::string("GET /api/v1/applications/app-1 -> ") + row.what + ": " + words + " ["
                                + row.code + ", request req-1, " + row.remark + ']');
}

TEST_P(EveryStatus, MayComeWithoutAWord) {
    const auto error = refuse({});
    EXPECT_EQ(error.message(), "HTTP " + std::to_string(row.status));
    EXPECT_EQ(error.code(), row.code);
    EXPECT_EQ(error.body(), "");
    EXPECT_EQ(error.meta().text(), "{}");
    EXPECT_EQ(error.requestId(), std::nullopt);
}

TEST_P(EveryStatus, IsThrownByAPostAsWell) {
    server.respond({.status = row.status});
    const auto error = row.thrownBy([&] { create({.maxRetries = 0}); });
    EXPECT_EQ(error.method(), "POST");
    EXPECT_EQ(error.path(), "/api/v1/applications");
}

TEST_P(EveryStatus, IsKnownToTheHelpers) {
    const auto error = refuse({});
    EXPECT_TRUE(kontext::isKontextError(error));
    EXPECT_FALSE(kontext::isNetworkError(error));
    EXPECT_EQ(kontext::isUnauthorizedError(error), row.status == 401);
}

INSTANTIATE_TEST_SUITE_P(, EveryStatus, testing::ValuesIn(statuses),
                         [](const auto& row) { return std::to_string(row.param.status); });

TEST_F(Errors, ShowThePathButNotWhatItsQueryHolds) {
    server.respond({.status = 400});
    const auto error = thrown<kontext::BadRequestError>(
        [&] { client.traces.list({.limit = 5, .cursor = "secret-cursor", .userId = "someone"}); });
    EXPECT_THAT(error.path(), AllOf(StartsWith("/api/v1/traces?limit=5&"), Not(HasSubstr("secret-cursor")),
                                    Not(HasSubstr("someone"))));
}

TEST_F(Errors, AreNeverFollowedElsewhere) {
    WireServer elsewhere;
    const std::string location = elsewhere.url() + "/api/v1/applications/app-1";
    const auto error = refused<HttpError>({.status = 302, .headers = {{"Location", location}}});
    EXPECT_THAT(error.message(), HasSubstr(location));
    EXPECT_THAT(error.what(), HasSubstr(location));
    EXPECT_THAT(elsewhere.requests(), IsEmpty());
    EXPECT_THAT(server.requests(), SizeIs(1));
    for (const int status : {301, 303, 307, 308})
        EXPECT_EQ(refused<HttpError>({.status = status, .headers = {{"Location", location}}}).statusCode(), status);
    EXPECT_THAT(elsewhere.requests(), IsEmpty());
}

TEST_F(Errors, ShowWhereARedirectLeadsWithoutWhatItsUrlHolds) {
    const std::string where = "https://files.example.com/export";
    const std::string location = where + "?cursor=secret-cursor&userId=someone&X-Amz-Signature=f00d&opaque#at=secret";
    const auto error = refused<HttpError>({.status = 302, .headers = {{"Location", location}}});
    EXPECT_THAT(error.what(), HasSubstr("Location: " + where + "?cursor=...&userId=...&X-Amz-Signature=...&...)"));
    for (const char* secret : {"secret-cursor", "someone", "f00d", "opaque", "at="})
        EXPECT_THAT(error.what(), Not(HasSubstr(secret)));
}

// Bodies

class ErrorBodies : public Errors {
protected:
    HttpError body(const std::string& text) { return refused<kontext::ConflictError>({.status = 409, .body = text}); }
};

TEST_F(ErrorBodies, HaveTheirWordsInThisOrder) {
    EXPECT_EQ(body(R"({"error":"e","hint":"h","error_description":"d","message":"m"})").message(), "m");
    EXPECT_EQ(body(R"({"error":"e","hint":"h","error_description":"d"})").message(), "d");
    EXPECT_EQ(body(R"({"error":"e","hint":"h"})").message(), "h");
    EXPECT_EQ(body(R"({"error":"e"})").message(), "e");
    EXPECT_EQ(body(R"({"title":"t","detail":"d","Message":"M","error":"e"})").message(), "e");
    EXPECT_EQ(body(R"({"title":"t","detail":"d","Message":"M"})").message(), "d");
    EXPECT_EQ(body(R"({"title":"t","Message":"M"})").message(), "t");
    EXPECT_EQ(body(R"({"Message":"M"})").message(), "M");
    EXPECT_EQ(body(R"({"fault": {"faultstring": "no API"}})").message(), R"({"fault":{"faultstring":"no API"}})");
    EXPECT_EQ(body("the text").message(), "the text");
    EXPECT_EQ(body("").message(), "HTTP 409");
}

TEST_F(ErrorBodies, SkipWordsThatAreEmptyNullOrNoText) {
    EXPECT_EQ(body(R"({"message":"","hint":"h"})").message(), "h");
    EXPECT_EQ(body(R"({"message":null,"error":"e"})").message(), "e");
    EXPECT_EQ(body(R"({"message":7,"error_description":{},"hint":[],"error":true})").message(),
              R"({"message":7,"error_description":{},"hint":[],"error":true})");
    EXPECT_EQ(body("{}").message(), "HTTP 409");
    EXPECT_EQ(body(" \r\n ").message(), "HTTP 409");
}

TEST_F(ErrorBodies, MayHoldManyMessages) {
    EXPECT_EQ(body(R"({"message":["name must be a string","oauth is required"]})").message(),
              "name must be a string; oauth is required");
    EXPECT_EQ(body(R"({"message":["one"]})").message(), "one");
    EXPECT_EQ(body(R"({"message":[],"error":"Conflict"})").message(), "Conflict");
}

TEST_F(ErrorBodies, MayBeAProblem) {
    const auto error = refused<kontext::BadRequestError>(
        {.status = 400,
         .headers = {{"Content-Type", "application/problem+json"}},
         .body = R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"name is too long"})"});
    EXPECT_THAT(error.what(), HasSubstr("400 Bad Request: name is too long ["));
    EXPECT_EQ(error.code(), "kontext_validation_error");
}

TEST_F(ErrorBodies, ShowNoMemberThatIsNamedLikeASecret) {
    const auto error = body(R"({"status":"odd","clientSecret":"shown-once","oauth":{"access_token":["shown-once"]}})");
    EXPECT_EQ(error.message(), R"({"status":"odd","clientSecret":"[redacted]","oauth":{"access_token":"[redacted]"}})");
    EXPECT_THAT(error.body(), HasSubstr("shown-once"));
}

TEST_F(ErrorBodies, MayBeCutThroughAnEmoji) {
    const std::string text = R"({"message":"not a name: \ud83d"})";
    const auto error = body(text);
    EXPECT_EQ(error.message(), "not a name: \xef\xbf\xbd");
    EXPECT_EQ(error.meta().text(), "{\"message\":\"not a name: \xef\xbf\xbd\"}");
    EXPECT_EQ(error.body(), text);
}

TEST_F(ErrorBodies, MayBringACodeWhichWins) {
    const auto error = body(R"({"message":"m","code":"kontext_application_exists"})");
    EXPECT_EQ(error.code(), "kontext_application_exists");
    EXPECT_EQ(error.docsUrl(), "https://docs.kontext.security/errors/kontext_application_exists");
    EXPECT_THAT(error.what(), HasSubstr("[kontext_application_exists, "));
    EXPECT_EQ(body(R"({"code":7})").code(), "kontext_conflict");
    EXPECT_EQ(body(R"({"code":""})").code(), "kontext_conflict");
}

TEST_F(ErrorBodies, AreKeptWithAllElseThatTheyHold) {
    const std::string text = R"({"message":"m","details":{"n":[1,null]},"statusCode":409})";
    const auto error = body(text);
    EXPECT_EQ(error.body(), text);
    EXPECT_THAT(error.meta().text(), AllOf(HasSubstr(R"("details":{"n":[1,null]})"), HasSubstr(R"("statusCode":409)")));
    EXPECT_EQ(body(R"(["no object"])").meta().text(), "{}");
    EXPECT_EQ(body("no json").meta().text(), "{}");
}

TEST_F(ErrorBodies, NameTheScopesThatAreMissing) {
    const auto error = refused<kontext::ForbiddenError>(
        {.status = 403, .body = R"({"error":"insufficient_scope","missingScopes":["applications:write","traces:read"],
                     "hint":"Ask an administrator"})"});
    EXPECT_EQ(error.message(), "Ask an administrator");
    EXPECT_THAT(error.missingScopes(), ElementsAre("applications:write", "traces:read"));
    EXPECT_EQ(error.code(), "kontext_policy_denied");
    EXPECT_THAT(server.requests(), SizeIs(1));
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
    const auto odd = refused<kontext::ForbiddenError>({.status = 403, .body = R"({"missingScopes":[1,"a",null]})"});
    EXPECT_THAT(odd.missingScopes(), ElementsAre("a"));
    EXPECT_THAT(refused<kontext::ForbiddenError>({.status = 403}).missingScopes(), IsEmpty());
}

TEST_F(ErrorBodies, NameTheFieldsThatAreWrong) {
    const auto expectFields = [this](const char* text) {
        SCOPED_TRACE(text);
        for (const int status : {400, 422}) {
            server.respond({.status = status, .body = text});
            try {
                create();
                ADD_FAILURE() << "nothing was thrown";
            } catch (const HttpError& error) {
                ASSERT_THAT(error.validationErrors(), SizeIs(2));
                EXPECT_EQ(error.validationErrors()[0].field, "name");
                EXPECT_EQ(error.validationErrors()[0].message, "is required");
                EXPECT_EQ(error.validationErrors()[1].field, "oauth.redirectUris");
                EXPECT_EQ(error.validationErrors()[1].message, "must be URLs");
                EXPECT_EQ(error.message(), "Bad input");
            }
        }
    };
    for (const char* name : {"validationErrors", "errors"}) {
        const std::string start = std::string(R"({"message":"Bad input",")") + name + "\":";
        expectFields((start + R"([{"field":"name","message":"is required"},
                                  {"field":"oauth.redirectUris","message":"must be URLs","more":1}]})")
                         .c_str());
        expectFields((start + R"({"name":"is required","oauth.redirectUris":["must be URLs"]}})").c_str());
    }
}

TEST_F(ErrorBodies, MayNameFaultsWithoutAField) {
    const auto error = refused<kontext::BadRequestError>(
        {.status = 400, .body = R"({"errors":["too long","too odd",7,null],"message":"Bad"})"});
    ASSERT_THAT(error.validationErrors(), SizeIs(2));
    EXPECT_EQ(error.validationErrors()[0].field, "");
    EXPECT_EQ(error.validationErrors()[0].message, "too long");
    EXPECT_EQ(error.validationErrors()[1].message, "too odd");
    EXPECT_THAT(refused<kontext::BadRequestError>({.status = 400, .body = R"({"errors":7})"}).validationErrors(),
                IsEmpty());
}

TEST_F(ErrorBodies, MayBeThePageOfAGateway) {
    const std::string page = "<html>\r\n<body>\n  <h1>502 Bad Gateway</h1>\n</body>\r\n</html>\n";
    const auto error =
        refused<kontext::ServerError>({.status = 502, .headers = {{"Content-Type", "text/html"}}, .body = page});
    EXPECT_EQ(error.message(), "<html> <body> <h1>502 Bad Gateway</h1> </body> </html>");
    EXPECT_EQ(error.body(), page);
    EXPECT_EQ(error.code(), "kontext_server_error");
}

TEST_F(ErrorBodies, DoNotFillTheLogWithAPage) {
    const std::string page(10'000, 'x');
    const auto error = body(page);
    EXPECT_THAT(error.message(), StartsWith("xxxxxxxxxx"));
    EXPECT_LT(std::string(error.what()).size(), 1000U);
    EXPECT_EQ(error.body(), page);
}

TEST_F(ErrorBodies, MayBeCutOffJson) {
    const auto error = body(R"({"message":"Application not fou)");
    EXPECT_EQ(error.message(), R"({"message":"Application not fou)");
    EXPECT_EQ(error.code(), "kontext_conflict");
}

TEST_F(ErrorBodies, MayNestWithoutEnd) {
    EXPECT_EQ(body(std::string(100'000, '[')).statusCode(), 409);
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
        deep += R"({"a":)";
    EXPECT_EQ(body(deep + '1' + std::string(100'000, '}')).statusCode(), 409);
    EXPECT_EQ(body(R"({"message":"m","a":)" + std::string(100'000, '[') + std::string(100'000, ']') + '}').message(),
              "m");
}

TEST_F(ErrorBodies, CannotBreakTheLine) {
    const auto error = body(R"({"message":"a\nb\r\u001b[31mred\u0000\u007f \u009b \u00fc"})");
    EXPECT_EQ(error.message(), std::string("a\nb\r\x1b[31mred\0\x7f \xc2\x9b \xc3\xbc", 20));
    EXPECT_THAT(error.what(), HasSubstr("a\\nb\\r\\x1b[31mred\\x00\\x7f \\xc2\\x9b \xc3\xbc ["));
}

TEST_F(ErrorBodies, MayBeNoText) {
    const auto error = body("\xff\xfe\x80 {");
    EXPECT_EQ(error.body(), "\xff\xfe\x80 {");
    EXPECT_EQ(error.meta().text(), "{}");
    EXPECT_EQ(error.statusCode(), 409);
}

// Secrets

class Secrets : public Errors {
protected:
    static void expectAbsent(const std::string& secret, const KontextError& error) {
        SCOPED_TRACE(error.what());
        std::vector<std::string> texts = {error.what(),    error.message(),     error.code(),
                                          error.docsUrl(), error.meta().text(), error.requestId().value_or(""),
                                          error.method(),  error.path(),        error.retryStopReason()};
        if (const auto* http = dynamic_cast<const HttpError*>(&error)) {
            texts.push_back(http->body());
            for (const auto& [name, value] : http->headers())
                texts.push_back(value);
            for (const auto& [field, message] : http->validationErrors()) {
                texts.push_back(field);
                texts.push_back(message);
            }
        }
        if (const auto* oauth = dynamic_cast<const OAuthError*>(&error)) {
            texts.push_back(oauth->errorCode());
            texts.push_back(oauth->errorDescription());
        }
        EXPECT_THAT(texts, Each(Not(HasSubstr(secret))));
    }
    /// A response that repeats the secret wherever it can.
    static Response echo(int status, const std::string& secret) {
        return {.status = status,
                .headers = {{"X-Echo", secret}, {"X-Request-Id", secret}},
                .body = R"({"message":")" + secret + R"(","code":")" + secret + R"(","error":")" + secret
                        + R"(","error_description":"bad: )" + secret + R"(","errors":[{"field":")" + secret
                        + R"(","message":")" + secret + R"("}],"more":{"x":[")" + secret + R"("]}})"};
    }
};

TEST_F(Secrets, OfTheAuthorizationDoNotComeBackInAnError) {
    expectAbsent("token-1", refused<kontext::BadRequestError>(echo(400, "token-1")));
    EXPECT_EQ(sent().header("Authorization"), "Bearer token-1");
}

TEST_F(Secrets, OfTheBodyDoNotComeBackInAnError) {
    server.respond(echo(400, "server-t0ken"));
    expectAbsent("server-t0ken", thrown<kontext::BadRequestError>([&] {
                     client.integrations.create({.name = "n", .url = "u", .serverToken = "server-t0ken"});
                 }));
    server.respond(echo(409, "partner-k3y"));
    expectAbsent("partner-k3y", thrown<kontext::ConflictError>([&] {
                     client.applications.update(
                         "a", {.externalAuth = kontext::ExternalAuthInput{.partnerApiKey = "partner-k3y"}});
                 }));
    server.respond(echo(422, "oauth-s3cret"));
    expectAbsent("oauth-s3cret", thrown<kontext::UnprocessableEntityError>([&] {
                     client.integrations.setOAuthConfig("i", {.clientSecret = "oauth-s3cret"});
                 }));
    server.respond(echo(404, "user-t0ken"));
    expectAbsent("user-t0ken", thrown<kontext::NotFoundError>(
                                   [&] { client.integrations.addConnection("i", {.token = "user-t0ken"}); }));
}

TEST_F(Secrets, OfTheClientDoNotComeBackFromTheTokenEndpoint) {
    for (const int status : {400, 401, 403, 418}) {
        server.token(echo(status, "s3cret-of-the-tester"));
        expectAbsent("s3cret-of-the-tester", thrown<OAuthError>([&] { get(); }));
        // sa_tester:s3cret-of-the-tester
        server.token(echo(status, "c2FfdGVzdGVyOnMzY3JldC1vZi10aGUtdGVzdGVy"));
        expectAbsent("c2FfdGVzdGVyOnMzY3JldC1vZi10aGUtdGVzdGVy", thrown<OAuthError>([&] { get(); }));
    }
}

TEST_F(Secrets, OfAnUnusableTokenResponseDoNotComeBack) {
    for (const char* response : {R"({"access_token":"ory_at_secret)", R"({"access_token":"ory_at_secret"} x)",
                                 R"({"access_token":"ory_at_secret","token_type":"mac"})",
                                 R"({"access_token":"ory_at_secret","expires_in":"soon"})",
                                 R"({"access_token":["ory_at_secret"]})", R"({"acess_token":"ory_at_secret"})"}) {
        SCOPED_TRACE(response);
        server.token(Response::json(response));
        expectAbsent("ory_at_secret", thrown<OAuthError>([&] { get(); }));
    }
}

// The token endpoint

class TokenEndpoint : public Errors {
protected:
    OAuthError answersToken(Response response) {
        server.token(std::move(response));
        auto error = thrown<OAuthError>([&] { get({.maxRetries = 0}); });
        EXPECT_EQ(error.code(), "kontext_oauth_token_exchange_failed");
        EXPECT_EQ(error.docsUrl(), "https://docs.kontext.security/errors/kontext_oauth_token_exchange_failed");
        EXPECT_EQ(error.method(), "POST");
        EXPECT_EQ(error.path(), "/oauth2/token");
        EXPECT_THAT(error.what(), HasSubstr(error.message()));
        EXPECT_THAT(error.what(), Not(HasSubstr("s3cret-of-the-tester")));
        EXPECT_THAT(server.requests(), IsEmpty());
        return error;
    }
    std::string url() const { return server.url() + "/oauth2/token"; }
};

TEST_F(TokenEndpoint, ThatDoesNotKnowTheClientPointsAtTheCredentials) {
    for (const int status : {400, 401}) {
        const auto error =
            answersToken({.status = status,
                          .headers = {{"X-Request-Id", "req-5"}},
                          .body = R"({"error":"invalid_client","error_description":"Client authentication failed"})"});
        EXPECT_EQ(error.statusCode(), status);
        EXPECT_EQ(error.errorCode(), "invalid_client");
        EXPECT_EQ(error.errorDescription(), "Client authentication failed");
        EXPECT_EQ(error.requestId(), "req-5");
        EXPECT_EQ(error.attempts(), 1);
        EXPECT_THAT(error.message(), AllOf(StartsWith("Client authentication failed"), HasSubstr("sa_tester"),
                                           HasSubstr("clientId"), HasSubstr("clientSecret")));
        EXPECT_THAT(error.meta().text(), HasSubstr(R"("error":"invalid_client")"));
        EXPECT_EQ(kontext::isUnauthorizedError(error), status == 401);
        EXPECT_FALSE(kontext::isNetworkError(error));
    }
    EXPECT_THAT(server.tokenRequests(), SizeIs(2)); // neither was tried again
}

TEST_F(TokenEndpoint, ThatDoesNotGrantTheScopePointsAtTheScopes) {
    const auto error = answersToken({.status = 400, .body = R"({"error":"invalid_scope"})"});
    EXPECT_EQ(error.errorCode(), "invalid_scope");
    EXPECT_EQ(error.errorDescription(), "");
    EXPECT_THAT(error.message(), AllOf(HasSubstr("scopes"), HasSubstr("management:all")));
}

TEST_F(TokenEndpoint, ThatDoesNotKnowTheAudiencePointsAtIt) {
    const auto error = answersToken(
        {.status = 400,
         .body = R"({"error":"invalid_request","error_description":"Requested audience has not been whitelisted"})"});
    EXPECT_THAT(error.message(), AllOf(HasSubstr("audience ("), HasSubstr(server.url() + "/api/v1")));
}

TEST_F(TokenEndpoint, ThatIsNoTokenEndpointPointsAtItsUrl) {
    for (const char* text : {"<html><h1>Not Found</h1></html>", "", "404 page not found"}) {
        const auto error = answersToken({.status = 404, .headers = {{"Content-Type", "text/html"}}, .body = text});
        EXPECT_EQ(error.statusCode(), 404);
        EXPECT_EQ(error.errorCode(), "");
        EXPECT_THAT(error.message(), HasSubstr(url()));
    }
    EXPECT_THAT(answersToken({.status = 302, .headers = {{"Location", "https://login.example/"}}}).message(),
                AllOf(HasSubstr(url()), HasSubstr("https://login.example/")));
}

TEST_F(TokenEndpoint, ThatAnswersWithSomethingElsePointsAtItsUrl) {
    for (const std::string& text :
         {std::string("<html>Log in</html>"), std::string(), std::string("{}"), std::string("[]"), std::string("null"),
          std::string(R"({"access_token":null})"), std::string(R"({"access_token":""})"),
          std::string(R"({"access_token":7})"), std::string(R"({"access_token":"a b"})"),
          std::string(R"({"access_token":"a\r\nX-Evil: 1"})"), std::string(R"({"access_token":"t"} {})"),
          std::string(R"({"access_token":"t","access_token":"u"})"),
          std::string(R"({"access_token":"t","expires_in":0})"), std::string(R"({"access_token":"t","expires_in":-5})"),
          std::string(R"({"access_token":"t","token_type":"mac"})")}) {
        SCOPED_TRACE(text);
        const auto error = answersToken({.body = text});
        EXPECT_EQ(error.statusCode(), 200);
        EXPECT_THAT(error.message(), HasSubstr(url()));
    }
}

TEST_F(TokenEndpoint, ThatRefusesWithASuccessSaysWhy) {
    const auto error = answersToken(
        {.body = R"({"error":"invalid_client","error_description":"no such client","id_token":"other field"})"});
    EXPECT_EQ(error.statusCode(), 200);
    EXPECT_EQ(error.errorCode(), "invalid_client");
    EXPECT_EQ(error.errorDescription(), "no such client");
    EXPECT_THAT(error.message(), AllOf(HasSubstr("it is an OAuth error: invalid_client: no such client; check "),
                                       HasSubstr("clientSecret"), Not(HasSubstr("access_token"))));
    EXPECT_THAT(error.what(), Not(HasSubstr("other field")));
    EXPECT_EQ(answersToken({.body = R"({"error":"invalid_scope"})"}).errorCode(), "invalid_scope");
}

TEST_F(TokenEndpoint, ThatSaysNothingIsSaidToSayNothing) {
    EXPECT_THAT(answersToken({.status = 204}).message(), HasSubstr("it is empty"));
    EXPECT_THAT(answersToken({.body = "\n"}).message(), HasSubstr("it is empty"));
}

TEST_F(TokenEndpoint, MayCutATextThroughAnEmoji) {
    server.token(Response::json(R"({"access_token":"t","scope":"\ud83d","\ude00":1})"));
    answers(anApplication);
    get();
    EXPECT_EQ(sent().header("Authorization"), "Bearer t");
    client.clearToken();
    server.token({.status = 400, .body = R"({"error":"e","error_description":"no \ud83d"})"});
    EXPECT_EQ(thrown<OAuthError>([&] { get(); }).errorDescription(), "no \xef\xbf\xbd");
}

TEST_F(TokenEndpoint, ThatIsBusyIsAskedAgain) {
    for (const int status : {500, 503, 429, 408})
        server.token({.status = status}).token(Response::json(R"({"access_token":"at-last","expires_in":3600})"));
    answers(anApplication);
    for (int i = 1; i <= 4; ++i) {
        get();
        EXPECT_EQ(sent().header("Authorization"), "Bearer at-last");
        EXPECT_THAT(server.tokenRequests(), SizeIs(2 * i));
        client.clearToken();
    }
}

TEST_F(TokenEndpoint, ThatStaysBusyIsGivenUp) {
    server.token({.status = 503, .body = "upstream is down"});
    const auto error = thrown<OAuthError>([&] { get(); });
    EXPECT_EQ(error.statusCode(), 503);
    EXPECT_EQ(error.attempts(), 3);
    EXPECT_THAT(error.message(), AllOf(StartsWith("upstream is down"), HasSubstr(url())));
    EXPECT_THAT(server.tokenRequests(), SizeIs(3));
    EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(TokenEndpoint, ThatFailedOnceIsAskedByTheNextCall) {
    answersToken({.status = 401, .body = R"({"error":"invalid_client"})"});
    server.token(Response::json(R"({"access_token":"token-x"})"));
    answers(anApplication);
    get();
    EXPECT_EQ(sent().header("Authorization"), "Bearer token-x");
}

TEST_F(TokenEndpoint, ThatRefusesFailsARefresh) {
    server.token({.status = 401, .body = R"({"error":"invalid_client"})"});
    EXPECT_EQ(thrown<OAuthError>([&] { client.refreshToken(); }).errorCode(), "invalid_client");
}

TEST_F(TokenEndpoint, ThatGivesNoAnswerIsANetworkErrorAndNothingWasProcessed) {
    server.token(Response::closing());
    const auto error = thrown<NetworkError>([&] { create(); });
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.path(), "/oauth2/token");
    EXPECT_EQ(error.attempts(), 3);
    EXPECT_EQ(error.statusCode(), 0);
    EXPECT_THAT(server.requests(), IsEmpty());
    EXPECT_THAT(server.tokenRequests(), SizeIs(3));
}

TEST_F(TokenEndpoint, ThatHangsIsATimeoutAndNothingWasProcessed) {
    server.token(Response::hanging());
    const auto error = thrown<TimeoutError>([&] { create({.timeout = 50ms}); });
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_THAT(server.requests(), IsEmpty());
}

// 401

class Unauthorized : public Errors {};

TEST_F(Unauthorized, OnceIsReplayedWithANewToken) {
    server.respond({.status = 401}).respond(Response::json(anApplication));
    kontext::ResponseInfo info;
    get({.info = &info});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(info.statusCode, 200);
    EXPECT_EQ(sent().header("Authorization"), "Bearer token-2");
    get();
    EXPECT_EQ(sent().header("Authorization"), "Bearer token-2"); // which is kept
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
}

TEST_F(Unauthorized, TwiceIsTheAnswer) {
    server.respond({.status = 401, .body = R"({"message":"Token revoked"})"});
    kontext::ResponseInfo info;
    const auto error = thrown<kontext::UnauthorizedError>([&] { get({.info = &info}); });
    EXPECT_EQ(error.message(), "Token revoked");
    EXPECT_EQ(error.attempts(), 2);
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(info.statusCode, 401);
    EXPECT_TRUE(kontext::isUnauthorizedError(error));
    EXPECT_THAT(server.requests(), SizeIs(2));
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
}

TEST_F(Unauthorized, TwiceIsTheAnswerForACreateToo) {
    server.respond({.status = 401});
    EXPECT_EQ(thrown<kontext::UnauthorizedError>([&] { create(); }).attempts(), 2);
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(Unauthorized, LeavesTheRetriesAsTheyWere) {
    server.respond({.status = 401})
        .respond({.status = 503})
        .respond({.status = 503})
        .respond(Response::json(anApplication));
    kontext::ResponseInfo info;
    get({.info = &info});
    EXPECT_EQ(info.attempts, 4);
}

TEST_F(Unauthorized, EndsInTheTokenEndpointsRefusal) {
    server.token(Response::json(R"({"access_token":"token-a"})"));
    server.respond({.status = 401});
    EXPECT_THROW(get(), kontext::UnauthorizedError);
    server.token({.status = 401, .body = R"({"error":"invalid_client"})"});
    EXPECT_EQ(thrown<OAuthError>([&] { get(); }).errorCode(), "invalid_client");
}

TEST_F(Unauthorized, IsNotA403) {
    server.respond({.status = 403});
    EXPECT_EQ(thrown<kontext::ForbiddenError>([&] { get(); }).attempts(), 1);
    EXPECT_THAT(server.requests(), SizeIs(1));
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
}

// Retries

class Retries : public Errors {};

TEST_F(Retries, MakeATransientFailureGood) {
    for (const int status : {408, 429, 500, 502, 503, 504}) {
        server.respond({.status = status}).respond({.status = status}).respond(Response::json(anApplication));
        kontext::ResponseInfo info;
        get({.info = &info});
        EXPECT_EQ(info.attempts, 3) << status;
    }
}

TEST_F(Retries, EndAfterAsManyAsWereAskedFor) {
    server.respond({.status = 503, .body = R"({"message":"Busy"})"});
    const auto error = thrown<kontext::ServerError>([&] { get({.maxRetries = 4}); });
    EXPECT_EQ(error.attempts(), 5);
    EXPECT_THAT(error.retryStopReason(), "retry limit (4) reached");
    EXPECT_THAT(error.what(), AllOf(HasSubstr("attempt 5/5"), HasSubstr(error.retryStopReason())));
    EXPECT_THAT(server.requests(), SizeIs(5));
}

TEST_F(Retries, AreNotForWhatWouldFailAlike) {
    std::size_t sends = 0;
    for (const int status : {400, 403, 404, 409, 412, 418, 422, 501, 505}) {
        server.respond({.status = status});
        EXPECT_THROW(get(), HttpError);
        EXPECT_THAT(server.requests(), SizeIs(++sends)) << status;
    }
}

TEST_F(Retries, OfAPostAreOnlyFor429) {
    server.respond({.status = 429}).respond(Response::json(R"({"application":{"id":"x"},"oauth":{}})"));
    create();
    EXPECT_THAT(server.requests(), SizeIs(2));
    server.respond({.status = 500});
    EXPECT_EQ(thrown<kontext::ServerError>([&] { create(); }).attempts(), 1);
}

TEST_F(Retries, WaitAsTheServerSays) {
    server.respond({.status = 429, .headers = {{"Retry-After", "0"}}}).respond(Response::json(anApplication));
    get();
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(Retries, EndAtOnceIfTheServerAsksForTooMuch) {
    const auto error = refused<kontext::RateLimitError>({.status = 429, .headers = {{"retry-after", "3600"}}});
    EXPECT_EQ(error.retryAfter(), 3600s);
    server.respond({.status = 503, .headers = {{"Retry-After", "61"}}});
    const auto other = thrown<kontext::ServerError>([&] { get(); });
    EXPECT_EQ(other.retryAfter(), 61s);
    EXPECT_EQ(other.attempts(), 1);
    EXPECT_THAT(other.retryStopReason(), HasSubstr("61 s"));
}

TEST_F(Retries, EndAtOnceIfTheWaitWouldOutlastTheCall) {
    server.respond({.status = 503, .headers = {{"Retry-After", "30"}}});
    const auto error = thrown<kontext::ServerError>([&] { get({.timeout = 5s}); });
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(error.retryAfter(), 30s);
}

// Size

class LargeResponses : public Wired {
protected:
    static constexpr std::size_t limit = 200;
    Client small{[this] {
        auto config = configFor(server);
        config.maxResponseBytes = limit;
        return config;
    }()};

    static std::string application(std::size_t size) {
        const std::string start = R"({"application":{"id":"x","name":")";
        return start + std::string(size - start.size() - 3, 'n') + R"("}})";
    }
};

TEST_F(LargeResponses, OfExactlyTheLimitAreRead) {
    for (const bool chunked : {false, true}) {
        server.respond({.body = application(limit), .chunked = chunked});
        EXPECT_EQ(small.applications.get("app-1").application.id, "x");
    }
}

TEST_F(LargeResponses, BeyondTheLimitAreAnErrorOfTheirOwn) {
    for (const bool chunked : {false, true}) {
        for (const std::size_t size : {limit + 1, std::size_t{1'000'000}}) {
            server.respond({.headers = {{"X-Request-Id", "req-2"}}, .body = application(size), .chunked = chunked});
            const auto error = thrown<DecodeError>([&] { small.applications.get("app-1"); });
            EXPECT_EQ(error.code(), "kontext_response_too_large");
            EXPECT_EQ(error.statusCode(), 200);
            EXPECT_EQ(error.requestId(), "req-2");
            EXPECT_EQ(error.pointer(), "");
            EXPECT_EQ(error.attempts(), 1);
            EXPECT_THAT(error.message(), HasSubstr("200"));
        }
    }
    EXPECT_THAT(server.requests(), SizeIs(4));
}

TEST_F(LargeResponses, AreMeasuredAfterDecompression) {
    // 50,000 times the letter x
    const std::string zipped("\037\213\010\000\000\000\000\000\002\003\355\301\001\015\000\000\000\302\240\332\217\157"
                             "\017\007\024\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
                             "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
                             "\000\000\000\000\000\000\000\117\006\332\037\356\265\120\303\000\000",
                             83);
    server.on([&zipped](const Request& request) -> Response {
        if (request.header("Accept-Encoding") != "gzip") return {.body = std::string(50'000, 'x')};
        return {.headers = {{"Content-Encoding", "gzip"}}, .body = zipped};
    });
    EXPECT_EQ(thrown<DecodeError>([&] { small.applications.get("app-1"); }).code(), "kontext_response_too_large");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(LargeResponses, OfErrorsAreCut) {
    server.respond({.status = 404, .body = std::string(100'000, 'x')});
    const auto error = thrown<kontext::NotFoundError>([&] { small.applications.get("app-1"); });
    EXPECT_EQ(error.body(), std::string(limit, 'x'));
    EXPECT_THAT(error.message(), StartsWith("xxx"));
}

TEST_F(LargeResponses, OfTheTokenEndpointCannotBeUsed) {
    server.token(Response::json(R"({"access_token":")" + std::string(limit, 't') + "\"}"));
    const auto error = thrown<OAuthError>([&] { small.applications.get("app-1"); });
    EXPECT_EQ(error.statusCode(), 200);
    EXPECT_THAT(error.message(), HasSubstr("maxResponseBytes"));
    EXPECT_THAT(error.what(), Not(HasSubstr("tttt")));
}

// The network

/// A connection that fails before the response is complete.
struct Fault {
    const char* name;
    Response response;
    NetworkErrorKind kind;
};

constexpr const char* head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

const std::vector<Fault> faults = {
    {"Closed", Response::closing(), NetworkErrorKind::receive},
    {"Reset", Response::resetting(), NetworkErrorKind::receive},
    {"ClosedInTheStatusLine", Response::bytes("HTTP/1.1 20"), NetworkErrorKind::receive},
    {"ClosedInTheHeaders", {.body = anApplication, .cutAt = 30}, NetworkErrorKind::receive},
    {"ClosedInTheBody", Response::bytes(std::string(head) + "Content-Length: 27\r\n\r\n{\"appl"),
     NetworkErrorKind::receive},
    {"ResetInTheBody",
     {.raw = std::string(head) + "Content-Length: 27\r\n\r\n{\"appl", .end = Response::End::reset},
     NetworkErrorKind::receive},
    {"ShorterThanItsLength",
     {.body = anApplication, .contentLength = 1000, .end = Response::End::close},
     NetworkErrorKind::receive},
    {"ClosedInAChunk", Response::bytes(std::string(head) + "Transfer-Encoding: chunked\r\n\r\n1b\r\n{\"appl"),
     NetworkErrorKind::receive},
    {"ClosedBeforeTheLastChunk",
     Response::bytes(std::string(head) + "Transfer-Encoding: chunked\r\n\r\n1a\r\n" + anApplication + "\r\n"),
     NetworkErrorKind::receive},
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class EveryFault : public Errors, public testing::WithParamInterface<Fault> {
protected:
    const Fault& fault = GetParam();
};

TEST_P(EveryFault, OfAGetIsMadeGoodByARetry) {
    server.respond(fault.response).respond(fault.response).respond(Response::json(anApplication));
    kontext::ResponseInfo info;
    get({.info = &info});
    EXPECT_EQ(info.attempts, 3);
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryFault, OfADeleteIsMadeGoodByARetry) {
    server.respond(fault.response).respond({.status = 204});
    kontext::ResponseInfo info;
    client.applications.archive("app-1", {.info = &info});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(info.statusCode, 204);
}

TEST_P(EveryFault, OfAGetIsANetworkErrorIfItStays) {
    server.respond(fault.response);
    kontext::ResponseInfo info;
    const auto error = thrown<NetworkError>([&] { get({.info = &info}); });
    EXPECT_EQ(error.kind(), fault.kind);
    EXPECT_EQ(error.code(), "kontext_network_error");
    EXPECT_EQ(error.docsUrl(), "https://docs.kontext.security/errors/kontext_network_error");
    EXPECT_EQ(error.statusCode(), 0);
    EXPECT_EQ(error.attempts(), 3);
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_THAT(error.retryStopReason(), "retry limit (2) reached");
    EXPECT_THAT(error.what(), AllOf(StartsWith("GET /api/v1/applications/app-1 -> "), HasSubstr("attempt 3/3")));
    EXPECT_TRUE(kontext::isNetworkError(error));
    EXPECT_EQ(info.attempts, 3);
    EXPECT_EQ(info.statusCode, 0);
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryFault, OfACreateIsNotRepeated) {
    server.respond(fault.response);
    const auto error = thrown<NetworkError>([&] { create(); });
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.kind(), fault.kind);
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_THAT(error.retryStopReason(), HasSubstr("POST"));
    EXPECT_THAT(server.requests(), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(, EveryFault, testing::ValuesIn(faults),
                         [](const auto& row) { return std::string(row.param.name); });

class Network : public Errors {
protected:
    /// A port where nobody listens any more.
    static std::string nobody() { return WireServer().url(); }
};

TEST_F(Network, ThatClosesAConnectionInUseHasNoPostSentTwice) {
    server.on([](const Request& request) {
        return request.method == "GET" ? Response::json(anApplication) : Response::closing();
    });
    get();
    const auto error = thrown<NetworkError>([&] { create(); });
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_THAT(server.requests(), SizeIs(2));
    EXPECT_EQ(sent().connection, 1); // it was a connection used before: libcurl alone would have sent it again
}

TEST_F(Network, ThatClosesAConnectionInUseHasGetsCountedAsTheyAre) {
    std::atomic<int> calls{0};
    server.on(
        [&calls](const Request&) { return ++calls == 2 ? Response::resetting() : Response::json(anApplication); });
    get();
    kontext::ResponseInfo info;
    get({.info = &info});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_F(Network, ThatDoesNotSpeakHttpIsAProtocolError) {
    for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01\x00\x02\x02\x16", "garbage\r\n\r\n"}) {
        server.respond(Response::bytes(bytes));
        const auto error = thrown<NetworkError>([&] { get({.maxRetries = 0}); });
        EXPECT_EQ(error.kind(), NetworkErrorKind::protocol) << bytes;
        EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    }
}

TEST_F(Network, ThatCompressesBadlyIsAProtocolError) {
    server.on([](const Request& request) -> Response {
        if (request.header("Accept-Encoding") != "gzip") return Response::bytes("garbage"); // nothing to unzip with
        return {.headers = {{"Content-Encoding", "gzip"}}, .body = "this was never zipped"};
    });
    EXPECT_EQ(thrown<NetworkError>([&] { get({.maxRetries = 0}); }).kind(), NetworkErrorKind::protocol);
}

TEST_F(Network, ThatSendsHeadersWithoutEndIsAProtocolError) {
    server.respond(Response::bytes("HTTP/1.1 200 OK\r\nX-Long: " + std::string(2'000'000, 'x') + "\r\n\r\n{}"));
    EXPECT_EQ(thrown<NetworkError>([&] { get({.maxRetries = 0}); }).kind(), NetworkErrorKind::protocol);
}

TEST_F(Network, WhereNobodyListensRefusesAndNothingWasProcessed) {
    const Client lost({.baseUrl = nobody(),
                       .credentials = {.clientId = "sa_x", .clientSecret = "y"},
                       .tokenUrl = server.url() + "/oauth2/token",
                       .retry = {.initialDelay = 1ms}});
    const auto error = thrown<NetworkError>([&] { lost.applications.create({.name = "A"}); });
    EXPECT_EQ(error.kind(), NetworkErrorKind::connect);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.method(), "POST");
    EXPECT_EQ(error.path(), "/api/v1/applications");
    EXPECT_EQ(error.attempts(), 3); // it was never sent, so that even a POST may be tried again
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
}

TEST_F(Network, WhereNobodyListensHasNoTokenEither) {
    auto config = configFor(server);
    config.baseUrl = nobody();
    const auto error = thrown<NetworkError>([&] { Client(config).applications.get("app-1"); });
    EXPECT_EQ(error.kind(), NetworkErrorKind::connect);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.path(), "/oauth2/token");
}

// Time

class TimeLimits : public Errors {
protected:
    Client hurried{[this] {
        auto config = configFor(server);
        config.timeouts.attempt = 60ms;
        return config;
    }()};
};

TEST_F(TimeLimits, OfAnAttemptEndAHangingResponse) {
    server.respond(Response::hanging());
    const auto error = thrown<TimeoutError>([&] { hurried.applications.get("app-1", {.maxRetries = 0}); });
    EXPECT_EQ(error.kind(), NetworkErrorKind::timeout);
    EXPECT_EQ(error.code(), "kontext_network_error");
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.statusCode(), 0);
    EXPECT_THAT(error.message(), HasSubstr("60 ms"));
    EXPECT_TRUE(kontext::isNetworkError(error));
}

TEST_F(TimeLimits, OfAnAttemptAreEachAttemptsOwn) {
    server.respond(Response::hanging()).respond(Response::json(anApplication));
    kontext::ResponseInfo info;
    hurried.applications.get("app-1", {.info = &info});
    EXPECT_EQ(info.attempts, 2);
}

TEST_F(TimeLimits, OfAnAttemptDoNotHaveACreateRepeated) {
    server.respond(Response::hanging());
    const auto error = thrown<TimeoutError>([&] { hurried.applications.create({.name = "A"}); });
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(TimeLimits, OfAnAttemptEndADrippingResponse) {
    server.respond({.body = R"({"application":{"id":"x"}})", .drip = 20ms});
    EXPECT_THROW(hurried.applications.get("app-1", {.maxRetries = 0}), TimeoutError);
}

TEST_F(TimeLimits, OfAnAttemptEndAResponseThatStops) {
    server.respond({.body = anApplication, .contentLength = 1000, .end = Response::End::hang});
    EXPECT_THROW(hurried.applications.get("app-1", {.maxRetries = 0}), TimeoutError);
}

TEST_F(TimeLimits, OfTheCallHoldForAllItsAttempts) {
    server.respond(Response::hanging());
    const auto error =
        thrown<TimeoutError>([&] { hurried.applications.get("app-1", {.timeout = 100ms, .maxRetries = 50}); });
    EXPECT_THAT(error.message(), HasSubstr("100 ms"));
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_LE(error.attempts(), 3);
}

TEST_F(TimeLimits, OfTheCallEndOneLongAttempt) {
    server.respond(Response::hanging());
    const auto error = thrown<TimeoutError>([&] { get({.timeout = 60ms}); });
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_THAT(error.message(), HasSubstr("60 ms"));
}

TEST_F(TimeLimits, OfTheCallMustBeMoreThanNothing) {
    EXPECT_EQ(thrown<kontext::ConfigError>([&] { get({.timeout = 0ms}); }).field(), "timeout");
    EXPECT_EQ(thrown<kontext::ConfigError>([&] { get({.timeout = -1ms}); }).message(),
              "timeout must be greater than zero (got -1 ms)");
    EXPECT_EQ(thrown<kontext::ConfigError>([&] { get({.maxRetries = -1}); }).field(), "maxRetries");
    EXPECT_STREQ(thrown<kontext::ConfigError>([&] { client.refreshToken({.maxRetries = -2}); }).what(),
                 "POST /oauth2/token: maxRetries must not be negative (got -2) [kontext_config_invalid]");
    EXPECT_THAT(server.requests(), IsEmpty());
}

// Cancellation

class Cancellation : public Errors {
protected:
    kontext::CancellationSource source{};

    /// Calls on another thread, cancels once `arrived` returns, and gives the error, which must come soon.
    template <class Call, class Arrived>
    kontext::CancelledError cancelled(Call call, Arrived arrived) {
        auto running = std::async(std::launch::async, [&] { call(CallOptions{.cancel = source.token()}); });
        EXPECT_TRUE(arrived());
        const auto before = std::chrono::steady_clock::now();
        source.cancel();
        auto error = thrown<kontext::CancelledError>([&] { running.get(); });
        EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
        EXPECT_EQ(error.code(), "kontext_cancelled");
        EXPECT_FALSE(kontext::isNetworkError(error));
        return error;
    }
};

TEST_F(Cancellation, WakesAHangingTransfer) {
    server.respond(Response::hanging());
    const auto error =
        cancelled([&](const CallOptions& options) { get(options); }, [&] { return server.waitForRequests(1); });
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(error.method(), "GET");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(Cancellation, WakesAHangingCreate) {
    server.respond(Response::hanging());
    const auto error =
        cancelled([&](const CallOptions& options) { create(options); }, [&] { return server.waitForRequests(1); });
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
}

TEST_F(Cancellation, WakesAResponseThatStopped) {
    server.respond({.body = anApplication, .contentLength = 1000, .end = Response::End::hang});
    EXPECT_TRUE(cancelled([&](const CallOptions& options) { get(options); }, [&] { return server.waitForRequests(1); })
                    .requestMayHaveBeenProcessed());
}

/// Tells when a call is about to wait.
class WaitWatcher : public kontext::CallObserver {
public:
    void onAttempt(const kontext::AttemptInfo& attempt) override {
        if (attempt.retryDelay) begins_.set_value();
    }
    bool waitBegins() { return begins_.get_future().wait_for(10s) == std::future_status::ready; }

private:
    std::promise<void> begins_{};
};

TEST_F(Cancellation, WakesTheWaitBeforeARetry) {
    auto config = configFor(server);
    const auto watcher = std::make_shared<WaitWatcher>();
    config.observer = watcher;
    const Client watched(config);
    server.respond({.status = 429, .headers = {{"Retry-After", "50"}}});
    const auto error = cancelled([&](const CallOptions& options) { watched.applications.get("app-1", options); },
                                 [&] { return watcher->waitBegins(); });
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed()); // a 429 was not
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(Cancellation, WakesAHangingTokenRequest) {
    server.token(Response::hanging());
    const auto error =
        cancelled([&](const CallOptions& options) { create(options); }, [&] { return server.waitForTokenRequests(1); });
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(Cancellation, WakesARefresh) {
    server.token(Response::hanging());
    cancelled([&](const CallOptions& options) { client.refreshToken(options); },
              [&] { return server.waitForTokenRequests(1); });
}

TEST_F(Cancellation, LeavesTheClientAsGoodAsItWas) {
    server.respond(Response::hanging()).respond(Response::json(anApplication));
    cancelled([&](const CallOptions& options) { get(options); }, [&] { return server.waitForRequests(1); });
    get();
    EXPECT_THAT(server.requests(), SizeIs(2));
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
}

TEST(TokenEndpointWithOurSecret, ThatRepeatsTheSecretAsItWasSentDoesNotGetItIntoTheError) {
    kontext_test::WireServer server;
    server.token(
        {.status = 401,
         .body = R"({"error":"invalid_client","error_description":"got p%40ss%2Fword%2B1234 and p@ss/word+1234"})"});
    const kontext::KontextManagementClient client(
        {.baseUrl = server.url(), .credentials = {.clientId = "a", .clientSecret = "p@ss/word+1234"}});
    try {
        client.applications.list();
        FAIL();
    } catch (const kontext::OAuthError& error) {
        EXPECT_EQ(error.errorDescription(), "got [redacted] and [redacted]");
        EXPECT_EQ(std::string(error.what()).find("word"), std::string::npos) << error.what();
        EXPECT_EQ(error.meta().text().find("word"), std::string::npos) << error.meta().text();
    }
}

TEST(ResponseInfo, IsEmptyAfterACallThatSentNothing) {
    kontext_test::WireServer server;
    kontext::ResponseInfo info{.statusCode = 200, .requestId = "req_before", .attempts = 3};
    const kontext::KontextManagementClient client(
        {.baseUrl = server.url(), .credentials = {.clientId = "a", .clientSecret = "b"}});
    EXPECT_THROW(client.applications.get("..", {.info = &info}), kontext::ConfigError);
    EXPECT_EQ(info.attempts, 0);
    EXPECT_EQ(info.statusCode, 0);
    EXPECT_EQ(info.requestId, "");
}

} // namespace
