// What a client makes of its configuration: addresses, tokens, and requests of any kind.
#include <atomic>
#include <functional>
#include <memory>
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
using Client = kontext::KontextManagementClient;
using testing::Contains;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr const char* anApplication = R"({"application":{"id":"x"}})";

/// "http://127.0.0.1:8080/api/v1" within a form.
std::string encoded(const std::string& url) {
    std::string text;
    for (const char c : url)
        text += c == ':' ? std::string("%3A") : c == '/' ? std::string("%2F") : std::string(1, c);
    return text;
}

class Configured : public testing::Test {
protected:
    WireServer server{};
    kontext::ClientConfig config{configFor(server)};

    void SetUp() override { server.respond(Response::json(anApplication)); }
    /// Makes a client of `config`, and one call.
    Request call() {
        Client(config).applications.get("app-1");
        return server.requests().back();
    }
    Request token() {
        call();
        return server.tokenRequests().back();
    }
};

class MovedFrom : public Configured {};

TEST_F(MovedFrom, ClientsAndResourcesStayUsable) {
    Client client(config);
    Client moved = std::move(client);
    client.applications.get("app-1"); // NOLINT(bugprone-use-after-move): promised to be usable
    client.request("GET", "/x");
    client.clearToken();
    client = std::move(moved);
    moved.applications.get("app-1"); // NOLINT(bugprone-use-after-move): likewise
    kontext::ApplicationsResource applications = std::move(moved.applications);
    moved.applications.get("app-1"); // NOLINT(bugprone-use-after-move): likewise
    applications.get("app-1");
    EXPECT_THAT(server.requests(), SizeIs(5));
    EXPECT_THAT(server.tokenRequests(), SizeIs(2)); // they share one, cleared once
}

class BaseUrl : public Configured {
protected:
    void expectPrefix(const std::string& suffix, const std::string& prefix) {
        SCOPED_TRACE(suffix);
        config.baseUrl = server.url() + suffix;
        EXPECT_EQ(call().target, prefix + "/api/v1/applications/app-1");
        const Request token = server.tokenRequests().back();
        EXPECT_EQ(token.target, prefix + "/oauth2/token");
        EXPECT_THAT(token.body, testing::EndsWith("&audience=" + encoded(server.url() + prefix + "/api/v1")));
    }
};

TEST_F(BaseUrl, MayEndInSlashes) {
    expectPrefix("", "");
    expectPrefix("/", "");
    expectPrefix("///", "");
}

TEST_F(BaseUrl, MayEndInTheApiRoot) {
    expectPrefix("/api/v1", "");
    expectPrefix("/api/v1/", "");
    expectPrefix("/api/v1//", "");
}

TEST_F(BaseUrl, MayHaveThePrefixOfAGateway) {
    expectPrefix("/gateway", "/gateway");
    expectPrefix("/gateway/", "/gateway");
    expectPrefix("/a/b-c/", "/a/b-c");
    expectPrefix("/gateway/api/v1", "/gateway");
    expectPrefix("/gateway/api/v1/", "/gateway");
    expectPrefix("/api", "/api");
}

TEST_F(BaseUrl, GetsTheApiVersion) {
    config.apiVersion = "v2";
    EXPECT_EQ(call().target, "/api/v2/applications/app-1");
    EXPECT_THAT(server.tokenRequests().back().body, testing::EndsWith(encoded("/api/v2")));
    config.baseUrl += "/api/v2";
    EXPECT_EQ(call().target, "/api/v2/applications/app-1");
}

TEST_F(Configured, AppInfoFollowsInTheUserAgent) {
    config.appInfo = "my-tool/1.2 (+https://example.com)";
    const std::string agent = "kontext-cpp/0.1.0 my-tool/1.2 (+https://example.com)";
    EXPECT_EQ(call().header("User-Agent"), agent);
    EXPECT_EQ(server.tokenRequests().back().header("User-Agent"), agent);
}

TEST_F(Configured, HeadersGoWithEveryApiRequestAndNoTokenRequest) {
    config.headers = {
        {"X-Gateway-Key", "k-1"}, {"Accept", "application/vnd.kontext+json"}, {"X-Tag", "1"}, {"x-tag", "2"}};
    const Client configured(config);
    configured.applications.get("app-1");
    configured.request("GET", "/policy");
    for (const Request& request : server.requests()) {
        EXPECT_EQ(request.header("X-Gateway-Key"), "k-1");
        EXPECT_EQ(request.header("Accept"), "application/vnd.kontext+json");
        EXPECT_EQ(request.count("Accept"), 1U);
        EXPECT_EQ(request.count("X-Tag"), 2U);
    }
    const Request token = server.tokenRequests().back();
    EXPECT_EQ(token.count("X-Gateway-Key"), 0U);
    EXPECT_EQ(token.header("Accept"), "application/json");
}

TEST_F(Configured, HeadersGiveWayToThoseOfTheCall) {
    config.headers = {{"X-Tenant", "of the client"}, {"X-Kept", "1"}};
    const Client configured(config);
    configured.applications.get("app-1", {.headers = {{"x-tenant", "of the call"}}});
    EXPECT_EQ(server.requests().back().header("X-Tenant"), "of the call");
    EXPECT_EQ(server.requests().back().count("X-Tenant"), 1U);
    EXPECT_EQ(server.requests().back().header("X-Kept"), "1");
    configured.request("GET", "/policy", {.headers = {{"X-TENANT", "of the request"}}});
    EXPECT_EQ(server.requests().back().header("X-Tenant"), "of the request");
    EXPECT_EQ(server.requests().back().count("X-Tenant"), 1U);
}

class TokenRequest : public Configured {};

TEST_F(TokenRequest, IsExactlyThis) {
    const Request request = token();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/oauth2/token");
    EXPECT_EQ(request.body,
              "grant_type=client_credentials&scope=management%3Aall&audience=" + encoded(server.url() + "/api/v1"));
    // sa_tester:s3cret-of-the-tester
    EXPECT_EQ(request.header("Authorization"), "Basic c2FfdGVzdGVyOnMzY3JldC1vZi10aGUtdGVzdGVy");
    EXPECT_EQ(request.header("Content-Type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(request.header("Accept"), "application/json");
    EXPECT_EQ(request.header("User-Agent"), "kontext-cpp/0.1.0");
    EXPECT_EQ(request.header("Content-Length"), std::to_string(request.body.size()));
    EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(request.headers.size() - request.count("Accept-Encoding"), 6U);
}

TEST_F(TokenRequest, FormEncodesTheCredentials) {
    config.credentials = {.clientId = "sa:odd id/+&%\xc3\xbc", .clientSecret = "p@ss w\xc3\xb6rd:&=%~*'\"<"};
    // sa%3Aodd+id%2F%2B%26%25%C3%BC:p%40ss+w%C3%B6rd%3A%26%3D%25%7E*%27%22%3C
    EXPECT_EQ(token().header("Authorization"),
              "Basic c2ElM0FvZGQraWQlMkYlMkIlMjYlMjUlQzMlQkM6cCU0MHNzK3clQzMlQjZyZCUzQSUyNiUzRCUyNSU3RSolMjclMjIlM0M=");
}

TEST_F(TokenRequest, JoinsTheScopesBySpaces) {
    config.scopes = {"applications:read", "traces:read", "a*b"};
    EXPECT_THAT(token().body, testing::HasSubstr("&scope=applications%3Aread+traces%3Aread+a*b&"));
}

TEST_F(TokenRequest, AsksForTheAudienceOfTheConfiguration) {
    config.audience = "https://api.kontext.security/api/v1?a=b c";
    EXPECT_THAT(token().body, testing::EndsWith("&audience=https%3A%2F%2Fapi.kontext.security%2Fapi%2Fv1%3Fa%3Db+c"));
}

TEST_F(TokenRequest, HasNoFieldForWhatIsEmpty) {
    config.scopes = {};
    config.audience = "";
    EXPECT_EQ(token().body, "grant_type=client_credentials");
}

TEST_F(TokenRequest, GoesToTheTokenUrl) {
    config.tokenUrl = server.url() + "/hydra/oauth2/token";
    EXPECT_EQ(token().target, "/hydra/oauth2/token");
    EXPECT_EQ(server.requests().back().target, "/api/v1/applications/app-1");
}

TEST_F(TokenRequest, DoesNotCarryTheHeadersOfTheCall) {
    Client(config).applications.get("app-1", {.headers = {{"X-Correlation", "c-1"}, {"Accept", "text/plain"}}});
    const Request request = server.tokenRequests().back();
    EXPECT_EQ(request.count("X-Correlation"), 0U);
    EXPECT_EQ(request.header("Accept"), "application/json");
}

TEST_F(TokenRequest, IsContentWithATokenAlone) {
    for (const char* response :
         {R"({"access_token":"ory_at_1"})",
          R"({"access_token":"ory_at_1","token_type":"Bearer","expires_in":null,"scope":"a b"})",
          R"({"expires_in":"3600","token_type":"bearer","access_token":"ory_at_1","more":[]})"}) {
        SCOPED_TRACE(response);
        server.token(Response::json(response));
        EXPECT_EQ(call().header("Authorization"), "Bearer ory_at_1");
    }
}

TEST_F(TokenRequest, MayBeAnsweredWithA201) {
    server.token({.status = 201, .body = R"({"access_token":"ory_at_1"})"});
    EXPECT_EQ(call().header("Authorization"), "Bearer ory_at_1");
}

class Tokens : public Wired {
protected:
    void SetUp() override { answers(anApplication); }
    /// The token of the next call.
    std::string used(const Client& by) {
        by.applications.get("app-1");
        return sent().header("Authorization");
    }
};

TEST_F(Tokens, AreFetchedOnceForManyCalls) {
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(used(client), "Bearer token-1");
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
}

TEST_F(Tokens, AreNotFetchedBeforeTheyAreNeeded) { EXPECT_THAT(server.tokenRequests(), IsEmpty()); }

TEST_F(Tokens, AreFetchedAfresh) {
    used(client);
    client.refreshToken();
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
    EXPECT_THAT(server.requests(), SizeIs(1));
    EXPECT_EQ(used(client), "Bearer token-2");
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
}

TEST_F(Tokens, AreForgotten) {
    used(client);
    client.clearToken();
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
    EXPECT_EQ(used(client), "Bearer token-2");
}

TEST_F(Tokens, AreFetchedWithTheNewCredentials) {
    used(client);
    client.setCredentials({.clientId = "sa_other", .clientSecret = "another-secret"});
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
    EXPECT_EQ(used(client), "Bearer token-2");
    // sa_other:another-secret
    EXPECT_EQ(server.tokenRequests().back().header("Authorization"), "Basic c2Ffb3RoZXI6YW5vdGhlci1zZWNyZXQ=");
}

TEST_F(Tokens, StayIfTheNewCredentialsAreWrong) {
    used(client);
    EXPECT_EQ(thrown<ConfigError>([&] { client.setCredentials({.clientId = "", .clientSecret = "x"}); }).field(),
              "credentials.clientId");
    EXPECT_EQ(thrown<ConfigError>([&] { client.setCredentials({.clientId = "sa_x"}); }).field(),
              "credentials.clientSecret");
    EXPECT_EQ(used(client), "Bearer token-1");
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
}

TEST_F(Tokens, AreSharedByCopies) {
    const Client copy = client;
    EXPECT_EQ(used(client), "Bearer token-1");
    EXPECT_EQ(used(copy), "Bearer token-1");
    copy.setCredentials({.clientId = "sa_other", .clientSecret = "another-secret"});
    EXPECT_EQ(used(client), "Bearer token-2");
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
}

TEST_F(Tokens, AreNotSharedByClientsOfTheirOwn) {
    const Client other(configFor(server));
    EXPECT_EQ(used(client), "Bearer token-1");
    EXPECT_EQ(used(other), "Bearer token-2");
}

class RawRequests : public Wired {
protected:
    void SetUp() override { answers("{}"); }
    void expectRefused(const std::string& field, const std::string& method, const std::string& path,
                       const kontext::RawRequest& request = {}) {
        SCOPED_TRACE(method + ' ' + path);
        EXPECT_EQ(thrown<ConfigError>([&] { client.request(method, path, request); }).field(), field);
        EXPECT_THAT(server.requests(), IsEmpty());
        EXPECT_THAT(server.tokenRequests(), IsEmpty());
    }
};

TEST_F(RawRequests, NameThemselvesWhereAnArgumentIsWrong) {
    const auto says = [this](const char* method, const char* path, const kontext::RawRequest& request = {}) {
        const std::string what = thrown<ConfigError>([&] { client.request(method, path, request); }).what();
        return what.substr(0, what.find(" [kontext_config_invalid]"));
    };
    EXPECT_EQ(says("GET", "/policy/../x?cursor=abc"),
              "GET /api/v1/policy/../x?cursor=...: path must not have \".\" or \"..\" segments");
    EXPECT_EQ(says("GET", "policy"), "GET policy: path must begin with '/', or be a URL of baseUrl's host");
    EXPECT_EQ(says("POST", "https://me:s3cret@evil.example/x?key=abc"),
              "POST https://evil.example/x?key=...: path: a full URL must have baseUrl's scheme, host and port, and no "
              "user name");
    EXPECT_EQ(says("get", "/policy"), "get /api/v1/policy: method must be an HTTP method in capitals, such as GET");
    EXPECT_EQ(says("GET", "/policy", {.headers = {{"X-A", "b\nc"}}}),
              "GET /api/v1/policy: request.headers: the value of \"X-A\" must not contain CR, LF or NUL");
}

TEST_F(RawRequests, EncodeTheirQueryAndKeepTheirPath) {
    client.request("GET", "/decisions", {.query = {{"since", "2026-01-01T00:00:00+01:00"}, {"a b", "&="}}});
    EXPECT_EQ(sent().target, "/api/v1/decisions?since=2026-01-01T00%3A00%3A00%2B01%3A00&a%20b=%26%3D");
    client.request("GET", "/a%2Fb?x=%20y", {.query = {{"z", ""}}});
    EXPECT_EQ(sent().target, "/api/v1/a%2Fb?x=%20y&z=");
}

TEST_F(RawRequests, SendTheirBodyAsItIs) {
    const std::string body("{\"a\": 1}\n\0\xff", 11);
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
        client.request(method, "/policy", {.body = body});
        EXPECT_EQ(sent().method, method);
        EXPECT_EQ(sent().body, body);
        EXPECT_EQ(sent().header("Content-Type"), "application/json");
        EXPECT_EQ(sent().header("Content-Length"), "11");
        EXPECT_EQ(sent().count("Expect"), 0U);
    }
}

TEST_F(RawRequests, SendLargeBodiesWithoutAskingFirst) {
    const std::string body(3'000'000, 'b');
    client.request("POST", "/policy", {.body = body});
    EXPECT_EQ(sent().count("Expect"), 0U);
    EXPECT_EQ(sent().header("Content-Length"), "3000000");
    EXPECT_TRUE(sent().body == body);
}

TEST_F(RawRequests, WithoutABodySayNothingOfOne) {
    for (const char* method : {"POST", "PUT", "PATCH"}) {
        client.request(method, "/policy");
        EXPECT_EQ(sent().method, method);
        EXPECT_EQ(sent().header("Content-Length"), "0");
        EXPECT_EQ(sent().count("Content-Type"), 0U);
    }
    for (const char* method : {"GET", "DELETE", "OPTIONS"}) {
        client.request(method, "/policy");
        EXPECT_EQ(sent().method, method);
        EXPECT_EQ(sent().count("Content-Length"), 0U);
        EXPECT_EQ(sent().count("Content-Type"), 0U);
    }
}

TEST_F(RawRequests, MayBeHead) {
    server.respond({.headers = {{"ETag", "\"7\""}}, .body = "never sent"});
    client.request("GET", "/policy"); // to see that the connection stays good
    const auto response = client.request("HEAD", "/policy");
    EXPECT_EQ(sent().method, "HEAD");
    EXPECT_EQ(response.body, "");
    EXPECT_THAT(response.headers, Contains(Pair("ETag", "\"7\"")));
    EXPECT_EQ(client.request("GET", "/policy").body, "never sent");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(RawRequests, CarryTheirHeaders) {
    client.request("PUT", "/policy/deployment",
                   {.body = "<policy/>", .headers = {{"If-Match", "\"7\""}, {"Content-Type", "application/xml"}}},
                   {.headers = {{"X-Call", "1"}, {"If-Match", "\"6\""}}});
    EXPECT_EQ(sent().header("If-Match"), "\"7\"");
    EXPECT_EQ(sent().count("If-Match"), 1U);
    EXPECT_EQ(sent().header("Content-Type"), "application/xml");
    EXPECT_EQ(sent().header("X-Call"), "1");
    EXPECT_EQ(sent().header("Authorization"), "Bearer token-1");
}

TEST_F(RawRequests, CarryTwoHeadersOfOneName) {
    client.request("GET", "/policy", {}, {.headers = {{"Baggage", "a=1"}, {"Baggage", "b=2"}, {"Accept", "a/b"}}});
    EXPECT_EQ(sent().count("Baggage"), 2U);
    EXPECT_EQ(sent().header("Accept"), "a/b");
    EXPECT_EQ(sent().count("Accept"), 1U) << "in place of the client's own";
}

TEST_F(RawRequests, TakeAFullUrlOfTheSameHost) {
    client.request("GET", server.url() + "/api/openapi.json");
    EXPECT_EQ(sent().target, "/api/openapi.json");
    client.request("GET", server.url() + "/api/openapi.json?v=1", {.query = {{"w", "2"}}});
    EXPECT_EQ(sent().target, "/api/openapi.json?v=1&w=2");
}

TEST_F(RawRequests, RefuseAnyOtherUrl) {
    const std::string port = std::to_string(server.port());
    expectRefused("path", "GET", "http://127.0.0.1:" + std::to_string(server.port() ^ 1) + "/x");
    expectRefused("path", "GET", "https://127.0.0.1:" + port + "/x");
    expectRefused("path", "GET", "http://127.0.0.2:" + port + "/x");
    expectRefused("path", "GET", "http://localhost:" + port + "/x");
    expectRefused("path", "GET", "http://user@127.0.0.1:" + port + "/x");
    expectRefused("path", "GET", "http://127.0.0.1:" + port + "@evil.example/x");
    expectRefused("path", "GET", "file:///etc/passwd");
    expectRefused("path", "GET", "policy");
    expectRefused("path", "GET", "");
}

TEST_F(RawRequests, RefusePathsThatWouldBeOthers) {
    for (const char* path : {"/a/../b", "/..", "/a/.", "/./a", "/a/%2e%2E/b", "/a/.%2e", "/%2e", "/../x?y", "/a/..?y"})
        expectRefused("path", "DELETE", path);
    expectRefused("path", "DELETE", server.url() + "/api/../x");
}

TEST_F(RawRequests, RefuseWhatWouldBreakTheRequest) {
    for (const std::string& path : {std::string("/a b"), std::string("/a\r\nb"), std::string("/a\nb"),
                                    std::string("/a\0b", 4), std::string("/\xc3\xbc"), std::string("/a#b")})
        expectRefused("path", "GET", path);
    for (const char* method : {"", "get", "GET ", "GE\r\nT", "G\xc3\x84T"})
        expectRefused("method", method, "/a");
    expectRefused("query", "GET", "/a", {.query = {{"x", "a\r\nb"}}});
    expectRefused("query", "GET", "/a", {.query = {{"x\n", "a"}}});
    expectRefused("body", "HEAD", "/a", {.body = "x"});
}

TEST_F(RawRequests, StayOnTheirHost) {
    client.request("GET", "//evil.example/x");
    EXPECT_EQ(sent().target, "/api/v1//evil.example/x");
}

TEST_F(RawRequests, LetDotsWithinNamesPass) {
    client.request("GET", "/a..b/...?x=../y");
    EXPECT_EQ(sent().target, "/api/v1/a..b/...?x=../y");
}

TEST_F(RawRequests, FillInWhatCameBack) {
    server.respond({.status = 203, .headers = {{"X-Request-ID", "req-1"}}, .body = "not json"});
    kontext::ResponseInfo info;
    client.request("GET", "/policy"); // the response of SetUp
    const auto response = client.request("GET", "/policy", {}, {.info = &info});
    EXPECT_EQ(response.statusCode, 203);
    EXPECT_EQ(response.body, "not json");
    EXPECT_EQ(info.statusCode, 203);
    EXPECT_EQ(info.requestId, "req-1");
    EXPECT_EQ(info.body, "not json");
    EXPECT_EQ(info.attempts, 1);
}

class ConditionalRequests : public Wired {};

TEST_F(ConditionalRequests, CarryTheEtagOfWhatWasRead) {
    server.respond({.headers = {{"etag", "\"v7\""}}, .body = R"({"mode":"audit"})"});
    const kontext::RawResponse deployed = client.request("GET", "/policy/deployment");
    const std::string* etag = kontext::findHeader(deployed.headers, "ETag");
    ASSERT_NE(etag, nullptr);
    server.respond({.status = 412, .body = R"({"message":"changed meanwhile"})"});
    const auto put = [&] {
        client.request("PUT", "/policy/deployment", {.body = deployed.body, .headers = {{"If-Match", *etag}}});
    };
    EXPECT_EQ(thrown<kontext::PreconditionFailedError>(put).message(), "changed meanwhile");
    EXPECT_EQ(sent().header("If-Match"), "\"v7\"");
}

/// Counts the requests of another transport, as docs/testing.md has it.
class CountingTransport : public kontext::Transport {
public:
    explicit CountingTransport(std::shared_ptr<kontext::Transport> inner) : inner_(std::move(inner)) {}
    kontext::HttpResponse send(const kontext::HttpRequest& request) override {
        ++count_;
        return inner_->send(request);
    }
    int count() const { return count_; }

private:
    std::shared_ptr<kontext::Transport> inner_;
    std::atomic<int> count_{0};
};

TEST_F(Configured, TheDefaultTransportCanBeWrapped) {
    const auto counting = std::make_shared<CountingTransport>(kontext::makeCurlTransport());
    config.transport = counting;
    call();
    EXPECT_EQ(counting->count(), 2); // the token request too
}

TEST_F(Configured, ClientsCanShareTheConnectionsOfOneTransport) {
    config.transport = kontext::makeCurlTransport();
    call();
    call(); // of another client
    EXPECT_THAT(server.tokenRequests(), SizeIs(2));
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Configured, OptionsOfLibcurlHaveNoEffectOnATransportOfOnesOwn) {
    config.transport = kontext::makeCurlTransport();
    config.tls.caFile = "/no/such/file";
    config.proxy.url = "not a proxy";
    EXPECT_EQ(call().target, "/api/v1/applications/app-1");
}

TEST(CurlTransport, ChecksItsOptionsWhenItIsMade) {
    const auto field = [](const kontext::TlsOptions& tls, const kontext::ProxyOptions& proxy) {
        return thrown<ConfigError>([&] { EXPECT_EQ(kontext::makeCurlTransport(tls, proxy), nullptr); }).field();
    };
    EXPECT_EQ(field({.caFile = "/no/such/file"}, {}), "tls.caFile");
    EXPECT_EQ(field({.clientKeyFile = "/no/such/file"}, {}), "tls.clientKeyFile");
    EXPECT_EQ(field({}, {.url = "http://proxy.test"}), "proxy.url");
}

class Connections : public Wired {};

TEST_F(Connections, AreUsedAgain) {
    answers(anApplication);
    for (int i = 0; i < 5; ++i)
        client.applications.get("app-1");
    server.respond({.status = 404, .body = "{}"});
    EXPECT_THROW(client.applications.get("app-1"), kontext::NotFoundError);
    server.respond({.status = 204});
    client.applications.archive("app-1");
    server.respond({.body = anApplication, .chunked = true});
    client.applications.get("app-1");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Connections, AreReplacedWhenTheServerClosesThem) {
    server.respond({.body = anApplication, .closeAfter = true});
    for (int i = 0; i < 3; ++i)
        client.applications.get("app-1");
    EXPECT_THAT(server.requests(), SizeIs(3));
    EXPECT_EQ(server.connections(), 3); // the first one brought the token too
}

TEST_F(Connections, BringResponsesInChunksAndDrops) {
    server.respond({.body = R"({"application":{"id":"x","name":"in several pieces"}})", .chunked = true});
    EXPECT_EQ(client.applications.get("app-1").application.name, "in several pieces");
    server.respond({.body = R"({"application":{"id":"x","name":"dripping"}})", .drip = std::chrono::milliseconds(1)});
    EXPECT_EQ(client.applications.get("app-1").application.name, "dripping");
}

TEST_F(Connections, BringCompressedResponses) {
    // {"application":{"id":"zipped"}}
    const std::string zipped("\037\213\010\000\000\000\000\000\002\003\253\126\112\054\050\310\311\114\116\054\311\314"
                             "\317\123\262\252\126\312\114\121\262\122\252\312\054\050\110\115\121\252\255\005\000\362"
                             "\350\202\221\037\000\000\000",
                             51);
    server.on([&zipped](const Request& request) -> Response {
        if (request.header("Accept-Encoding") != "gzip") return Response::json(R"({"application":{"id":"zipped"}})");
        return {.headers = {{"Content-Encoding", "gzip"}}, .body = zipped};
    });
    EXPECT_EQ(client.applications.get("app-1").application.id, "zipped");
}

TEST_F(Connections, MayEndAResponseWithoutALength) {
    server.respond(Response::bytes("HTTP/1.1 200 OK\r\n\r\n{\"application\":{\"id\":\"to the end\"}}"));
    EXPECT_EQ(client.applications.get("app-1").application.id, "to the end");
    server.respond(Response::bytes("HTTP/1.0 200 OK\r\nContent-Length: 28\r\n\r\n{\"application\":{\"id\":\"1.0\"}}"));
    EXPECT_EQ(client.applications.get("app-1").application.id, "1.0");
}

TEST_F(Connections, MayAnnounceAResponse) {
    server.respond(Response::bytes("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nX-Final: 1\r\n"
                                   "Content-Length: 26\r\n\r\n{\"application\":{\"id\":\"x\"}}"));
    kontext::ResponseInfo info;
    EXPECT_EQ(client.applications.get("app-1", {.info = &info}).application.id, "x");
    EXPECT_EQ(info.statusCode, 200);
    EXPECT_THAT(info.headers, Contains(Pair("X-Final", "1")));
    EXPECT_THAT(info.headers, testing::Not(Contains(Pair("Link", "<x>"))));
}

} // namespace
