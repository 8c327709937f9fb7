// Connections that die, or lie, between two calls.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "faults/fake_uptime.hpp"
#include "faults/scenario.hpp"

namespace kontext_test::reused_connections_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

string created() {
    return goodResponse(
        R"({"serviceAccount":{"id":"1","name":"robot"},"credentials":{"clientId":"sa_1","clientSecret":"n"}})");
}

const KeyPair& authority() {
    static const KeyPair pair = makeAuthority();
    return pair;
}

/// Over plain HTTP and over TLS.
class ReusedConnections : public ::testing::TestWithParam<bool> {
protected:
    std::optional<FaultTls> tls() const {
        if (!GetParam()) return std::nullopt;
        return FaultTls{.certificate = makeCertificate({}, &authority())};
    }
    Client clientOf(const FaultServer& server) const {
        kontext::ClientConfig config = world.config(server.url());
        config.tls.caPem = authority().certificate;
        return Client(std::move(config));
    }
    /// Time passes for its connections only where the test says so.
    Client clientAtRest(const FaultServer& server) const {
        kontext::ClientConfig config = world.config(server.url());
        config.tls.caPem = authority().certificate;
        config.transport = FakeUptime::transport(config);
        return Client(std::move(config));
    }
    World world{};
    const FakeUptime uptime{};
};
INSTANTIATE_TEST_SUITE_P(Faults, ReusedConnections, ::testing::Bool(),
                         [](const auto& over) { return std::string(over.param ? "Tls" : "Http"); });

/// What the server does when the first call is answered and the connection idle; it says so when it is done.
struct Ending {
    std::promise<void> done{};
    std::atomic<bool> first{true};
    FaultServer::Script script(void (*end)(Peer&)) {
        return [this, end](Peer& peer) {
            while (peer.receive()) {
                if (!peer.send(created())) return;
                if (!first.exchange(false)) continue;
                end(peer);
                done.set_value();
                return peer.hang();
            }
        };
    }
};

void waitFor(const std::atomic<int>& number, int value) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (number < value && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(number, value);
}

// Whose memory is in the cache of its processor.
TEST_P(ReusedConnections, ThreadsThatCallInTurnGetTheirOwnBack) {
    std::atomic<int> arrived{0};
    const FaultServer server(
        [&](Peer& peer) {
            while (peer.receive()) {
                ++arrived;
                while (arrived < 2) // both are under way: neither can have the other's
                    std::this_thread::yield();
                if (!peer.send(goodResponse())) return;
            }
        },
        tls());
    const Client client = clientOf(server);
    constexpr int rounds = 10;
    std::atomic<int> turn{0};
    const auto work = [&](int me) {
        client.applications.get(std::to_string(me));
        ++turn;
        for (int i = 0; i < rounds; ++i) {
            while (turn != 2 + 2 * i + me)
                std::this_thread::yield();
            client.applications.get(std::to_string(me));
            ++turn;
        }
    };
    std::thread other(work, 1);
    work(0);
    other.join();

    std::map<int, std::set<string>> callers;
    for (const Request& request : server.requests())
        callers[request.connection].insert(request.target);
    EXPECT_EQ(server.requests().size(), 2u + 2 * rounds);
    ASSERT_EQ(callers.size(), 2u);
    for (const auto& [connection, targets] : callers)
        EXPECT_EQ(targets.size(), 1u) << "connection " << connection;
}

TEST_P(ReusedConnections, OneThatTheServerClosedWhileIdleIsNotUsed) {
    Ending ending;
    const FaultServer server(ending.script([](Peer& peer) {
        peer.sayGoodbye();
        peer.close();
    }),
                             tls());
    const Client client = clientOf(server);
    createAccount(client);
    ending.done.get_future().wait();
    kontext::ResponseInfo info;
    const Result result = observe([&] { client.serviceAccounts.create({.name = "robot"}, {.info = &info}); });
    check(result, {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST_P(ReusedConnections, OneThatTheServerClosedWithoutAGoodbyeIsNotUsed) {
    Ending ending;
    const FaultServer server(ending.script([](Peer& peer) { peer.close(); }), tls());
    const Client client = clientOf(server);
    createAccount(client);
    ending.done.get_future().wait();
    kontext::ResponseInfo info;
    check(observe([&] { client.serviceAccounts.create({.name = "robot"}, {.info = &info}); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST_P(ReusedConnections, OneThatTheServerResetWhileIdleIsNotUsed) {
    Ending ending;
    const FaultServer server(ending.script([](Peer& peer) { peer.reset(); }), tls());
    const Client client = clientOf(server);
    createAccount(client);
    ending.done.get_future().wait();
    kontext::ResponseInfo info;
    check(observe([&] { client.serviceAccounts.create({.name = "robot"}, {.info = &info}); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.requests().size(), 2u);
}

// A server that gives up on an idle connection may say so first: that is no answer to the next request.
TEST_P(ReusedConnections, ARequestTimeoutThatTheServerSendsWhileIdleIsNoAnswer) {
    Ending ending;
    const FaultServer server(ending.script([](Peer& peer) {
        peer.send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        peer.sayGoodbye();
        peer.close();
    }),
                             tls());
    const Client client = clientOf(server);
    createAccount(client);
    ending.done.get_future().wait();
    kontext::ResponseInfo info;
    const Result result = observe([&] { client.serviceAccounts.create({.name = "robot"}, {.info = &info}); });
    check(result, {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.requests().size(), 2u);
}

// Bytes that nobody asked for would be taken for the answer to the next request, and each answer for the one before.
TEST_P(ReusedConnections, AResponseThatNobodyAskedForIsNoAnswer) {
    Ending ending;
    const FaultServer server(ending.script([](Peer& peer) {
        peer.send(goodResponse(R"({"application":{"id":"evil","name":"poisoned"}})"));
    }),
                             tls());
    const Client client = clientOf(server);
    createAccount(client);
    ending.done.get_future().wait();
    const Result result = observe([&] { createAccount(client); });
    check(result, {});
    EXPECT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(server.connections(), 2);
}

TEST_P(ReusedConnections, OneThatIsResetAfterThePostWasExecutedIsNeverSentOnTwice) {
    std::atomic<int> executed{0};
    const FaultServer server(
        [&](Peer& peer) {
            while (peer.receive()) {
                if (++executed == 2) return peer.reset();
                if (!peer.send(created())) return;
            }
        },
        tls());
    const Client client = clientOf(server);
    createAccount(client);
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError",
                   .kind = Kind::receive,
                   .processed = true,
                   .because = "a POST is not retried after no response: it may have been processed",
                   .attempts = 1});
    EXPECT_EQ(executed, 2);
    createAccount(client);
    EXPECT_EQ(executed, 3);
    EXPECT_EQ(server.requests().size(), 3u);
    world.expectNothingLeaked(result);
}

TEST_P(ReusedConnections, OneThatIsClosedAfterThePostWasExecutedIsNeverSentOnTwice) {
    std::atomic<int> executed{0};
    const FaultServer server(
        [&](Peer& peer) {
            while (peer.receive())
                if (++executed == 2 || !peer.send(created())) return;
        },
        tls());
    const Client client = clientOf(server);
    createAccount(client);
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = true, .attempts = 1});
    EXPECT_EQ(executed, 2);
    EXPECT_EQ(server.requests().size(), 2u);
}

// The retry is the loop's, so that attempts() is true: libcurl's own would not be counted.
TEST_P(ReusedConnections, AGetIsRepeatedByTheLoopAlone) {
    std::atomic<int> executed{0};
    const FaultServer server(
        [&](Peer& peer) {
            while (peer.receive())
                if (++executed == 2 || !peer.send(goodResponse())) return;
        },
        tls());
    const Client client = clientOf(server);
    getApplication(client);
    kontext::ResponseInfo info;
    client.applications.get("42", {.info = &info});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(executed, 3);
}

TEST_P(ReusedConnections, AGoodOneIsReused) {
    const FaultServer server(always(created()), tls());
    const Client client = clientAtRest(server);
    for (int i = 0; i < 20; ++i)
        createAccount(client);
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.requests().size(), 20u);
}

TEST_P(ReusedConnections, OneWithAResponseThatWasTooLongIsNotReused) {
    const FaultServer server(always(goodResponse('"' + string(100'000, 'x') + '"')), tls());
    kontext::ClientConfig config = world.config(server.url());
    config.tls.caPem = authority().certificate;
    config.maxResponseBytes = 1'000;
    const Client client(std::move(config));
    for (int i = 0; i < 3; ++i)
        check(observe([&] { createAccount(client); }), {.error = "DecodeError", .code = "kontext_response_too_large"});
    EXPECT_EQ(server.connections(), 3);
}

// A server may close an idle connection while the request is on its way: a GET is then repeated, a POST cannot be.
TEST_P(ReusedConnections, APostAfterAPauseGoesOutOnAFreshOneWhichReplacesTheOld) {
    std::atomic<int> ended{0};
    const FaultServer server(
        [&](Peer& peer) {
            always(created())(peer);
            ++ended;
        },
        tls());
    const Client client = clientAtRest(server);
    createAccount(client);
    uptime.pass(milliseconds(500));
    createAccount(client);
    EXPECT_EQ(server.connections(), 1);
    uptime.pass(milliseconds(501));
    createAccount(client);
    EXPECT_EQ(server.connections(), 2);
    waitFor(ended, 1);
    client.request("GET", "/x");
    createAccount(client);
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(ended, 1);
}

TEST_P(ReusedConnections, AGetTrustsOneForHalfAMinute) {
    const FaultServer server(always(goodResponse()), tls());
    const Client client = clientAtRest(server);
    getApplication(client);
    uptime.pass(std::chrono::seconds(30));
    getApplication(client);
    EXPECT_EQ(server.connections(), 1);
    uptime.pass(milliseconds(30'001));
    getApplication(client);
    EXPECT_EQ(server.connections(), 2);
}

// While the machine sleeps, the server does not. Nothing says so to a connection that it has closed meanwhile.
TEST_P(ReusedConnections, OneFromBeforeASuspendIsNotUsed) {
    const FaultServer server(
        [](Peer& peer) {
            if (peer.receive() && peer.send(goodResponse())) peer.hang();
        },
        tls());
    const Client client = clientAtRest(server);
    getApplication(client);
    uptime.pass(std::chrono::hours(8));
    kontext::ResponseInfo info;
    client.applications.get("42", {.info = &info});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(server.connections(), 2);
}

TEST_P(ReusedConnections, OneThatIsNeverIdleIsReplacedSoThatTheNameIsLookedUpOnceMore) {
    const FaultServer server(always(goodResponse()), tls());
    const Client client = clientAtRest(server);
    for (int i = 0; i < 61; ++i) {
        getApplication(client);
        EXPECT_EQ(server.connections(), 1);
        uptime.pass(std::chrono::seconds(5));
    }
    getApplication(client);
    getApplication(client);
    EXPECT_EQ(server.connections(), 2);
}

TEST_P(ReusedConnections, NoneIsUsedForLongerThanTheServerKeepsIt) {
    const FaultServer server(always(goodResponse(application(), "Keep-Alive: timeout=5\r\n")), tls());
    const Client client = clientAtRest(server);
    getApplication(client);
    uptime.pass(milliseconds(4'500));
    getApplication(client);
    EXPECT_EQ(server.connections(), 1);
    uptime.pass(milliseconds(4'501));
    getApplication(client);
    EXPECT_EQ(server.connections(), 2);
}

// The wait that a server asks for is often as long as it keeps an idle connection.
TEST_P(ReusedConnections, APostThatWaitedAsLongAsTheServerKeepsOneIsNotLostOnIt) {
    const FaultServer server(
        [](Peer& peer) {
            if (!peer.receive()) return;
            if (peer.connection() > 1) {
                peer.send(created());
                return;
            }
            peer.send("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
            peer.receive(); // and closes, as it would have without
        },
        tls());
    const Client client = clientOf(server);
    kontext::ResponseInfo info;
    check(observe([&] { client.serviceAccounts.create({.name = "robot"}, {.info = &info}); }),
          {.atMost = milliseconds(10'000)});
    EXPECT_EQ(info.attempts, 2);
}

// libcurl tries to connect once more; that this fails too must not hide that the request was sent.
TEST_P(ReusedConnections, APostThatWasLostIsNoConnectErrorIfTheServerHasGone) {
    FaultServer* listening = nullptr;
    FaultServer server(
        [&](Peer& peer) {
            if (!peer.receive() || !peer.send(created()) || !peer.receive()) return;
            listening->stopListening();
        },
        tls());
    listening = &server;
    const Client client = clientAtRest(server);
    createAccount(client);
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError",
                   .kind = Kind::receive,
                   .processed = true,
                   .says = "the connection was lost before the response",
                   .attempts = 1});
    world.expectNothingLeaked(result);
}

TEST_P(ReusedConnections, OneThatDiedIsNotReplacedBehindOurBack) {
    const FaultServer server(
        [](Peer& peer) {
            if (peer.receive() && peer.send(created())) peer.receive();
        },
        tls());
    const Client client = clientAtRest(server);
    createAccount(client);
    check(observe([&] { createAccount(client); }), {.error = "NetworkError", .kind = Kind::receive, .processed = true});
    EXPECT_EQ(server.connections(), 1);
}

/// So many calls at once, each with a connection of its own.
void burst(const Client& client, int count) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&] { getApplication(client); });
    for (std::thread& thread : threads)
        thread.join();
}

/// Answers when that many have come.
FaultServer::Script together(std::atomic<int>& arrived, int count, std::atomic<int>& ended) {
    return [&arrived, count, &ended](Peer& peer) {
        while (peer.receive()) {
            ++arrived;
            while (arrived < count && peer.pause(milliseconds(1))) {
            }
            if (!peer.send(goodResponse())) break;
        }
        ++ended;
    };
}

TEST_P(ReusedConnections, OfABurstThirtyTwoAreKeptForMoreThanAFewSeconds) {
    std::atomic<int> arrived{0};
    std::atomic<int> ended{0};
    const FaultServer server(together(arrived, 40, ended), tls());
    const Client client = clientAtRest(server);
    burst(client, 40);
    getApplication(client);
    EXPECT_EQ(server.connections(), 40);
    uptime.pass(std::chrono::seconds(5)); // threads that pause get theirs back
    getApplication(client);
    EXPECT_EQ(ended, 0);
    uptime.pass(milliseconds(1'001));
    getApplication(client);
    waitFor(ended, 7); // 39 were at rest
    uptime.pass(std::chrono::seconds(31));
    getApplication(client);
    waitFor(ended, 40);
    EXPECT_EQ(server.connections(), 41);
}

TEST_P(ReusedConnections, ThoseThatTheServerClosedDoNotKeepTheirDescriptors) {
    constexpr int others = 7;
    const auto descriptors = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    };
    std::atomic<int> arrived{0};
    std::atomic<int> closed{0};
    const FaultServer server(
        [&](Peer& peer) {
            if (!peer.receive()) return;
            ++arrived;
            while (arrived < 1 + others && peer.pause(milliseconds(1))) {
            }
            peer.send(goodResponse());
            if (peer.request().target == "/api/v1/applications/mine") return always(goodResponse())(peer);
            peer.close();
            ++closed;
        },
        tls());
    const Client client = clientAtRest(server);
    client.refreshToken();
    const auto before = descriptors();
    std::thread rest([&] { burst(client, others); });
    client.applications.get("mine");
    rest.join();
    waitFor(closed, others);
    EXPECT_GT(descriptors(), before + 4 + others);
    uptime.pass(milliseconds(1'001));
    client.applications.get("mine");
    EXPECT_LE(descriptors(), before + 4); // those of mine, of which one is the server's
    EXPECT_EQ(server.connections(), 1 + others);
}

} // namespace
} // namespace kontext_test::reused_connections_test
