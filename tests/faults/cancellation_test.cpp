// A cancel wakes a call wherever it is.

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"
#include "faults/slow_names.hpp"

namespace kontext_test {
namespace {

// Never destroyed: a thread of libcurl may sit in a lookup when the program ends.
struct Names {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool slow = false;
    int lookups = 0;
};
Names& names() {
    static auto* only = new Names;
    return *only;
}

int lookUp(const char* name) {
    if (std::string(name) == "slow.test") {
        std::unique_lock<std::mutex> lock(names().mutex);
        ++names().lookups;
        names().changed.notify_all();
        names().changed.wait(lock, [] { return !names().slow; });
    }
    return EAI_NONAME;
}

} // namespace

SlowNames::SlowNames() {
    const std::lock_guard<std::mutex> lock(names().mutex);
    names().slow = true;
    names().lookups = 0;
}

SlowNames::~SlowNames() {
    const std::lock_guard<std::mutex> lock(names().mutex);
    names().slow = false;
    names().changed.notify_all();
}

void SlowNames::awaitLookup() {
    std::unique_lock<std::mutex> lock(names().mutex);
    names().changed.wait(lock, [] { return names().lookups > 0; });
}

} // namespace kontext_test

/// In place of the C library's, for libcurl as well: no name of a test goes to a name server.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
    const std::string name = node != nullptr ? node : "";
    if (name.size() > 5 && name.compare(name.size() - 5, 5, ".test") == 0) return kontext_test::lookUp(node);
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, found);
}

namespace kontext_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using Clock = std::chrono::steady_clock;
using std::string;

constexpr milliseconds promptly(50);

/// Runs what returns how long a cancel took. Where the machine is too busy to run the cancelled thread it is tried
/// again: a cancel that wakes nobody takes long each time.
template <class Stage>
void expectPrompt(const Stage& stage) {
    Clock::duration took{};
    for (int i = 0; i < 10 && !::testing::Test::HasFailure(); ++i) {
        took = stage();
        if (took < promptly) return;
    }
    EXPECT_LT(std::chrono::duration_cast<milliseconds>(took), promptly);
}

/// A call on a thread of its own.
class Running {
public:
    template <class Call>
    explicit Running(Call call)
        : thread_([this, call] {
              id_ = ::gettid();
              result_ = observe(call);
              ended_ = Clock::now();
          }) {}
    ~Running() {
        if (thread_.joinable()) thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    /// Until its thread waits for something: how a test knows that it has got so far, without a sleep of its own.
    void awaitBlocked() const {
        int times = 0;
        while (times < 20) {
            times = isBlocked() ? times + 1 : 0;
            std::this_thread::yield();
        }
    }
    Result result() {
        thread_.join();
        return result_;
    }
    Clock::time_point ended() const { return ended_; }

private:
    bool isBlocked() const {
        if (id_ == 0) return false;
        std::ifstream file("/proc/self/task/" + std::to_string(id_) + "/stat");
        string text;
        std::getline(file, text);
        const std::size_t name = text.rfind(") ");
        return name != string::npos && text[name + 2] == 'S';
    }

    std::atomic<pid_t> id_{0};
    Result result_{};
    Clock::time_point ended_{};
    std::thread thread_;
};

/// Nothing but a cancel ends a call before the test does.
kontext::ClientConfig patient(const World& world, const string& url) {
    kontext::ClientConfig config = world.config(url);
    config.timeouts = {.connect = milliseconds(60'000), .attempt = milliseconds(60'000), .call = milliseconds(60'000)};
    return config;
}

Clock::duration cancel(const World& world, Running& running, kontext::CancellationSource& source, bool processed) {
    const auto asked = Clock::now();
    source.cancel();
    const Result result = running.result();
    EXPECT_EQ(result.error, "CancelledError") << result.what;
    EXPECT_EQ(result.processed, processed) << result.what;
    EXPECT_EQ(result.code, "kontext_cancelled");
    world.expectNothingLeaked(result);
    return running.ended() - asked;
}

TEST(Cancellation, BeforeTheCallNothingIsSent) {
    const World world;
    const FaultServer server(always(goodResponse()));
    const Client client(patient(world, server.url()));
    kontext::CancellationSource source;
    source.cancel();
    const Result result = observe([&] { client.applications.get("42", {.cancel = source.token()}); });
    check(result, {.error = "CancelledError", .processed = false, .attempts = 0});
    EXPECT_EQ(server.connections(), 0);
    EXPECT_EQ(world.identity.connections(), 0);
}

TEST(Cancellation, WakesALookup) {
    expectPrompt([] {
        const World world;
        const SlowNames slow;
        const Client client(patient(world, "https://slow.test"));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        SlowNames::awaitLookup();
        running.awaitBlocked();
        return cancel(world, running, source, false);
    });
}

TEST(Cancellation, WakesAConnect) {
    expectPrompt([] {
        const World world;
        const FullBacklog full;
        const Client client(patient(world, "http://127.0.0.1:" + std::to_string(full.port())));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        while (world.identity.tokenRequests().empty())
            std::this_thread::yield();
        running.awaitBlocked();
        return cancel(world, running, source, false);
    });
}

TEST(Cancellation, WakesATlsHandshake) {
    expectPrompt([] {
        const World world;
        const FaultServer server([](Peer& peer) { peer.hang(); });
        const Client client(patient(world, "https://127.0.0.1:" + std::to_string(server.port())));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        EXPECT_TRUE(server.waitForConnections(1));
        running.awaitBlocked();
        return cancel(world, running, source, false);
    });
}

TEST(Cancellation, WakesAConnectThroughAProxy) {
    expectPrompt([] {
        const World world;
        const FaultServer proxy([](Peer& peer) {
            peer.receive();
            peer.hang();
        });
        kontext::ClientConfig config = patient(world, "https://api.kontext.test");
        config.proxy.url = proxy.url();
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        EXPECT_TRUE(proxy.waitForRequests(1));
        running.awaitBlocked();
        return cancel(world, running, source, false);
    });
}

TEST(Cancellation, WakesASend) {
    expectPrompt([] {
        const World world;
        const FaultServer server([](Peer& peer) {
            peer.receiveHead();
            peer.hang();
        });
        const Client client(patient(world, server.url()));
        kontext::CancellationSource source;
        const kontext::RawRequest much{.body = string(postedBytes, 'x')}; // not given back within the time that counts
        Running running([&] { client.request("POST", "/applications", much, {.cancel = source.token()}); });
        EXPECT_TRUE(server.waitForRequests(1));
        running.awaitBlocked();
        const auto took = cancel(world, running, source, true);
        EXPECT_EQ(server.requests().size(), 1u);
        return took;
    });
}

TEST(Cancellation, WakesTheWaitForAResponse) {
    expectPrompt([] {
        const World world;
        const FaultServer server([](Peer& peer) {
            peer.receive();
            peer.hang();
        });
        const Client client(patient(world, server.url()));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        EXPECT_TRUE(server.waitForRequests(1));
        running.awaitBlocked();
        const auto took = cancel(world, running, source, true);
        EXPECT_EQ(server.requests().size(), 1u);
        return took;
    });
}

TEST(Cancellation, WakesAResponseThatDrips) {
    expectPrompt([] {
        const World world;
        std::atomic<bool> dripping{false};
        const FaultServer server([&](Peer& peer) {
            if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")) return;
            dripping = true;
            peer.drip(string(1'000'000, ' '), milliseconds(1));
        });
        const Client client(patient(world, server.url()));
        kontext::CancellationSource source;
        Running running([&] { client.applications.get("42", {.cancel = source.token()}); });
        while (!dripping)
            std::this_thread::yield();
        const auto took = cancel(world, running, source, true);
        EXPECT_EQ(server.requests().size(), 1u);
        return took;
    });
}

TEST(Cancellation, WakesAResponseThatPours) {
    expectPrompt([] {
        const World world;
        std::atomic<bool> pouring{false};
        const FaultServer server([&](Peer& peer) {
            if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\n\r\n")) return;
            while (peer.send(string(10'000, ' ')))
                pouring = true;
        });
        kontext::ClientConfig config = patient(world, server.url());
        config.maxResponseBytes = std::size_t{1} << 40;
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running running([&] { client.applications.get("42", {.cancel = source.token()}); });
        while (!pouring)
            std::this_thread::yield();
        return cancel(world, running, source, true);
    });
}

TEST(Cancellation, WakesTheWaitBetweenTwoAttempts) {
    expectPrompt([] {
        const World world;
        const FaultServer server(always("HTTP/1.1 429 Slow Down\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n"));
        const Client client(patient(world, server.url()));
        kontext::CancellationSource source;
        Running running([&] { client.serviceAccounts.create({.name = "robot"}, {.cancel = source.token()}); });
        while (world.notices->notices().size() < 2) // the token, and the 429
            std::this_thread::yield();
        running.awaitBlocked();
        const auto took = cancel(world, running, source, false);
        EXPECT_EQ(server.requests().size(), 1u);
        return took;
    });
}

/// A token endpoint that answers when it is told to.
class Gate {
public:
    FaultServer::Script script() {
        return [this](Peer& peer) {
            while (peer.receive()) {
                std::unique_lock<std::mutex> lock(mutex_);
                opened_.wait(lock, [this] { return open_; });
                lock.unlock();
                if (!peer.send(goodResponse(R"({"access_token":")" + accessToken + R"(","expires_in":3600})"))) return;
            }
        };
    }
    void open() {
        const std::lock_guard<std::mutex> lock(mutex_);
        open_ = true;
        opened_.notify_all();
    }

private:
    std::mutex mutex_{};
    std::condition_variable opened_{};
    bool open_ = false;
};

/// A client that waits for a token.
struct Waiting {
    ~Waiting() { gate.open(); }

    kontext::ClientConfig config() const {
        kontext::ClientConfig made = patient(world, server.url());
        made.tokenUrl = identity.url() + "/oauth2/token";
        return made;
    }

    World world{};
    FaultServer server{always(goodResponse())};
    Gate gate{};
    FaultServer identity{gate.script()};
    Client client{config()};
    kontext::CancellationSource source{};
};

TEST(WaitForAToken, IsWokenWhereItLeads) {
    expectPrompt([] {
        Waiting it;
        Running leader([&] { it.client.applications.get("42", {.cancel = it.source.token()}); });
        EXPECT_TRUE(it.identity.waitForRequests(1));
        leader.awaitBlocked();
        const auto took = cancel(it.world, leader, it.source, false);
        EXPECT_EQ(it.server.connections(), 0);
        return took;
    });
}

TEST(WaitForAToken, IsWokenWhereItIsARefresh) {
    expectPrompt([] {
        Waiting it;
        Running refresh([&] { it.client.refreshToken({.cancel = it.source.token()}); });
        EXPECT_TRUE(it.identity.waitForRequests(1));
        refresh.awaitBlocked();
        const auto took = cancel(it.world, refresh, it.source, false);
        EXPECT_EQ(it.identity.requests().size(), 1u);
        return took;
    });
}

TEST(WaitForAToken, IsWokenInTheLeadersLookup) {
    expectPrompt([] {
        const World world;
        const SlowNames slow;
        const FaultServer server(always(goodResponse()));
        kontext::ClientConfig config = patient(world, server.url());
        config.tokenUrl = "https://slow.test/oauth2/token";
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running leader([&] { client.applications.get("42", {.cancel = source.token()}); });
        SlowNames::awaitLookup();
        leader.awaitBlocked();
        const auto took = cancel(world, leader, source, false);
        EXPECT_EQ(server.connections(), 0);
        return took;
    });
}

TEST(WaitForAToken, IsWokenInTheLeadersConnect) {
    expectPrompt([] {
        const World world;
        const FullBacklog full;
        const FaultServer server(always(goodResponse()));
        kontext::ClientConfig config = patient(world, server.url());
        config.tokenUrl = "http://127.0.0.1:" + std::to_string(full.port()) + "/oauth2/token";
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running leader([&] { client.applications.get("42", {.cancel = source.token()}); });
        leader.awaitBlocked();
        const auto took = cancel(world, leader, source, false);
        EXPECT_EQ(server.connections(), 0);
        return took;
    });
}

TEST(WaitForAToken, IsWokenInTheLeadersTlsHandshake) {
    expectPrompt([] {
        const World world;
        const FaultServer identity([](Peer& peer) { peer.hang(); });
        const FaultServer server(always(goodResponse()));
        kontext::ClientConfig config = patient(world, server.url());
        config.tokenUrl = "https://127.0.0.1:" + std::to_string(identity.port()) + "/oauth2/token";
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running leader([&] { client.applications.get("42", {.cancel = source.token()}); });
        EXPECT_TRUE(identity.waitForConnections(1));
        leader.awaitBlocked();
        const auto took = cancel(world, leader, source, false);
        EXPECT_EQ(server.connections(), 0);
        return took;
    });
}

TEST(WaitForAToken, IsWokenBetweenTwoAttemptsOfTheLeader) {
    expectPrompt([] {
        const World world;
        const FaultServer identity(always("HTTP/1.1 503 Busy\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n"));
        const FaultServer server(always(goodResponse()));
        kontext::ClientConfig config = patient(world, server.url());
        config.tokenUrl = identity.url() + "/oauth2/token";
        const Client client(std::move(config));
        kontext::CancellationSource source;
        Running leader([&] { client.applications.get("42", {.cancel = source.token()}); });
        while (world.notices->notices().empty())
            std::this_thread::yield();
        leader.awaitBlocked();
        const auto took = cancel(world, leader, source, false);
        EXPECT_EQ(identity.requests().size(), 1u);
        EXPECT_EQ(server.connections(), 0);
        return took;
    });
}

TEST(WaitForAToken, IsWokenWhereItFollowsAndTheLeaderGoesOn) {
    expectPrompt([] {
        Waiting it;
        Running leader([&] { it.client.applications.get("42"); });
        EXPECT_TRUE(it.identity.waitForRequests(1));
        Running follower([&] { it.client.applications.get("42", {.cancel = it.source.token()}); });
        follower.awaitBlocked();
        const auto took = cancel(it.world, follower, it.source, false);
        it.gate.open();
        check(leader.result(), {});
        EXPECT_EQ(it.identity.requests().size(), 1u);
        EXPECT_EQ(it.server.requests().size(), 1u);
        return took;
    });
}

TEST(WaitForAToken, IsHandedOverByALeaderThatIsCancelled) {
    expectPrompt([] {
        Waiting it;
        Running leader([&] { it.client.applications.get("42", {.cancel = it.source.token()}); });
        EXPECT_TRUE(it.identity.waitForRequests(1));
        Running follower([&] { it.client.applications.get("42"); });
        follower.awaitBlocked();
        const auto took = cancel(it.world, leader, it.source, false);
        EXPECT_TRUE(it.identity.waitForRequests(2)); // the follower's own
        it.gate.open();
        check(follower.result(), {});
        EXPECT_EQ(it.server.requests().size(), 1u);
        return took;
    });
}

TEST(WaitForAToken, EndsWithTheFollowersOwnDeadline) {
    Waiting it;
    Running leader([&] { it.client.applications.get("42"); });
    ASSERT_TRUE(it.identity.waitForRequests(1));
    const Result result = observe([&] { it.client.applications.get("42", {.timeout = milliseconds(300)}); });
    check(result, {.error = "TimeoutError",
                   .kind = Kind::timeout,
                   .processed = false,
                   .says = "while it waited for an access token",
                   .attempts = 0,
                   .atLeast = milliseconds(290)});
    it.gate.open();
    check(leader.result(), {});
}

// Names, which are at hand here.

TEST(Names, OneThatIsUnknownIsANetworkErrorOfARequestThatWasNotSent) {
    const World world;
    const Client client(world.config("https://unknown.test"));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError",
                   .kind = Kind::resolve,
                   .processed = false,
                   .because = "retry limit (2) reached",
                   .says = "unknown.test",
                   .attempts = 3});
    world.expectNothingLeaked(result);
}

TEST(Names, AServerThatHangsDoesNotOutliveTheConnectTimeout) {
    const World world;
    const SlowNames slow;
    kontext::ClientConfig config = world.config("https://slow.test");
    config.timeouts.connect = milliseconds(300);
    config.retry.maxRetries = 0;
    const Client client(std::move(config));
    check(observe([&] { createAccount(client); }), {.error = "TimeoutError",
                                                    .kind = Kind::timeout,
                                                    .processed = false,
                                                    .attempts = 1,
                                                    .atLeast = milliseconds(250)});
}

} // namespace
} // namespace kontext_test
