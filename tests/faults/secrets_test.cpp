// One run of all kinds of calls, good and bad, against servers that repeat whatever they are told: nothing that the
// client says may hold a secret.

#include <gtest/gtest.h>

#include <kontext/mock.hpp>
#include <kontext/token_store.hpp>

#include "faults/scenario.hpp"
#include "support/temp_dir.hpp"

namespace kontext_test::secrets_test {
namespace {

using std::string;

const string serverToken = "srv_tok_Bq8Lm2Nx\"quoted\"\\4Rz7";
const string partnerApiKey = "partner_key_7Gh5Jk3Lp9Wq1Ev";
const string freshSecret = "app_secret_freshlyMinted_X3v9Tn6";
const string freshPair = "sa_secret_ofANewAccount_P5r8Yd2";

string quoted(const string& text) {
    string out;
    kontext::json::appendQuoted(out, text);
    return out;
}

/// A response in which every field and header repeats what came.
Response echo(const Request& request, int status) {
    const string heard = request.header("Authorization");
    const string word = heard.substr(heard.find(' ') + 1);
    const string all = quoted("you said " + heard + " and " + request.body);
    Response response{.status = status};
    response.headers = {{"x-request-id", "req_" + word},
                        {"X-Echo", heard},
                        {"Location", "https://elsewhere.test/?token=" + word},
                        {"WWW-Authenticate", heard},
                        {"Retry-After", word}};
    response.body = R"({"message":)" + all + R"(,"error":)" + all + R"(,"error_description":)" + all + R"(,"hint":)"
                    + all + R"(,"code":)" + quoted("kontext_" + word) + R"(,"missingScopes":[)" + all
                    + R"(],"errors":[{"field":)" + all + R"(,"message":)" + all + R"(}],"validationErrors":{"x":)" + all
                    + R"(},"more":{"deep":[)" + all + "]}}";
    return response;
}

Response plainEcho(const Request& request, int status) {
    Response response = echo(request, status);
    response.body = "<html>you said " + request.header("Authorization") + " and " + request.body + "</html>";
    return response;
}

Response unreadable(const Request& request, int status) {
    Response response = echo(request, status);
    response.body = R"({"application":{"id":7,"name":")" + freshSecret + R"("},"oauth":{"clientSecret":")" + freshSecret
                    + R"("},"credentials":{"clientId":"sa_1","clientSecret":")" + freshPair + R"(","x":)";
    return response;
}

/// Every method that sends a secret or gets one, and some that do not.
const std::vector<void (*)(const Client&)> calls = {
    [](const Client& c) { c.applications.get("42"); },
    [](const Client& c) { c.applications.list({.limit = 3, .cursor = "c3Vyc29y"}); },
    [](const Client& c) { c.applications.create({.name = "App", .oauth = {.redirectUris = {"http://localhost/cb"}}}); },
    [](const Client& c) {
        c.applications.update(
            "42", {.externalAuth = kontext::ExternalAuthInput{.partnerApiKey = kontext::Secret(partnerApiKey)}});
    },
    [](const Client& c) { c.applications.rotateSecret("42"); },
    [](const Client& c) { c.applications.archive("42"); },
    [](const Client& c) { c.applications.attachIntegration("42", "43"); },
    [](const Client& c) {
        c.integrations.create({.name = "I", .url = "https://mcp.test", .serverToken = kontext::Secret(serverToken)});
    },
    [](const Client& c) { c.integrations.update("43", {.serverToken = kontext::Secret(serverToken)}); },
    [](const Client& c) { c.integrations.validate("43"); },
    [](const Client& c) { c.integrations.addConnection("43", {.token = kontext::Secret(serverToken)}); },
    [](const Client& c) {
        c.integrations.setOAuthConfig("43", {.clientId = "provider", .clientSecret = kontext::Secret(partnerApiKey)});
    },
    [](const Client& c) { c.serviceAccounts.create({.name = "robot"}); },
    [](const Client& c) { c.serviceAccounts.rotateSecret("44"); },
    [](const Client& c) { c.agentSessions.list("42"); },
    [](const Client& c) { c.traces.get("45"); },
    [](const Client& c) { c.traces.stats(); },
    [](const Client& c) { c.events.list(); },
    [](const Client& c) { c.request("GET", "/decisions?cursor=abc"); },
    [](const Client& c) { c.refreshToken(); },
};

class SecretsStayIn : public ::testing::Test {
protected:
    SecretsStayIn() {
        for (const string& secret : {serverToken, partnerApiKey, freshSecret, freshPair})
            world.secrets.add(secret);
    }
    ~SecretsStayIn() override {
        collect(*world.log, said);
        collect(*world.notices, said);
        expectNoSecret(world.secrets, said);
    }

    kontext::ClientConfig config(const string& url) const {
        kontext::ClientConfig made = world.config(url);
        made.retry.initialDelay = milliseconds(0);
        made.timeouts.attempt = milliseconds(300);
        made.timeouts.connect = milliseconds(300);
        return made;
    }
    /// Each call of the list; what it throws is kept.
    void callAll(const Client& client) {
        for (const auto call : calls) {
            Result result = observe([&] { call(client); });
            said.insert(said.end(), result.said.begin(), result.said.end());
            ++errors[result.error];
        }
    }
    void note(const Result& result) {
        said.insert(said.end(), result.said.begin(), result.said.end());
        ++errors[result.error];
    }

    World world{};
    Said said{};
    std::map<string, int> errors{};
};

TEST_F(SecretsStayIn, WhenAllGoesWell) {
    WireServer server;
    server.on([](const Request& request) {
        Response response = echo(request, 200);
        response.headers = {{"x-request-id", "req_1"}};
        response.body = R"({"application":{"id":"42"},"oauth":{"clientSecret":")" + freshSecret
                        + R"("},"integration":{"id":"43"},)"
                        + R"("serviceAccount":{"id":"44"},"credentials":{"clientId":"sa_44","clientSecret":")"
                        + freshPair + R"("},"items":[],"events":[],"status":"valid"})";
        return response;
    });
    callAll(Client(config(server.url())));
    EXPECT_EQ(errors[""], static_cast<int>(calls.size())) << "all of them should succeed";
    EXPECT_FALSE(world.log->lines().empty());
}

TEST_F(SecretsStayIn, WhenServersRepeatWhatTheyHear) {
    for (const int status :
         {300, 302, 304, 307, 400, 401, 403, 404, 405, 408, 409, 412, 418, 422, 429, 500, 501, 502, 503, 504, 599}) {
        for (const auto response : {&echo, &plainEcho}) {
            WireServer server;
            server.on([status, response](const Request& request) { return response(request, status); });
            callAll(Client(config(server.url())));
        }
    }
    for (const char* error :
         {"HttpError", "BadRequestError", "UnauthorizedError", "ForbiddenError", "NotFoundError", "ConflictError",
          "PreconditionFailedError", "UnprocessableEntityError", "RateLimitError", "ServerError"})
        EXPECT_GT(errors[error], 0) << error;
}

TEST_F(SecretsStayIn, WhenASuccessCannotBeRead) {
    WireServer server;
    server.on([](const Request& request) { return unreadable(request, 200); });
    callAll(Client(config(server.url())));
    WireServer large;
    large.on([](const Request& request) {
        Response response = unreadable(request, 200);
        response.body += string(100'000, ' ');
        return response;
    });
    kontext::ClientConfig small = config(large.url());
    small.maxResponseBytes = 1'000;
    callAll(Client(std::move(small)));
    EXPECT_GT(errors["DecodeError"], 0);
}

TEST_F(SecretsStayIn, WhenTheTokenEndpointRepeatsWhatItHears) {
    for (const int status : {200, 302, 400, 401, 403, 429, 500, 503}) {
        for (const auto response : {&echo, &plainEcho}) {
            const FaultServer identity([status, response](Peer& peer) {
                while (peer.receive()) {
                    const Response repeated = response(peer.request(), status);
                    string bytes = "HTTP/1.1 " + std::to_string(status) + " Echo\r\n";
                    for (const auto& [name, value] : repeated.headers)
                        bytes += name + ": " + value + "\r\n";
                    if (!peer.send(bytes + "Content-Length: " + std::to_string(repeated.body.size()) + "\r\n\r\n"
                                   + repeated.body))
                        return;
                }
            });
            kontext::ClientConfig made = config("http://127.0.0.1:9");
            made.tokenUrl = identity.url() + "/oauth2/token";
            const Client client(std::move(made));
            note(observe([&] { getApplication(client); }));
            note(observe([&] { client.refreshToken(); }));
        }
    }
    EXPECT_EQ(errors["OAuthError"], 32);
}

TEST_F(SecretsStayIn, WhenTheNetworkFails) {
    const auto faults = {
        FaultServer::Script([](Peer& peer) { peer.close(); }),
        FaultServer::Script([](Peer& peer) { peer.receive(); }),
        FaultServer::Script([](Peer& peer) {
            peer.receive();
            peer.reset();
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive()) peer.send("what? " + peer.request().header("Authorization") + "\r\n");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive())
                peer.send("HTTP/1.1 200 " + peer.request().header("Authorization") + "\r\nContent-Length: x"
                          + peer.request().header("Authorization") + "\r\n\r\n");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive())
                peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: " + peer.request().header("Authorization")
                          + "\r\nContent-Length: 1\r\n\r\n1");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive())
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + peer.request().header("Authorization")
                          + "\r\n\r\n1");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive())
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + peer.request().header("Authorization") + "\r\n");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive()) peer.send(peer.request().header("Authorization") + ": no colon before\r\n\r\n");
        }),
        FaultServer::Script([](Peer& peer) {
            if (peer.receive()) peer.send("HTTP/1.1 200 OK\r\n" + peer.request().header("Authorization") + "\r\n\r\n");
        }),
    };
    for (const FaultServer::Script& fault : faults) {
        const FaultServer server(fault);
        callAll(Client(config(server.url())));
    }
    const ClosedPort closed;
    callAll(Client(config("http://127.0.0.1:" + std::to_string(closed.port()))));
    const FaultServer hanging([](Peer& peer) { peer.hang(); });
    const Client client(config(hanging.url()));
    note(observe([&] { createAccount(client); }));
    kontext::CancellationSource source;
    source.cancel();
    note(observe([&] { client.applications.get("42", {.cancel = source.token()}); }));
    for (const char* error : {"NetworkError", "TimeoutError", "CancelledError"})
        EXPECT_GT(errors[error], 0) << error;
}

TEST_F(SecretsStayIn, WhenTheConfigurationIsWrong) {
    const kontext::ClientConfig good = config("http://127.0.0.1:9");
    const auto refuse = [&](const auto& spoil) {
        kontext::ClientConfig bad = good;
        spoil(bad);
        const Result result = observe([&] { getApplication(Client(bad)); });
        EXPECT_EQ(result.error, "ConfigError") << result.what;
        note(result);
    };
    refuse([](auto& c) { c.credentials.clientSecret = kontext::Secret(clientSecret + "\r\n"); });
    refuse([](auto& c) { c.baseUrl = "http://user:" + partnerApiKey + "@127.0.0.1/"; });
    refuse([](auto& c) { c.baseUrl = "http://evil.test/"; });
    refuse([](auto& c) { c.tokenUrl = "https://user:" + partnerApiKey + "@127.0.0.1/token"; });
    refuse([](auto& c) { c.proxy.credentials = kontext::Secret(partnerApiKey); });
    refuse([](auto& c) { c.proxy.url = "http://user:" + partnerApiKey + "@127.0.0.1:1/"; });
    refuse([](auto& c) { c.tls.clientKeyFile = "/nonexistent"; });
    const Client client(good);
    const Result bad = observe([&] {
        client.integrations.create({.name = "I", .url = "u", .serverToken = kontext::Secret(serverToken + "\xff")});
    });
    EXPECT_EQ(bad.error, "ConfigError") << bad.what;
    note(bad);
    note(observe(
        [&] { client.setCredentials({.clientId = "a", .clientSecret = kontext::Secret(clientSecret + "\n")}); }));
}

TEST_F(SecretsStayIn, WhenTheTokenStoreFails) {
    class Broken : public kontext::TokenStore {
        std::optional<kontext::StoredToken> load(const string& key) override {
            throw std::runtime_error("load " + key);
        }
        void save(const string& key, const kontext::StoredToken&) override { throw std::runtime_error("save " + key); }
        void remove(const string& key) override { throw std::runtime_error("remove " + key); }
    };
    WireServer server;
    server.on([](const Request& request) { return echo(request, 401); });
    kontext::ClientConfig made = config(server.url());
    made.tokenStore = std::make_shared<Broken>();
    const Client client(made);
    note(observe([&] { getApplication(client); }));
    note(observe([&] { client.clearToken(); }));

    const TempDir directory;
    made.tokenStore = kontext::makeFileTokenStore(directory.file("store", "{\"tokens\": \"" + accessToken + "\""));
    note(observe([&] { getApplication(Client(made)); })); // others can read the file
    made.tokenStore = kontext::makeFileTokenStore(directory.path("missing/store"));
    note(observe([&] { getApplication(Client(made)); }));
    EXPECT_GT(errors["ConfigError"], 0);
    EXPECT_FALSE(world.log->lines().empty());
}

TEST_F(SecretsStayIn, WithinAMockTransport) {
    const auto mock = std::make_shared<kontext::mock::MockTransport>();
    mock->on("POST", "/oauth2/token").reply(200, R"({"access_token":")" + accessToken + R"(","expires_in":3600})");
    mock->on("*", "/api/v1/**")
        .reply(503)
        .thenFail(kontext::NetworkErrorKind::receive)
        .thenReply(404, R"({"message":"no"})");
    kontext::ClientConfig made = config("https://api.test");
    made.transport = mock;
    callAll(Client(std::move(made)));
    ASSERT_GT(mock->requests().size(), calls.size());
    for (const kontext::mock::RecordedRequest& request : mock->requests()) {
        said.emplace_back("the method of a recorded request", request.method);
        said.emplace_back("the URL of a recorded request", request.url);
        for (const auto& [name, value] : request.headers)
            said.emplace_back("a header of a recorded request", name + ": " + value);
    }
}

// The net has no holes: what does hold a secret is found.
TEST(SecretsAreFound, InEverySpelling) {
    const World world;
    for (const string& text : {"x" + clientSecret + "y", kontext::encodeBase64(clientId + ":" + clientSecret),
                               "Bearer " + accessToken, quoted(clientSecret)})
        EXPECT_NE(world.secrets.in(text), "") << text;
    EXPECT_EQ(world.secrets.in("nothing to see"), "");
}

} // namespace
} // namespace kontext_test::secrets_test
