// A token endpoint that is down, slow, or lies.

#include <gtest/gtest.h>

#include "faults/scenario.hpp"

namespace kontext_test::token_endpoint_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* usedUp = "retry limit (2) reached";
const string mintedToken = "ory_at_mintedByALiar.Vt5Xw8Zb3Cd6Fg9Hj2Kl";

string responseOf(const string& status, const string& body, const string& headers = {}) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
           + body;
}
string token(const string& rest) {
    return responseOf("200 OK", R"({"access_token":")" + mintedToken + '"' + rest + '}');
}
string unusable(const string& body) { return responseOf("200 OK", body); }

const Expected refused{.error = "OAuthError",
                       .says = "invalid response from the token endpoint",
                       .code = "kontext_oauth_token_exchange_failed",
                       .status = 200,
                       .attempts = 1};

/// `requests` are those at the token endpoint.
const Scenario lies[] = {
    // Fine, though not by the book.
    {"LifetimeAsAString", always(token(R"(,"expires_in":"3600")")), {}},
    {"LifetimeMissing", always(token("")), {}},
    {"LifetimeNull", always(token(R"(,"expires_in":null)")), {}},
    {"LifetimeWithAFraction", always(token(R"(,"expires_in":3599.5)")), {}},
    {"LifetimeBeyondAllNumbers", always(token(R"(,"expires_in":1e300)")), {}},
    {"TypeInCapitals", always(token(R"(,"token_type":"BEARER")")), {}},
    // Not usable.
    {"LifetimeZero", always(token(R"(,"expires_in":0)")), refused},
    {"LifetimeNegative", always(token(R"(,"expires_in":-3600)")), refused},
    {"LifetimeInWords", always(token(R"(,"expires_in":"an hour")")), refused},
    {"LifetimeHexadecimal", always(token(R"(,"expires_in":"0x10")")), refused},
    {"LifetimeInfinite", always(token(R"(,"expires_in":"inf")")), refused},
    {"LifetimeOverflows", always(token(R"(,"expires_in":1e999)")), refused},
    {"LifetimeTrue", always(token(R"(,"expires_in":true)")), refused},
    {"LifetimeAList", always(token(R"(,"expires_in":[3600])")), refused},
    {"TypeMac", always(token(R"(,"token_type":"mac")")), refused},
    {"TypeANumber", always(token(R"(,"token_type":1)")), refused},
    {"TokenTwice", always(token(R"(,"access_token":"another")")), refused},
    {"TokenEmpty", always(unusable(R"({"access_token":""})")), refused},
    {"TokenMissing", always(unusable(R"({"token_type":"bearer"})")), refused},
    {"TokenNull", always(unusable(R"({"access_token":null})")), refused},
    {"TokenANumber", always(unusable(R"({"access_token":12345678})")), refused},
    {"TokenAnObject", always(unusable(R"({"access_token":{"value":")" + mintedToken + "\"}}")), refused},
    {"TokenWithALineBreak", always(unusable(R"({"access_token":")" + mintedToken + R"(\r\nX-Evil: yes"})")), refused},
    {"TokenWithANul", always(unusable(R"({"access_token":")" + mintedToken + R"(\u0000"})")), refused},
    {"TokenWithABlank", always(unusable(R"({"access_token":")" + mintedToken + R"( x"})")), refused},
    {"TokenNotAscii", always(unusable(R"({"access_token":")" + mintedToken + "\xc3\xa9\"}")), refused},
    {"Garbage", always(unusable("\x01\x02 " + mintedToken)), refused},
    {"Html", always(unusable("<html><body>" + mintedToken + "</body></html>")), refused},
    {"AList", always(unusable("[\"" + mintedToken + "\"]")), refused},
    {"AString", always(unusable('"' + mintedToken + '"')), refused},
    {"Nothing", always(responseOf("200 OK", "")), refused},
    {"NoContent",
     always("HTTP/1.1 204 No Content\r\n\r\n"),
     {.error = "OAuthError", .says = "invalid response from the token endpoint", .status = 204}},
    {"Cut", always(unusable(R"({"access_token":")" + mintedToken)), refused},
    {"ManyLevels", alwaysMade([] { return unusable(string(manyLevels, '{')); }), refused},
    {"ManyLevelsBesideAToken",
     alwaysMade([] { return token(",\"x\":" + string(manyLevels, '[') + string(manyLevels, ']')); }), refused},
    {"TooLarge",
     alwaysMade([] { return token(",\"x\":\"" + string(3u << 20, 'x') + '"'); }),
     {.error = "OAuthError", .says = "larger than maxResponseBytes", .status = 200, .attempts = 1},
     &getApplication,
     [](kontext::ClientConfig& config) { config.maxResponseBytes = 1u << 20; }},
    // Refusals.
    {"WrongSecret",
     always(responseOf("401 Unauthorized", R"({"error":"invalid_client","error_description":"no such client"})")),
     {.error = "OAuthError",
      .says = "credentials.clientId (sa_9c1f2d3e-fault) and credentials.clientSecret",
      .status = 401,
      .attempts = 1}},
    {"WrongSecretInPlainText",
     always(responseOf("401 Unauthorized", "go away")),
     {.error = "OAuthError", .says = "go away", .status = 401, .attempts = 1}},
    {"WrongScope",
     always(responseOf("400 Bad Request", R"({"error":"invalid_scope"})")),
     {.error = "OAuthError", .says = "check scopes (management:all)", .status = 400, .attempts = 1}},
    {"Redirect",
     always(responseOf("302 Found", "", "Location: http://127.0.0.1:1/elsewhere\r\n")),
     {.error = "OAuthError", .says = "Location: http://127.0.0.1:1/elsewhere", .status = 302, .attempts = 1}},
    {"RedirectThatKeepsTheBody",
     always(responseOf("307 Temporary", "", "Location: http://127.0.0.1:1/elsewhere\r\n")),
     {.error = "OAuthError", .status = 307, .attempts = 1}},
    {"ForbiddenWithRetryAfter",
     always(responseOf("403 No", "", "Retry-After: 0\r\n")),
     {.error = "OAuthError", .status = 403, .attempts = 1}},
    // Failures that are waited for.
    {"Unavailable",
     always(responseOf("503 Busy", "", "Retry-After: 0\r\n")),
     {.error = "OAuthError",
      .because = usedUp,
      .says = "or try again later",
      .status = 503,
      .requests = 3,
      .attempts = 3}},
    {"RateLimited",
     always(responseOf("429 Slow Down", "", "Retry-After: 0\r\n")),
     {.error = "OAuthError", .because = usedUp, .status = 429, .requests = 3, .attempts = 3}},
    {"RateLimitedForADay",
     always(responseOf("429 Slow Down", "", "Retry-After: 86400\r\n")),
     {.error = "OAuthError", .because = "more than maxRetryAfter", .status = 429, .attempts = 1}},
    {"UnavailableOnce",
     [](Peer& peer) {
         while (peer.receive())
             peer.send(peer.served() == 1 ? responseOf("503 Busy", "") : token(""));
     },
     {.requests = 2}},
    {"DropBeforeTheReply",
     [](Peer& peer) { peer.receive(); },
     {.error = "NetworkError", .kind = Kind::receive, .because = usedUp, .requests = 3, .attempts = 3}},
    {"DropBeforeTheReplyOnce",
     [](Peer& peer) {
         while (peer.receive() && peer.connection() != 1)
             peer.send(token(""));
     },
     {.requests = 2}},
    {"Slow",
     [](Peer& peer) {
         peer.receive();
         peer.hang();
     },
     {.error = "TimeoutError", .kind = Kind::timeout, .because = usedUp, .requests = 3, .atLeast = milliseconds(800)},
     &getApplication,
     [](kontext::ClientConfig& config) { config.timeouts.attempt = milliseconds(300); }},
    {"SlowerThanTheCall",
     [](Peer& peer) {
         peer.receive();
         peer.hang();
     },
     {.error = "TimeoutError", .kind = Kind::timeout, .requests = 1, .atLeast = milliseconds(350)},
     &getApplication,
     [](kontext::ClientConfig& config) { config.timeouts.call = milliseconds(400); }},
};

class TokenEndpoint : public ::testing::TestWithParam<Scenario> {};
TEST_P(TokenEndpoint, ThatLies) {
    const Scenario& scenario = GetParam();
    World world;
    world.secrets.add(mintedToken);
    const FaultServer identity(scenario.script);
    WireServer server;
    server.respond(Response::json(application()));
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    if (scenario.configure) scenario.configure(config);
    const Client client(std::move(config));
    const Result result = observe([&] { scenario.call(client); });
    check(result, scenario.expected);
    EXPECT_EQ(identity.requests().size(), scenario.expected.requests);
    // No request goes out without a token, and none with a bad one.
    EXPECT_EQ(server.requests().size(), scenario.expected.error.empty() ? 1u : 0u);
    world.expectNothingLeaked(result);
}
INSTANTIATE_TEST_SUITE_P(Faults, TokenEndpoint, ::testing::ValuesIn(lies), nameOfScenario);

TEST(TokenEndpoint, ThatIsDownIsANetworkErrorOfARequestThatWasNotProcessed) {
    const World world;
    const ClosedPort closed;
    WireServer server;
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = "http://127.0.0.1:" + std::to_string(closed.port()) + "/oauth2/token";
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::connect, .processed = false, .because = usedUp});
    EXPECT_EQ(server.connections(), 0);
    world.expectNothingLeaked(result);
}

// "A token endpoint that gives no answer is one too (processed: false, the request was not sent)": design/api.md.
TEST(TokenEndpoint, ThatDropsTheConnectionHasNotProcessedTheUsersRequest) {
    const World world;
    const FaultServer identity([](Peer& peer) { peer.receive(); });
    WireServer server;
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = false});
    EXPECT_EQ(identity.requests().size(), 3u);
    EXPECT_EQ(server.connections(), 0);
    world.expectNothingLeaked(result);
}

TEST(TokenEndpoint, ThatIsSlowHasNotProcessedTheUsersRequest) {
    const World world;
    const FaultServer identity([](Peer& peer) {
        peer.receive();
        peer.hang();
    });
    WireServer server;
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    config.timeouts.call = milliseconds(400);
    const Client client(std::move(config));
    check(observe([&] { createAccount(client); }),
          {.error = "TimeoutError", .kind = Kind::timeout, .processed = false});
    EXPECT_EQ(identity.requests().size(), 1u);
    EXPECT_EQ(server.connections(), 0);
}

TEST(TokenEndpoint, ThatRedirectsSendsNobodyElsewhere) {
    const World world;
    const FaultServer elsewhere(always(token("")));
    const FaultServer identity(
        always(responseOf("307 Temporary", "", "Location: " + elsewhere.url() + "/oauth2/token\r\n")));
    WireServer server;
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    const Client client(std::move(config));
    check(observe([&] { getApplication(client); }), {.error = "OAuthError", .status = 307});
    EXPECT_EQ(identity.requests().size(), 1u);
    EXPECT_EQ(elsewhere.connections(), 0);
    EXPECT_EQ(server.connections(), 0);
}

TEST(TokenEndpoint, AfterAFailureTheNextCallAsksAgain) {
    const World world;
    const FaultServer identity([](Peer& peer) {
        while (peer.receive())
            peer.send(peer.served() == 1 ? unusable("{}") : token(""));
    });
    WireServer server;
    server.respond(Response::json(application()));
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    const Client client(std::move(config));
    check(observe([&] { getApplication(client); }), {.error = "OAuthError"});
    check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(identity.requests().size(), 2u);
    EXPECT_EQ(server.requests().size(), 1u);
}

// The credentials are wrong for the API, whoever minted: one new token, one replay, and that is the answer.
TEST(TokenEndpoint, ATokenThatTheApiRefusesIsReplacedOnce) {
    const World world;
    const FaultServer server(always("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"));
    kontext::ClientConfig config = world.config(server.url());
    config.retry.maxRetries = 0;
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "UnauthorizedError", .status = 401, .attempts = 2});
    EXPECT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(world.identity.tokenRequests().size(), 2u);
    world.expectNothingLeaked(result);
}

} // namespace
} // namespace kontext_test::token_endpoint_test
