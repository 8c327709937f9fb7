// Connections that are refused, cut, reset and stalled, at every point of a request.

#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "faults/scenario.hpp"

namespace kontext_test::broken_connections_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* notRepeated = "a POST is not retried after no response: it may have been processed";
constexpr const char* usedUp = "retry limit (2) reached";

void closeAtOnce(Peer& peer) { peer.close(); }
void resetAtOnce(Peer& peer) { peer.reset(); }
void closeBeforeTheResponse(Peer& peer) { peer.receive(); }
void resetBeforeTheResponse(Peer& peer) {
    peer.receive();
    peer.reset();
}
void closeInMidRequest(Peer& peer) {
    peer.receiveHead();
    peer.swallow(100'000);
}
void resetInMidRequest(Peer& peer) {
    peer.receiveHead();
    peer.swallow(100'000);
    peer.reset();
}
void stopReading(Peer& peer) {
    peer.receiveHead();
    peer.hang();
}
void neverAnswer(Peer& peer) {
    peer.receive();
    peer.hang();
}
void resetInMidBody(Peer& peer) {
    if (!peer.receive()) return;
    peer.send(goodResponse().substr(0, goodResponse().size() - 10));
    peer.reset();
}
void acceptSlowly(Peer& peer) {
    if (peer.pause(milliseconds(300)) && peer.receive()) peer.send(goodResponse());
}

string head() { return goodResponse().substr(0, goodResponse().find("\r\n\r\n") + 4); }
string cutBody() { return goodResponse().substr(0, goodResponse().size() - 10); }

// Which of the calls finds out that the peer is gone is a race: send or receive.
const Scenario connections[] = {
    {"DropAfterAcceptGet",
     &closeAtOnce,
     {.error = "NetworkError", .processed = true, .because = usedUp, .requests = 0, .attempts = 3}},
    {"DropAfterAcceptPost",
     &closeAtOnce,
     {.error = "NetworkError", .processed = true, .because = notRepeated, .requests = 0, .attempts = 1},
     &createAccount},
    {"ResetAfterAcceptPost", &resetAtOnce, {.error = "NetworkError", .requests = 0}, &createAccount},
    {"DropInMidRequestPost",
     &closeInMidRequest,
     {.error = "NetworkError", .processed = true, .because = notRepeated, .attempts = 1},
     &postMuch},
    {"ResetInMidRequestPost",
     &resetInMidRequest,
     {.error = "NetworkError", .processed = true, .because = notRepeated, .attempts = 1},
     &postMuch},
    {"ServerStopsReadingPost",
     &stopReading,
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .because = notRepeated,
      .attempts = 1,
      .atLeast = milliseconds(900)},
     &postMuch},
    {"DropBeforeTheReplyGet",
     &closeBeforeTheResponse,
     {.error = "NetworkError",
      .kind = Kind::receive,
      .processed = true,
      .because = usedUp,
      .requests = 3,
      .attempts = 3}},
    {"DropBeforeTheReplyPost",
     &closeBeforeTheResponse,
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount},
    {"ResetBeforeTheReplyGet",
     &resetBeforeTheResponse,
     {.error = "NetworkError",
      .kind = Kind::receive,
      .processed = true,
      .because = usedUp,
      .requests = 3,
      .attempts = 3}},
    {"ResetBeforeTheReplyPost",
     &resetBeforeTheResponse,
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount},
    {"DropInTheStatusLine",
     andClose("HTTP/1.1 20"),
     {.error = "NetworkError", .processed = true, .because = usedUp, .requests = 3}},
    {"DropInTheHeaders",
     andClose("HTTP/1.1 200 OK\r\nContent-Le"),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    // libcurl takes the end of a connection for the end of the headers.
    {"DropInTheHeadersDelete",
     andClose("HTTP/1.1 200 OK\r\nContent-Le"),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3},
     &archiveApplication},
    {"DropAfterTheHeadersGet",
     andClose(head()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    {"DropAfterTheHeadersPost",
     andClose(head()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount},
    {"DropInMidBodyGet",
     andClose(cutBody()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    {"DropInMidBodyPost",
     andClose(cutBody()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount},
    {"ResetInMidBodyPost",
     &resetInMidBody,
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount},
    {"DropInMidBodyDelete",
     andClose(cutBody()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3},
     &archiveApplication},
    {"NoReplyPost",
     &neverAnswer,
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .because = notRepeated,
      .says = "no complete response within 1 s",
      .attempts = 1,
      .atLeast = milliseconds(900)},
     &createAccount},
    {"NoReplyGet",
     &neverAnswer,
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .because = usedUp,
      .requests = 3,
      .atLeast = milliseconds(2'700)}},
    {"StallInTheHeaders",
     andHang("HTTP/1.1 200 OK\r\nContent-Le"),
     {.error = "TimeoutError", .kind = Kind::timeout, .processed = true, .atLeast = milliseconds(900)},
     &createAccount},
    {"StallInMidBody",
     andHang(cutBody()),
     {.error = "TimeoutError", .kind = Kind::timeout, .processed = true, .atLeast = milliseconds(900)},
     &createAccount},
    {"SlowAccept", &acceptSlowly, {.atLeast = milliseconds(280)}},
    {"DripUnderTheTimeout",
     [](Peer& peer) {
         if (peer.receive()) peer.drip(goodResponse(), milliseconds(2));
     },
     {.atLeast = milliseconds(200)}},
    {"DripOverTheTimeout",
     [](Peer& peer) {
         if (peer.receive()) peer.drip(goodResponse(), milliseconds(50));
     },
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .because = notRepeated,
      .attempts = 1,
      .atLeast = milliseconds(900)},
     &createAccount},
    // Without it there would be eleven attempts.
    {"TheCallsTimeBoundsTheAttempts",
     &neverAnswer,
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .says = "the call timed out after 1.9 s",
      .requests = 2,
      .attempts = 2,
      .atLeast = milliseconds(1'800),
      .atMost = milliseconds(1'900)},
     &getApplication,
     [](kontext::ClientConfig& config) {
         config.timeouts.call = milliseconds(1'900);
         config.retry.maxRetries = 10;
     }},
};

class BrokenConnections : public FaultTable {};
TEST_P(BrokenConnections, EndAsTheyShould) { run(); }
INSTANTIATE_TEST_SUITE_P(Faults, BrokenConnections, ::testing::ValuesIn(connections), nameOfScenario);

TEST(BrokenConnections, AConnectionThatIsRefusedWasNeverSentOnSoAPostIsRepeated) {
    const World world;
    const ClosedPort closed;
    const Client client(world.config("http://127.0.0.1:" + std::to_string(closed.port())));
    const Result result = observe([&] { createAccount(client); });
    check(result,
          {.error = "NetworkError", .kind = Kind::connect, .processed = false, .because = usedUp, .attempts = 3});
    EXPECT_EQ(world.identity.tokenRequests().size(), 1u);
    world.expectNothingLeaked(result);
}

TEST(BrokenConnections, APostThatWasNeverSentSucceedsAtTheThirdAttempt) {
    const World world;
    const KeyPair authority = makeAuthority();
    FaultServer server(always(goodResponse(R"({"serviceAccount":{"id":"1","name":"robot"},)"
                                           R"("credentials":{"clientId":"sa_1","clientSecret":"new"}})")),
                       FaultTls{.certificate = makeCertificate({}, &authority), .cutHandshakes = 2});
    kontext::ClientConfig config = world.config(server.url());
    config.tls.caPem = authority.certificate;
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {});
    EXPECT_EQ(server.connections(), 3);
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(world.notices->notices().back().attempt, 3);
    world.expectNothingLeaked(result);
}

/// While one lives, this process can open nothing more.
class NoDescriptors {
public:
    NoDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
            fill_.push_back(fd);
            if (fill_.size() > 1) continue;
            rlimit few = before_;
            few.rlim_cur = static_cast<rlim_t>(fd) + 20; // there may be gaps below
            setrlimit(RLIMIT_NOFILE, &few);
        }
    }
    ~NoDescriptors() {
        for (const int fd : fill_)
            ::close(fd);
        setrlimit(RLIMIT_NOFILE, &before_);
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
    std::vector<int> fill_{};
};

// Whether it is a socket that is missing, or what it takes to look up a name.
TEST(BrokenConnections, WithoutADescriptorLeftTheErrorSaysSo) {
    const World world;
    const FaultServer server(always(goodResponse()));
    for (const string& url : {server.url(), string("https://unknown.test")}) {
        const Client client(world.config(url));
        client.refreshToken();
        Result result;
        {
            const NoDescriptors none;
            result = observe([&] { createAccount(client); });
        }
        check(result, {.error = "NetworkError",
                       .kind = Kind::connect,
                       .processed = false,
                       .because = usedUp,
                       .says = "could not connect: no socket: Too many open files",
                       .attempts = 3});
    }
    EXPECT_EQ(server.requests().size(), 0u);
}

TEST(BrokenConnections, AFullBacklogIsAConnectTimeoutAndThePostIsRepeated) {
    const World world;
    const FullBacklog full;
    kontext::ClientConfig config = world.config("http://127.0.0.1:" + std::to_string(full.port()));
    config.timeouts.connect = milliseconds(300);
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "TimeoutError",
                   .kind = Kind::timeout,
                   .processed = false,
                   .because = usedUp,
                   .says = "could not connect within the connect timeout of 300 ms",
                   .attempts = 3,
                   .atLeast = milliseconds(850),
                   .atMost = milliseconds(900)});
    EXPECT_EQ(world.identity.tokenRequests().size(), 1u);
    world.expectAttemptsWithin(milliseconds(300));
    world.expectNothingLeaked(result);
}

TEST(BrokenConnections, ADeleteWhoseFirstAttemptWasCutAndWhoseSecondSaysNotFoundHasSucceeded) {
    const World world;
    FaultServer server([](Peer& peer) {
        if (!peer.receive() || peer.connection() == 1) return;
        peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    const Client client(world.config(server.url()));
    const Result result = observe([&] { archiveApplication(client); });
    check(result, {});
    world.expectNothingLeaked(result);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(BrokenConnections, AClientGoesOnAfterEachOfThem) {
    const World world;
    FaultServer server([](Peer& peer) {
        if (!peer.receive()) return;
        switch (peer.connection() % 6) {
        case 1:
            return peer.reset();
        case 4:
            return;
        case 2:
        case 5:
            peer.send(cutBody());
            return;
        default:
            peer.send(goodResponse(application(), "Connection: close\r\n"));
        }
    });
    const Client client(world.config(server.url()));
    for (int i = 0; i < 10; ++i) {
        const Result result = observe([&] { getApplication(client); });
        EXPECT_EQ(result.error, "") << result.what;
    }
}

} // namespace
} // namespace kontext_test::broken_connections_test
