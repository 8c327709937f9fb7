// What a library must not do to the process that embeds it: SIGPIPE, fork(), descriptors 0 to 2, the end.

#include <atomic>
#include <csignal>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"
#include "support/child.hpp"
#include "support/process.hpp"
#include "support/sigpipe.hpp"
#include "support/temp_dir.hpp"
#include "transport/curl_transport.hpp"

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
    {
        const Client client(configFor(server));
        getApplication(client);
        EXPECT_TRUE(isPipePending());
    }
    EXPECT_TRUE(isPipeBlocked());
    EXPECT_TRUE(isPipePending());
    EXPECT_TRUE(blocked.take());
    EXPECT_FALSE(isPipePending());
}

// Also if it ends before it has sent anything, which is when libcurl knows least of what we want of it.
TEST(SigpipeOfTheProgram, StaysPendingIfAConnectionIsNotEvenTried) {
    const BlockedPipe blocked;
    raise(SIGPIPE);
    kontext::transport::CurlTransport transport({}, {}, kontext::HttpVersion::http1_1);
    kontext::HttpRequest request;
    request.method = "GET";
    request.url = "http://127.0.0.1/" + string(9'000'000, 'x');
    EXPECT_THROW(transport.send(request), kontext::ConfigError);
    EXPECT_TRUE(blocked.take());
}

/// Runs the function in a child; whether it returned true there.
template <class Function>
bool inChild(const Function& function) {
    return endOf(startChild(function)) == 0;
}

string tokenResponse() {
    return R"({"access_token":")" + accessToken + R"(","token_type":"bearer","expires_in":3600})";
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

/// A transport without any lock, which a thread of the parent might hold.
class Unlocked : public kontext::Transport {
    kontext::HttpResponse send(const kontext::HttpRequest& request) override {
        const bool forToken = request.url.find("/oauth2/token") != string::npos;
        return {200, {}, forToken ? tokenResponse() : application()};
    }
};

// The locks of OpenSSL and of the C library are another matter: see Guest below.
TEST(ForkWithinCalls, LeavesNoLockOfTheClientsOwnToTheChild) {
    kontext::ClientConfig config = World().config("https://api.kontext.test");
    config.transport = std::make_shared<Unlocked>();
    config.logger = nullptr; // another thread may hold the lock of the test's own
    config.observer = nullptr;
    const Client client(std::move(config));
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            while (!done) {
                getApplication(client);
                client.clearToken(); // so that locks and flights are in use
            }
        });
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(inChild([&] {
            getApplication(client);
            return true;
        }));
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

/// Runs a program that is a client of the server, which closes each connection after the response, unless it is told to
/// keep it.
class Guest : public Sigpipe {
protected:
    void serve(Peer& peer) const {
        while (peer.receive()) {
            const bool forToken = peer.request().target == "/oauth2/token";
            peer.send(goodResponse(forToken ? tokenResponse() : application()));
            if (!keepsConnections) return peer.sayGoodbye();
        }
    }
    /// Its exit status, or 128 + the signal that killed it.
    int run(std::vector<string> arguments, Environment more = {}) {
        arguments.insert(arguments.begin(), KONTEXT_GUEST);
        Environment environment{{"KONTEXT_API_BASE_URL", server.url()},
                                {"KONTEXT_SERVICE_ACCOUNT_CLIENT_ID", clientId},
                                {"KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET", clientSecret},
                                {"SSL_CERT_FILE", files.file("ca.pem", authority().certificate)}};
        environment.insert(environment.end(), more.begin(), more.end());
        Process process(std::move(arguments), environment);
        const int status = process.wait();
        output = process.output();
        return status;
    }

    /// It is the locks of OpenSSL that hang.
    static string forks() { return std::to_string(times(GetParam() ? 1'000 : 100)); }
    /// Processes of sanitized code begin slowly.
    static int times(int wanted) { return isInstrumented ? wanted / 10 : wanted; }

    TempDir files{};
    std::atomic<bool> keepsConnections{false};
    FaultServer server{[this](Peer& peer) { serve(peer); }, tls()};
    string output{};
};
INSTANTIATE_TEST_SUITE_P(Faults, Guest, ::testing::Bool(),
                         [](const auto& over) { return string(over.param ? "Tls" : "Http"); });

// Where OpenSSL frees at exit what the call needs, each of these runs crashes, and one in six of the next.
TEST_P(Guest, MayCallAtExit) {
    for (int i = 0; i < times(20); ++i) {
        ASSERT_EQ(run({"call-at-exit"}), 0) << output;
        EXPECT_NE(output.find("a call at exit works"), string::npos) << output;
    }
}

TEST_P(Guest, MayReturnFromMainWhileThreadsAreWithinCalls) {
    for (int i = 0; i < times(50); ++i)
        ASSERT_EQ(run({"calls-while-main-returns"}), 0) << output;
}

TEST_P(Guest, MayForkBetweenCalls) { EXPECT_EQ(run({"forks-between-calls", forks()}), 0) << output; }

TEST_P(Guest, MayForkWithinCallsIfTheChildExecutes) {
    EXPECT_EQ(run({"forks-within-calls-and-executes", forks()}), 0) << output;
}

// What is said there would be sent to the server.
TEST_P(Guest, WithoutStandardDescriptorsGetsNoneOfThemForAConnection) {
    keepsConnections = true;
    EXPECT_EQ(run({"calls-without-standard-descriptors", "10"}, {{"KONTEXT_LOG", "debug"}}), 0);
    std::map<string, int> lines;
    for (const Request& request : server.requests())
        ++lines[request.method + ' ' + request.target];
    EXPECT_EQ(lines, (std::map<string, int>{{"POST /oauth2/token", 10}, {"GET /api/v1/applications/42", 50}}));
}

} // namespace
} // namespace kontext_test::process_test
