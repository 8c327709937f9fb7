// What a library must not do to the process that embeds it: SIGPIPE, and fork().

#include <atomic>
#include <csignal>
#include <latch>
#include <set>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"
#include "support/sigpipe.hpp"

namespace kontext_test::process_test {
namespace {

using std::string;

const KeyPair& authority() {
    static const KeyPair pair = makeAuthority();
    return pair;
}

class Sigpipe : public ::testing::TestWithParam<bool> {
protected:
    std::optional<FaultTls> tls() const {
        if (!GetParam()) return std::nullopt;
        return FaultTls{.certificate = makeCertificate({}, &authority())};
    }
    kontext::ClientConfig configFor(const FaultServer& server) const {
        kontext::ClientConfig config = world.config(server.url());
        config.tls.caPem = authority().certificate;
        return config;
    }
    World world{};
};
INSTANTIATE_TEST_SUITE_P(Faults, Sigpipe, ::testing::Bool(),
                         [](const auto& over) { return string(over.param ? "Tls" : "Http"); });

TEST_P(Sigpipe, IsNotRaisedByAPeerThatGoesWhileWeSend) {
    const CountedPipes counted;
    for (const bool reset : {false, true}) {
        const FaultServer server(
            [reset](Peer& peer) {
                peer.receiveHead();
                peer.swallow(50'000);
                if (reset) peer.reset();
            },
            tls());
        const Client client(configFor(server));
        for (int i = 0; i < 3; ++i)
            check(observe([&] { postMuch(client); }), {.error = "NetworkError", .processed = true});
    }
    EXPECT_EQ(pipes, 0);
    EXPECT_FALSE(isPipeBlocked());
    EXPECT_FALSE(isPipePending());
}

// Under http:// too there may be TLS: to the proxy.
TEST(SigpipeOfAProxy, IsNotRaisedByOneThatGoesWhileWeSend) {
    const CountedPipes counted;
    const World world;
    const FaultServer proxy(
        [](Peer& peer) {
            peer.receiveHead();
            peer.swallow(50'000);
            peer.reset();
        },
        FaultTls{.certificate = makeCertificate({}, &authority())});
    kontext::ClientConfig config = world.config("http://api.kontext.test");
    config.allowInsecureHttp = true;
    config.proxy.url = proxy.url();
    config.tls.caPem = authority().certificate;
    const Client client(std::move(config));
    for (int i = 0; i < 3; ++i)
        check(observe([&] { postMuch(client); }), {.error = "NetworkError", .processed = true});
    EXPECT_EQ(pipes, 0);
    EXPECT_FALSE(isPipePending());
}

// The client says goodbye to a connection that is no more.
TEST_P(Sigpipe, IsNotRaisedByTheEndOfAClientWhosePeerHasGone) {
    const CountedPipes counted;
    for (int i = 0; i < 5; ++i) {
        std::atomic<bool> gone{false};
        const FaultServer server(
            [&](Peer& peer) {
                if (peer.receive()) peer.send(goodResponse());
                peer.reset();
                gone = true;
            },
            tls());
        {
            const Client client(configFor(server));
            getApplication(client);
            while (!gone)
                std::this_thread::yield();
        }
    }
    EXPECT_EQ(pipes, 0);
    EXPECT_FALSE(isPipeBlocked());
    EXPECT_FALSE(isPipePending());
}

TEST_P(Sigpipe, IsNotRaisedByACallOnAConnectionThatTheServerClosed) {
    const CountedPipes counted;
    const FaultServer server(
        [](Peer& peer) {
            if (peer.receive()) peer.send(goodResponse());
        },
        tls());
    const Client client(configFor(server));
    for (int i = 0; i < 20; ++i)
        observe([&] { getApplication(client); });
    EXPECT_EQ(pipes, 0);
    EXPECT_FALSE(isPipePending());
}

// A signal of the program's own is not swallowed with ours.
TEST_P(Sigpipe, OneThatWasPendingBeforeStaysPending) {
    const BlockedPipe blocked;
    raise(SIGPIPE);
    const FaultServer server(always(goodResponse()), tls());
    const Client client(configFor(server));
    getApplication(client);
    EXPECT_TRUE(isPipeBlocked());
    EXPECT_TRUE(isPipePending());
    EXPECT_TRUE(blocked.take());
}

/// Runs the function in a child; whether it returned true there.
template <class Function>
bool inChild(const Function& function) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("fork");
    if (child == 0) {
        alarm(60); // a child that hangs fails
        bool good = false;
        try {
            good = function();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "in the child: %s\n", error.what());
        }
        _exit(good ? 0 : 1);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class Fork : public Sigpipe {};
INSTANTIATE_TEST_SUITE_P(Faults, Fork, ::testing::Bool(),
                         [](const auto& over) { return string(over.param ? "Tls" : "Http"); });

TEST_P(Fork, ParentAndChildGoOnOnConnectionsOfTheirOwn) {
    const FaultServer server(always(goodResponse()), tls());
    const Client client(configFor(server));
    getApplication(client);
    EXPECT_TRUE(inChild([&] {
        for (int i = 0; i < 3; ++i)
            getApplication(client);
        return true;
    }));
    getApplication(client);
    EXPECT_TRUE(inChild([&] {
        getApplication(client);
        return true;
    }));
    getApplication(client);

    const std::vector<Request> requests = server.requests();
    ASSERT_EQ(requests.size(), 7u);
    // The parent's three over one, each child's over one of its own.
    std::vector<int> connections;
    for (const Request& request : requests)
        connections.push_back(request.connection);
    EXPECT_EQ(connections, (std::vector<int>{1, 2, 2, 2, 1, 3, 1}));
    // A child has no token of its parent's: its own comes over a connection of its own.
    EXPECT_EQ(world.identity.tokenRequests().size(), 3u);
}

TEST_P(Fork, AChildThatNeverCallsLeavesTheParentsConnectionAlone) {
    const FaultServer server(always(goodResponse()), tls());
    const Client client(configFor(server));
    getApplication(client);
    EXPECT_TRUE(inChild([&] {
        const Client copy(client); // and ends without a call
        return true;
    }));
    getApplication(client);
    EXPECT_EQ(server.connections(), 1);
}

TEST_P(Fork, AChildMayDestroyTheClientAndTheParentGoesOn) {
    const FaultServer server(always(goodResponse()), tls());
    auto client = std::make_unique<Client>(configFor(server));
    getApplication(*client);
    EXPECT_TRUE(inChild([&] {
        getApplication(*client);
        client.reset();
        return true;
    }));
    EXPECT_TRUE(inChild([&] {
        client.reset(); // without a call before
        return true;
    }));
    getApplication(*client);
    EXPECT_EQ(server.requests().size(), 3u);
    EXPECT_EQ(server.requests().back().connection, 1);
}

TEST_P(Fork, WhileOtherThreadsAreWithinCalls) {
    const FaultServer server(always(goodResponse()), tls());
    kontext::ClientConfig config = configFor(server);
    config.logger = nullptr; // another thread may hold the lock of the test's own, and does not exist in the child
    config.observer = nullptr;
    const Client client(std::move(config));
    std::atomic<bool> done{false};
    std::latch connected(4);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            EXPECT_EQ(observe([&] { getApplication(client); }).error, "");
            connected.count_down();
            while (!done)
                EXPECT_EQ(observe([&] { getApplication(client); }).error, "");
        });
    // A child may inherit a lock of OpenSSL's that a thread held as it connected: then only exec() helps it.
    connected.wait();
    for (int i = 0; i < 10; ++i) {
        client.clearToken(); // so that locks and flights are in use
        EXPECT_TRUE(inChild([&] {
            getApplication(client);
            return true;
        }));
    }
    done = true;
    for (std::thread& thread : threads)
        thread.join();
}

TEST_P(Fork, AGrandchildIsAChildToo) {
    const FaultServer server(always(goodResponse()), tls());
    const Client client(configFor(server));
    getApplication(client);
    EXPECT_TRUE(inChild([&] {
        getApplication(client);
        const bool good = inChild([&] {
            getApplication(client);
            return true;
        });
        getApplication(client);
        return good;
    }));
    getApplication(client);
    std::vector<int> connections;
    for (const Request& request : server.requests())
        connections.push_back(request.connection);
    EXPECT_EQ(connections, (std::vector<int>{1, 2, 3, 2, 1}));
}

} // namespace
} // namespace kontext_test::process_test
