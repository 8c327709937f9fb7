#include "auth/token_request.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "fake_clock.hpp"
#include "transport/header_fields.hpp"

namespace kontext::token_request_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* good = R"({"access_token":"t0ken","token_type":"Bearer","expires_in":3600})";

/// Answers what it is told, the last answer again and again, and keeps what it was sent.
class Endpoint : public Transport {
public:
    HttpResponse send(const HttpRequest& request) override {
        requests.push_back(request);
        HttpResponse response = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return response;
    }

    std::deque<HttpResponse> answers{{200, {}, good}};
    std::vector<HttpRequest> requests{};
};

class TokenRequestTest : public testing::Test {
protected:
    TokenRequestTest() {
        context.transport = endpoint;
        context.clock = clock;
        context.maxResponseBytes = 1000;
        context.userAgent = "kontext-cpp/test";
    }

    IssuedToken issue(int maxRetries = 2) {
        const CallDeadline deadline(*clock, 120s, maxRetries, {});
        return TokenRequest(context, address).issue(credentials, deadline);
    }
    /// The error of a mint that fails.
    OAuthError refusal() {
        try {
            issue();
        } catch (const OAuthError& error) {
            return error;
        }
        throw std::logic_error("the token request was answered");
    }
    void answer(int status, std::string body) { endpoint->answers = {{status, {}, std::move(body)}}; }

    std::shared_ptr<Endpoint> endpoint = std::make_shared<Endpoint>();
    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    CallContext context{};
    TokenEndpoint address{"https://api.test/oauth2/token", "management:all", "https://api.test/api/v1"};
    Credentials credentials{"sa_1", Secret("hush hush+hush")};
};

TEST_F(TokenRequestTest, BringsAToken) {
    const IssuedToken issued = issue();
    EXPECT_EQ(issued.token, Secret("t0ken"));
    EXPECT_EQ(issued.lifetime, 1h);
}

TEST_F(TokenRequestTest, AsksAsRfc6749HasIt) {
    issue();
    ASSERT_EQ(endpoint->requests.size(), 1U);
    const HttpRequest& request = endpoint->requests[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://api.test/oauth2/token");
    EXPECT_EQ(request.body,
              "grant_type=client_credentials&scope=management%3Aall&audience=https%3A%2F%2Fapi.test%2Fapi%2Fv1");
    EXPECT_EQ(*findHeader(request.headers, "Content-Type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(*findHeader(request.headers, "Accept"), "application/json");
    EXPECT_EQ(*findHeader(request.headers, "User-Agent"), "kontext-cpp/test");
    // base64("sa_1:hush+hush%2Bhush"): both parts are form-encoded first.
    EXPECT_EQ(*findHeader(request.headers, "Authorization"), "Basic c2FfMTpodXNoK2h1c2glMkJodXNo");
}

TEST_F(TokenRequestTest, JoinsScopesByPlus) {
    address.scope = "a:read b:write";
    issue();
    EXPECT_THAT(endpoint->requests[0].body, HasSubstr("&scope=a%3Aread+b%3Awrite&"));
}

TEST_F(TokenRequestTest, LeavesOutAnEmptyScopeAndAudience) {
    address.scope.clear();
    address.audience.clear();
    issue();
    EXPECT_EQ(endpoint->requests[0].body, "grant_type=client_credentials");
}

TEST_F(TokenRequestTest, IsRepeatedThoughItIsAPost) {
    endpoint->answers = {{503, {}, ""}, {502, {}, ""}, {200, {}, good}};
    EXPECT_EQ(issue().token, Secret("t0ken"));
    EXPECT_EQ(endpoint->requests.size(), 3U);
}

TEST_F(TokenRequestTest, IsNotSentForACallWhoseTimeIsOver) {
    const CallDeadline deadline(*clock, 10s, 2, {});
    clock->advance(10s);
    try {
        TokenRequest(context, address).issue(credentials, deadline);
        ADD_FAILURE() << "it was sent";
    } catch (const TimeoutError& error) {
        EXPECT_EQ(error.message(), "the call timed out after 10 s before the request was sent");
        EXPECT_EQ(error.path(), "/oauth2/token");
        EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    }
    EXPECT_TRUE(endpoint->requests.empty());
}

TEST_F(TokenRequestTest, IsNotRepeatedAtOnceIfTheEndpointNamesNoWait) {
    endpoint->answers = {{429, {{"Retry-After", "0"}}, ""}, {200, {}, good}};
    issue();
    EXPECT_THAT(clock->waits(), testing::ElementsAre(500ms));
}

TEST_F(TokenRequestTest, IsNotRepeatedWhenItIsRefused) {
    answer(401, R"({"error":"invalid_client"})");
    refusal();
    EXPECT_EQ(endpoint->requests.size(), 1U);
}

TEST_F(TokenRequestTest, SaysWhatTheEndpointSaid) {
    answer(400, R"({"error":"invalid_scope","error_description":"No such scope","code":"their_code"})");
    const OAuthError error = refusal();
    EXPECT_EQ(error.errorCode(), "invalid_scope");
    EXPECT_EQ(error.errorDescription(), "No such scope");
    EXPECT_EQ(error.statusCode(), 400);
    EXPECT_EQ(error.code(), "kontext_oauth_token_exchange_failed");
    EXPECT_EQ(error.method(), "POST");
    EXPECT_EQ(error.path(), "/oauth2/token");
}

TEST_F(TokenRequestTest, SaysWhatToCheck) {
    struct Case {
        int status;
        const char* body;
        const char* check;
    };
    const std::vector<Case> cases{
        {401, R"({"error":"invalid_client"})", "; check credentials.clientId (sa_1) and credentials.clientSecret"},
        {400, R"({"error":"invalid_scope"})", "; check scopes (management:all)"},
        {400, R"({"error":"invalid_request","error_description":"unknown scope"})", "; check scopes (management:all)"},
        {400, R"({"error":"invalid_target"})", "; check audience (https://api.test/api/v1)"},
        {403, R"({"error":"invalid_request","error_description":"bad audience"})",
         "; check audience (https://api.test/api/v1)"},
        {400, R"({"error":"unauthorized_client"})", "; check credentials.clientId (sa_1)"},
        {403, R"({"error":"access_denied"})", "; check credentials.clientId (sa_1)"},
        {400, R"({"error":"else"})",
         "; check credentials.clientId (sa_1), scopes (management:all) and audience (https://api.test/api/v1)"},
        {404, "<html>Not Found</html>", "; check tokenUrl (https://api.test/oauth2/token)"},
        {302, "", "; check tokenUrl (https://api.test/oauth2/token)"},
        {500, R"({"error":"invalid_client"})", "; check tokenUrl (https://api.test/oauth2/token), or try again later"},
        {429, "", "; check tokenUrl (https://api.test/oauth2/token), or try again later"},
    };
    for (const Case& c : cases) {
        answer(c.status, c.body);
        EXPECT_THAT(refusal().message(), testing::EndsWith(c.check)) << c.status << ' ' << c.body;
    }
}

TEST_F(TokenRequestTest, RefusesAResponseThatCannotBeUsed) {
    for (const char* body :
         {"", "{}", "<html>", R"({"access_token":""})", R"({"access_token":"t0ken","expires_in":0})"}) {
        answer(200, body);
        const OAuthError error = refusal();
        EXPECT_THAT(error.message(), HasSubstr("invalid response from the token endpoint: ")) << body;
        EXPECT_THAT(error.message(), HasSubstr("check tokenUrl (https://api.test/oauth2/token)")) << body;
        EXPECT_EQ(error.statusCode(), 200);
    }
}

TEST_F(TokenRequestTest, SaysThatTheResponseIsEmpty) {
    answer(204, "");
    EXPECT_THAT(refusal().message(),
                HasSubstr("invalid response from the token endpoint: it is empty; check tokenUrl"));
}

// Some servers refuse with status 200.
TEST_F(TokenRequestTest, SaysWhatTheEndpointSaidWithASuccess) {
    answer(200, R"({"error":"invalid_client","error_description":"hush hush+hush is wrong","refresh_token":"hidden"})");
    const OAuthError error = refusal();
    EXPECT_EQ(error.errorCode(), "invalid_client");
    EXPECT_EQ(error.errorDescription(), "[redacted] is wrong");
    EXPECT_EQ(error.message(),
              "invalid response from the token endpoint: it is an OAuth error: invalid_client: [redacted] is wrong; "
              "check credentials.clientId (sa_1) and credentials.clientSecret");
    EXPECT_EQ(error.statusCode(), 200);
    EXPECT_EQ(error.code(), "kontext_oauth_token_exchange_failed");
    EXPECT_EQ(error.meta().text(), "{}");
    EXPECT_EQ(endpoint->requests.size(), 1U);
}

TEST_F(TokenRequestTest, RefusesAResponseThatIsTooLarge) {
    answer(200, R"({"access_token":")" + std::string(2000, 't') + "\"}");
    EXPECT_THAT(refusal().message(), HasSubstr("larger than maxResponseBytes"));
}

TEST_F(TokenRequestTest, KeepsSecretsOutOfErrors) {
    for (const int status : {200, 204, 400, 401, 500}) {
        // An endpoint that sends back all that it got, and with a success a token that cannot be used.
        answer(status, std::string(status == 200 ? R"({"access_token":"t0ken-t0ken t0ken",)" : "{")
                           + R"("error":"hush hush+hush","message":"hush hush+hush",)"
                             R"("code":"c2FfMTpodXNoK2h1c2glMkJodXNo"})");
        const OAuthError error = refusal();
        for (const std::string& text : {std::string(error.what()), error.message(), error.errorCode(),
                                        error.meta().text(), error.code(), error.errorDescription()}) {
            EXPECT_THAT(text, Not(HasSubstr("hush hush"))) << status;
            EXPECT_THAT(text, Not(HasSubstr("c2FfMTpodXNo"))) << status;
            EXPECT_THAT(text, Not(HasSubstr("t0ken"))) << status;
        }
    }
}

TEST_F(TokenRequestTest, HasAKeyOfAllThatATokenDependsOn) {
    const std::string key = TokenRequest(context, address).key(credentials);
    const auto keyOf = [this](TokenEndpoint other, const std::string& clientId) {
        return TokenRequest(context, std::move(other)).key({clientId, Secret("hush hush+hush")});
    };
    EXPECT_EQ(keyOf(address, "sa_1"), key);
    EXPECT_NE(keyOf(address, "sa_2"), key);
    EXPECT_NE(keyOf({"https://b.test/oauth2/token", address.scope, address.audience}, "sa_1"), key);
    EXPECT_NE(keyOf({address.url, "other", address.audience}, "sa_1"), key);
    EXPECT_NE(keyOf({address.url, address.scope, "other"}, "sa_1"), key);
}

TEST_F(TokenRequestTest, HasAKeyWithoutTheSecret) {
    const TokenRequest request(context, address);
    EXPECT_EQ(request.key({"sa_1", Secret("one")}), request.key({"sa_1", Secret("two")}));
    EXPECT_THAT(request.key(credentials), Not(HasSubstr("hush")));
}

TEST_F(TokenRequestTest, HasAKeyThatDoesNotRunItsPartsTogether) {
    const auto keyOf = [this](const char* scope, const char* audience) {
        return TokenRequest(context, {"https://api.test/t", scope, audience}).key(credentials);
    };
    EXPECT_NE(keyOf("a", "b"), keyOf("a|b", ""));
    EXPECT_NE(keyOf("", "a"), keyOf("a", ""));
    EXPECT_NE(keyOf("a|", "b"), keyOf("a", "|b"));
}

TEST_F(TokenRequestTest, HasAKeyOfPlainCharacters) {
    address.audience = "a b/c\n\"\\\xc3\xa9";
    EXPECT_EQ(TokenRequest(context, address)
                  .key(credentials)
                  .find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%|"),
              std::string::npos);
}

} // namespace
} // namespace kontext::token_request_test
