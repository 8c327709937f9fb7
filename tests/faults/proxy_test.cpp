// Proxies that refuse, break and hang; and loopback, which never goes through one.

#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "faults/environment.hpp"
#include "faults/fake_uptime.hpp"
#include "faults/scenario.hpp"

namespace kontext_test::proxy_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* usedUp = "retry limit (2) reached";
const string proxyPassword = "pr0xy-passw0rd:with@signs";

/// A host that is reached through the proxy alone, which resolves its name: there is none.
constexpr const char* far = "https://api.kontext.test";

string status(const string& line, const string& headers = {}, const string& body = {}) {
    return "HTTP/1.1 " + line + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// `requests` are those at the proxy: one CONNECT for each attempt.
const Scenario proxies[] = {
    {"WantsAPassword",
     andClose(status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\"\r\n")),
     {.error = "NetworkError",
      .kind = Kind::proxy,
      .processed = false,
      .because = "not retryable",
      .says = "it requires different credentials; check proxy.credentials",
      .requests = 1},
     &createAccount},
    {"Forbids",
     andClose(status("403 Forbidden", "", "no way out")),
     {.error = "NetworkError", .kind = Kind::proxy, .processed = false, .says = "403", .requests = 3},
     &createAccount},
    {"CannotReachTheHost",
     andClose(status("502 Bad Gateway")),
     {.error = "NetworkError",
      .kind = Kind::proxy,
      .processed = false,
      .because = usedUp,
      .says = "502",
      .requests = 3},
     &createAccount},
    {"Redirects",
     andClose(status("302 Found", "Location: http://127.0.0.1:1/login\r\n")),
     {.error = "NetworkError", .kind = Kind::proxy, .processed = false, .requests = 3},
     &createAccount},
    {"Resets",
     [](Peer& peer) {
         peer.receive();
         peer.reset();
     },
     {.error = "NetworkError", .kind = Kind::proxy, .processed = false, .because = usedUp, .requests = 3},
     &createAccount},
    {"Drops",
     [](Peer& peer) { peer.receive(); },
     {.error = "NetworkError", .kind = Kind::proxy, .processed = false, .because = usedUp, .requests = 3},
     &createAccount},
    {"SpeaksNoHttp",
     andClose("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
     {.error = "NetworkError", .kind = Kind::proxy, .processed = false, .requests = 3},
     &createAccount},
    {"Hangs",
     [](Peer& peer) {
         peer.receive();
         peer.hang();
     },
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = false,
      .because = usedUp,
      .says = "connect timeout of 400 ms",
      .requests = 3,
      .atLeast = milliseconds(1'100)},
     &createAccount},
    {"Drips",
     [](Peer& peer) {
         if (peer.receive()) peer.drip("HTTP/1.1 200 Connection established\r\n" + string(500, 'x'), milliseconds(20));
     },
     {.error = "TimeoutError", .processed = false, .because = usedUp, .requests = 3},
     &createAccount},
    {"SendsEndlessHeaders",
     [](Peer& peer) {
         if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\n")) return;
         while (peer.send("X-More: " + string(1'000, 'm') + "\r\n")) {
         }
     },
     {.error = "NetworkError", .processed = false, .requests = 3},
     &createAccount},
    {"TunnelsToNothing",
     [](Peer& peer) {
         if (peer.receive() && peer.send("HTTP/1.1 200 Established\r\n\r\n")) peer.swallow(1);
     },
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = usedUp, .requests = 3},
     &createAccount},
};

class Proxy : public ::testing::TestWithParam<Scenario> {};
TEST_P(Proxy, ThatBreaks) {
    const Scenario& scenario = GetParam();
    World world;
    world.secrets.add(proxyPassword);
    world.secrets.add("operator:" + proxyPassword);
    const FaultServer proxy(scenario.script);
    kontext::ClientConfig config = world.config(far);
    config.proxy = {.url = proxy.url(), .credentials = "operator:" + proxyPassword};
    if (scenario.expected.error == "TimeoutError") config.timeouts.connect = milliseconds(400);
    const milliseconds limit = config.timeouts.connect;
    const Client client(std::move(config));
    const Result result = observe([&] { scenario.call(client); });
    check(result, scenario.expected);
    for (const Request& request : proxy.requests()) {
        EXPECT_EQ(request.method, "CONNECT");
        EXPECT_EQ(request.target, "api.kontext.test:443");
        // The bearer is for the other end of the tunnel.
        EXPECT_EQ(request.header("Authorization"), "");
        EXPECT_EQ(request.header("Proxy-Authorization"), "Basic " + kontext::encodeBase64("operator:" + proxyPassword));
    }
    EXPECT_EQ(proxy.requests().size(), scenario.expected.requests);
    world.expectAttemptsWithin(limit);
    world.expectNothingLeaked(result);
}
INSTANTIATE_TEST_SUITE_P(Faults, Proxy, ::testing::ValuesIn(proxies), nameOfScenario);

// libcurl percent-decodes what it is given as name and password.
TEST(Proxy, MayHaveAPasswordWithPercentSigns) {
    const World world;
    const FaultServer proxy(andClose(status("403 Forbidden")));
    kontext::ClientConfig config = world.config(far);
    config.proxy = {.url = proxy.url(), .credentials = "op%65rator:100%%41%zz"};
    const Client client(std::move(config));
    observe([&] { getApplication(client); });
    ASSERT_FALSE(proxy.requests().empty());
    EXPECT_EQ(proxy.requests().front().header("Proxy-Authorization"),
              "Basic " + kontext::encodeBase64("op%65rator:100%%41%zz"));
}

/// A proxy that does what it should, over plain HTTP or TLS.
class Tunnel : public ::testing::TestWithParam<bool> {
protected:
    /// To a server on this machine, whatever host the client asks for.
    static FaultServer::Script to(const FaultServer& server) {
        return [port = server.port()](Peer& peer) {
            if (peer.receive() && peer.send("HTTP/1.1 200 Connection established\r\n\r\n")) peer.relay(port);
        };
    }
    static std::optional<FaultTls> tls() {
        if (!GetParam()) return std::nullopt;
        return FaultTls{.certificate = makeCertificate({}, &authority())};
    }
    static const KeyPair& authority() {
        static const KeyPair pair = makeAuthority();
        return pair;
    }
    static FaultTls farTls() {
        return {.certificate = makeCertificate({.alternativeNames = "DNS:api.kontext.test"}, &authority())};
    }
    kontext::ClientConfig config(const FaultServer& proxy) {
        world.secrets.add(proxyPassword);
        world.secrets.add("operator:" + proxyPassword);
        kontext::ClientConfig made = world.config(far);
        made.tls.caPem = authority().certificate;
        made.proxy = {.url = proxy.url(), .credentials = "operator:" + proxyPassword};
        return made;
    }

    World world{};
};
INSTANTIATE_TEST_SUITE_P(Faults, Tunnel, ::testing::Bool(),
                         [](const auto& over) { return string(over.param ? "Https" : "Http"); });

TEST_P(Tunnel, CarriesTheCallsAndIsReused) {
    const FaultServer server(always(goodResponse()), farTls());
    const FaultServer proxy(to(server), tls());
    const Client client(config(proxy));
    for (int i = 0; i < 3; ++i) {
        const Result result = observe([&] { getApplication(client); });
        check(result, {});
        world.expectNothingLeaked(result);
    }
    ASSERT_EQ(proxy.requests().size(), 1u);
    EXPECT_EQ(proxy.requests().front().method, "CONNECT");
    EXPECT_EQ(proxy.requests().front().header("Authorization"), "");
    ASSERT_EQ(server.requests().size(), 3u);
    EXPECT_EQ(server.requests().back().header("Authorization"), "Bearer " + accessToken);
    EXPECT_EQ(server.requests().back().header("Proxy-Authorization"), "");
}

TEST_P(Tunnel, ToAHostWithTheWrongCertificateIsATlsErrorOfARequestThatWasNotSent) {
    const FaultServer server(always(goodResponse()), FaultTls{.certificate = makeCertificate({}, &authority())});
    const FaultServer proxy(to(server), tls());
    const Client client(config(proxy));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .attempts = 1});
    EXPECT_EQ(server.requests().size(), 0u);
    world.expectNothingLeaked(result);
}

TEST_P(Tunnel, WhoseHostDropsAPostIsNoFaultOfTheProxyAndThePostIsNotRepeated) {
    const FaultServer server([](Peer& peer) { peer.receive(); }, farTls());
    const FaultServer proxy(to(server), tls());
    const Client client(config(proxy));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = true, .attempts = 1});
    EXPECT_EQ(server.requests().size(), 1u);
    world.expectNothingLeaked(result);
}

// No signal, and no answer to a request that was never made.
TEST_P(Tunnel, ThatTheServerClosedWhileIdleIsNotUsed) {
    std::atomic<bool> closed{false};
    const FaultServer server(
        [&](Peer& peer) {
            if (peer.receive()) peer.send(goodResponse());
            peer.sayGoodbye();
        },
        farTls());
    const FaultServer proxy(
        [&, relay = to(server)](Peer& peer) {
            relay(peer);
            peer.close();
            closed = true;
        },
        tls());
    const Client client(config(proxy));
    getApplication(client);
    while (!closed)
        std::this_thread::yield();
    kontext::ResponseInfo info;
    check(observe([&] { client.applications.get("42", {.info = &info}); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(Proxy, ThatIsNotThereIsAConnectErrorAndThePostIsRepeated) {
    const World world;
    const ClosedPort closed;
    kontext::ClientConfig config = world.config(far);
    config.proxy.url = "http://127.0.0.1:" + std::to_string(closed.port());
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .processed = false, .because = usedUp, .attempts = 3});
    world.expectNothingLeaked(result);
}

TEST(Proxy, ThatIsHttpsButHasABadCertificateIsATlsError) {
    const World world;
    const FaultServer proxy(always(status("200 OK")), FaultTls{.certificate = makeCertificate({}, nullptr)});
    kontext::ClientConfig config = world.config(far);
    config.proxy.url = proxy.url();
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .attempts = 1});
    EXPECT_EQ(proxy.requests().size(), 0u);
    world.expectNothingLeaked(result);
}

/// Plain http, which a proxy answers in the name of the host.
kontext::ClientConfig plainConfig(const World& world) {
    kontext::ClientConfig config = world.config("http://api.kontext.test");
    config.allowInsecureHttp = true;
    return config;
}

TEST(Proxy, AnswersForAPlainHttpHostAreAnswers) {
    const World world;
    const FaultServer proxy(always(status("403 Forbidden", "", "who are you")));
    kontext::ClientConfig config = plainConfig(world);
    config.proxy.url = proxy.url();
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "ForbiddenError", .says = "who are you", .status = 403, .attempts = 1});
    ASSERT_EQ(proxy.requests().size(), 1u);
    EXPECT_EQ(proxy.requests().front().target, "http://api.kontext.test/api/v1/service-accounts");
    world.expectNothingLeaked(result);
}

// It is no answer of the API's, and no fault of the client's credentials.
TEST(Proxy, ThatWantsAPasswordForAPlainHttpHostSaysNothingOfTheApi) {
    const Expected wanted{.error = "NetworkError",
                          .kind = Kind::proxy,
                          .processed = false,
                          .because = "not retryable",
                          .says = "it requires different credentials; check proxy.credentials",
                          .attempts = 1};
    const FaultServer proxy(
        always(status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=x\r\n")));
    const World world;
    kontext::ClientConfig config = plainConfig(world);
    config.proxy = {.url = proxy.url(), .credentials = "operator:wrong"};
    check(observe([&] { createAccount(Client(config)); }), wanted);
    check(observe([&] { getApplication(Client(config)); }), wanted);
    EXPECT_EQ(proxy.requests().size(), 2u);
    config.tokenUrl.reset(); // now it is the token that is asked for by way of the proxy
    check(observe([&] { createAccount(Client(config)); }), wanted);
    EXPECT_EQ(proxy.requests().size(), 3u);
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) {
        const Variable fromEnvironment(name, proxy.url());
        check(observe([&] { createAccount(Client(plainConfig(world))); }), wanted);
    }
    EXPECT_EQ(proxy.requests().size(), 6u);
}

// It may close connections without telling.
TEST(Proxy, ForAPlainHttpHostGetsEachPostOnAConnectionOfItsOwn) {
    const FaultServer proxy(always(goodResponse(
        R"({"serviceAccount":{"id":"1","name":"robot"},"credentials":{"clientId":"sa_1","clientSecret":"n"}})")));
    const FakeUptime uptime;
    const World world;
    kontext::ClientConfig config = plainConfig(world);
    config.proxy.url = proxy.url();
    config.transport = FakeUptime::transport(config);
    const Client client(std::move(config));
    createAccount(client);
    createAccount(client);
    client.request("GET", "/x");
    client.request("GET", "/x");
    createAccount(client);
    std::vector<int> connections;
    for (const Request& request : proxy.requests())
        connections.push_back(request.connection);
    EXPECT_EQ(connections, (std::vector<int>{1, 2, 2, 2, 3}));
}

/// The names of this machine, and the addresses where a server listens under them.
struct Loopback {
    const char* host = "";
    const char* address = "127.0.0.1";
};
const Loopback loopbacks[] = {
    {"127.0.0.1"}, {"localhost"}, {"LOCALHOST"}, {"127.8.9.10", "127.8.9.10"}, {"[::1]", "::1"},
};

std::ostream& operator<<(std::ostream& out, const Loopback& loopback) { return out << loopback.host; }

bool hasIpv6() {
    try {
        const FaultServer server(always(""), std::nullopt, "::1");
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

class OnLoopback : public ::testing::TestWithParam<Loopback> {
protected:
    void SetUp() override {
        if (string(GetParam().address) == "::1" && !hasIpv6()) GTEST_SKIP() << "this machine has no IPv6";
    }
};
INSTANTIATE_TEST_SUITE_P(Faults, OnLoopback, ::testing::ValuesIn(loopbacks));

TEST_P(OnLoopback, NothingGoesThroughAProxyOfTheEnvironment) {
    const FaultServer proxy(always(status("418 No")));
    const Variable lower("http_proxy", proxy.url());
    const Variable lowerTls("https_proxy", proxy.url());
    const Variable upper("HTTPS_PROXY", proxy.url());
    const Variable all("ALL_PROXY", proxy.url());
    const Variable allLower("all_proxy", proxy.url());
    const Variable none("NO_PROXY", "");
    const Variable noneLower("no_proxy", "");
    const World world;
    const FaultServer server(always(goodResponse()), std::nullopt, GetParam().address);
    const Client client(world.config(server.url(GetParam().host)));
    check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(proxy.connections(), 0);
}

TEST_P(OnLoopback, NothingGoesThroughTheConfiguredProxyEither) {
    const World world;
    const FaultServer proxy(always(status("418 No")));
    const FaultServer server(always(goodResponse()), std::nullopt, GetParam().address);
    kontext::ClientConfig config = world.config(server.url(GetParam().host));
    config.proxy.url = proxy.url();
    const Client client(std::move(config));
    check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(proxy.connections(), 0);
}

TEST(Proxy, OfTheEnvironmentIsUsedForOtherHosts) {
    const FaultServer proxy(andClose(status("403 Forbidden")));
    const Variable upper("HTTPS_PROXY", proxy.url());
    const World world;
    const Client client(world.config(far));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::proxy, .processed = false});
    EXPECT_EQ(proxy.requests().size(), 3u);
}

TEST(Proxy, OfSocksThatRefusesThePasswordIsNotAskedAgain) {
    const FaultServer proxy([](Peer& peer) {
        string greeting;
        if (!peer.swallow(2, &greeting) || !peer.swallow(static_cast<std::size_t>(greeting[1]))) return;
        peer.send("\x05\x02"); // a user and a password are wanted
        if (peer.swallow(3 + 8 + 5)) peer.send("\x01\x01");
    });
    const Variable all("all_proxy", "socks5h://operator:wrong@127.0.0.1:" + std::to_string(proxy.port()));
    const World world;
    const Result result = observe([&] { createAccount(Client(world.config(far))); });
    check(result, {.error = "NetworkError",
                   .kind = Kind::proxy,
                   .processed = false,
                   .says = "it requires different credentials; check proxy.credentials",
                   .attempts = 1});
    EXPECT_EQ(proxy.connections(), 1);
}

TEST(Proxy, OfAllProxyIsUsedForOtherHostsToo) {
    const FaultServer proxy(andClose(status("403 Forbidden")));
    const Variable all("all_proxy", proxy.url());
    const World world;
    const Client client(world.config(far));
    check(observe([&] { createAccount(client); }), {.error = "NetworkError", .kind = Kind::proxy, .processed = false});
    EXPECT_EQ(proxy.requests().size(), 3u);
}

TEST(Proxy, OfTheEnvironmentIsNotUsedForTheHostsOfNoProxy) {
    const FaultServer proxy(andClose(status("403 Forbidden")));
    const Variable all("all_proxy", proxy.url());
    const Variable none("no_proxy", "kontext.test");
    const World world;
    const Client client(world.config(far));
    check(observe([&] { createAccount(client); }), {.error = "NetworkError", .kind = Kind::resolve});
    EXPECT_EQ(proxy.connections(), 0);
}

// A host that only looks like this machine is another's, and the proxy is the way to it.
TEST(Proxy, AHostThatOnlyLooksLikeLoopbackGoesThroughIt) {
    for (const char* host : {"https://localhost.evil.test", "https://127.0.0.1.evil.test"}) {
        const World world;
        const FaultServer proxy(andClose(status("403 Forbidden")));
        kontext::ClientConfig config = world.config(host);
        config.proxy.url = proxy.url();
        const Client client(std::move(config));
        check(observe([&] { getApplication(client); }), {.error = "NetworkError", .kind = Kind::proxy});
        EXPECT_EQ(proxy.requests().size(), 3u) << host;
    }
}

} // namespace
} // namespace kontext_test::proxy_test
