// HTTP/2, by a server that speaks just enough of it. Requests are counted by their streams; what their headers say,
// which takes HPACK to read, is not looked at.

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "faults/fake_uptime.hpp"
#include "faults/scenario.hpp"

namespace kontext_test::http2_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

enum FrameType : unsigned char { data = 0, headers = 1, resetStream = 3, settings = 4, ping = 6, goAway = 7 };
constexpr unsigned char endStream = 1; // and "acknowledged", in settings and pings
constexpr unsigned char endHeaders = 4;

struct Frame {
    unsigned char type = 0;
    unsigned char flags = 0;
    unsigned stream = 0;
    string payload{};
};

void appendNumber(string& out, unsigned number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(number >> shift & 0xffU));
}

string number32(unsigned number) {
    string out;
    appendNumber(out, number, 4);
    return out;
}

string bytesOf(const Frame& frame) {
    string out;
    appendNumber(out, static_cast<unsigned>(frame.payload.size()), 3);
    appendNumber(out, frame.type, 1);
    appendNumber(out, frame.flags, 1);
    appendNumber(out, frame.stream, 4);
    return out + frame.payload;
}

bool receive(Peer& peer, Frame& frame) {
    string head;
    if (!peer.swallow(9, &head)) return false;
    const auto at = [&head](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(head[i])); };
    frame.type = static_cast<unsigned char>(at(3));
    frame.flags = static_cast<unsigned char>(at(4));
    frame.stream = at(5) << 24 | at(6) << 16 | at(7) << 8 | at(8);
    return peer.swallow(at(0) << 16 | at(1) << 8 | at(2), &frame.payload);
}

/// A response with status 200.
string responseOn(unsigned stream, const string& body) {
    return bytesOf({headers, endHeaders, stream, "\x88"}) + bytesOf({data, endStream, stream, body});
}

/// What the server is told of a request, and does about it: false closes the connection.
struct Streamed {
    unsigned stream = 0;
    string body{};
    int connection = 0;
    int number = 0; // on all connections; 1 for the first
};
using Answer = std::function<bool(Peer& peer, const Streamed& request)>;

FaultServer::Script http2(std::atomic<int>& executed, Answer answer) {
    return [&executed, answer = std::move(answer)](Peer& peer) {
        string preface;
        if (!peer.swallow(24, &preface)) return;
        EXPECT_EQ(preface.substr(0, 14), "PRI * HTTP/2.0");
        peer.send(bytesOf({settings, 0, 0, ""}));
        string body;
        for (Frame frame; receive(peer, frame);) {
            if (frame.type == goAway) return;
            if ((frame.type == settings || frame.type == ping) && (frame.flags & endStream) == 0)
                peer.send(bytesOf({frame.type, endStream, 0, frame.type == ping ? frame.payload : ""}));
            if (frame.type == data) body += frame.payload;
            if ((frame.type != data && frame.type != headers) || (frame.flags & endStream) == 0) continue;
            if (!answer(peer, {frame.stream, std::exchange(body, {}), peer.connection(), ++executed})) return;
        }
    };
}

bool answerWell(Peer& peer, const Streamed& request) { return peer.send(responseOn(request.stream, application())); }

class Http2 : public ::testing::Test {
protected:
    FaultTls tls() const { return {.certificate = makeCertificate({}, &authority), .http2 = true}; }
    Client clientOf(const FaultServer& server) const {
        kontext::ClientConfig config = world.config(server.url());
        config.tls.caPem = authority.certificate;
        config.httpVersion = kontext::HttpVersion::http2;
        config.transport = FakeUptime::transport(config); // however slow the machine, a POST is as quick as the next
        return Client(std::move(config));
    }
    static kontext::RawResponse post(const Client& client, kontext::ResponseInfo* info = nullptr) {
        return client.request("POST", "/applications", {.body = R"({"name":"robot"})"}, {.info = info});
    }

    /// Answers the first request, and, when idle() says that the answer has come, does what the test says.
    FaultServer::Script andThen(std::function<bool(Peer& peer)> end) {
        return http2(executed, [this, end = std::move(end)](Peer& peer, const Streamed& request) {
            if (!answerWell(peer, request)) return false;
            if (request.number > 1) return true;
            // A reset overtakes what the client has not read yet.
            while (!answered_ && peer.pause(milliseconds(1))) {
            }
            const bool goesOn = end(peer);
            if (!goesOn) peer.close();
            ended_.set_value();
            return goesOn;
        });
    }
    void idle() {
        answered_ = true;
        ended_.get_future().wait();
    }

    const FakeUptime uptime{};
    const World world{};
    const KeyPair authority = makeAuthority();
    std::atomic<int> executed{0};

private:
    std::atomic<bool> answered_{false};
    std::promise<void> ended_{};
};

// Many calls: now and then libcurl has the whole response and does not say so, most often where the code is slow.
TEST_F(Http2, CallsShareAConnection) {
    const FaultServer server(http2(executed, &answerWell), tls());
    const Client client = clientOf(server);
    for (int i = 0; i < 200; ++i)
        check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(executed, 200);
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Http2, APostBringsItsBody) {
    std::promise<string> body;
    const FaultServer server(http2(executed,
                                   [&](Peer& peer, const Streamed& request) {
                                       body.set_value(request.body);
                                       return answerWell(peer, request);
                                   }),
                             tls());
    const Client client = clientOf(server);
    check(observe([&] { post(client); }), {});
    ASSERT_EQ(executed, 1);
    EXPECT_EQ(body.get_future().get(), R"({"name":"robot"})");
}

TEST_F(Http2, AServerThatDoesNotSpeakItIsSpokenToInHttp11) {
    const FaultServer server(always(goodResponse()), FaultTls{.certificate = makeCertificate({}, &authority)});
    const Client client = clientOf(server);
    check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(server.requests().size(), 1u);
}

// HTTP/2 was asked for, and HTTP/1.1 is spoken: bytes that come unasked would be taken for the next response.
TEST_F(Http2, WhereTheServerDoesNotSpeakItAResponseThatNobodyAskedForIsNoAnswer) {
    for (const bool overTls : {false, true}) {
        std::promise<void> poisoned;
        std::atomic<bool> first{true};
        const FaultServer server(
            [&](Peer& peer) {
                while (peer.receive()) {
                    if (!peer.send(
                            goodResponse(R"({"application":{"id":"42","name":")" + peer.request().target + R"("}})")))
                        return;
                    if (!first.exchange(false)) continue;
                    peer.send(goodResponse(R"({"application":{"id":"evil","name":"poisoned"}})"));
                    poisoned.set_value();
                }
            },
            overTls ? std::optional(FaultTls{.certificate = makeCertificate({}, &authority)}) : std::nullopt);
        const Client client = clientOf(server);
        client.applications.get("first");
        poisoned.get_future().wait();
        EXPECT_EQ(client.applications.get("second").application.name, "/api/v1/applications/second");
        EXPECT_EQ(client.applications.get("third").application.name, "/api/v1/applications/third");
        EXPECT_EQ(server.connections(), 2);
    }
}

TEST_F(Http2, AConnectionThatTheServerClosedWhileIdleIsNotUsed) {
    const FaultServer server(andThen([](Peer& peer) {
                                 peer.sayGoodbye();
                                 return false;
                             }),
                             tls());
    const Client client = clientOf(server);
    post(client);
    idle();
    kontext::ResponseInfo info;
    check(observe([&] { post(client, &info); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(executed, 2);
    EXPECT_EQ(server.connections(), 2);
}

TEST_F(Http2, AConnectionThatTheServerResetWhileIdleIsNotUsed) {
    const FaultServer server(andThen([](Peer& peer) {
                                 peer.reset();
                                 return false;
                             }),
                             tls());
    const Client client = clientOf(server);
    post(client);
    idle();
    kontext::ResponseInfo info;
    check(observe([&] { post(client, &info); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(executed, 2);
    EXPECT_EQ(server.connections(), 2);
}

// TLS's goodbye alone; the connection below stays open. Not every libcurl sees it: 7.88 does not.
TEST_F(Http2, APostOnAConnectionOnWhichTheServerSaidGoodbyeIsNotSentTwice) {
    const FaultServer server(andThen([](Peer& peer) {
                                 peer.sayGoodbye();
                                 return true;
                             }),
                             tls());
    const Client client = clientOf(server);
    post(client);
    idle();
    const Result result = observe([&] { post(client); });
    if (!result.error.empty()) check(result, {.error = "NetworkError", .processed = true, .attempts = 1});
    EXPECT_EQ(executed, 2);
    world.expectNothingLeaked(result);
}

// A server that shuts down says so first, and closes when it is ready to.
TEST_F(Http2, AConnectionOnWhichTheServerSaidThatItGoesIsNotUsed) {
    const FaultServer server(andThen([](Peer& peer) {
                                 return peer.send(bytesOf({goAway, 0, 0, number32(1) + number32(0)}));
                             }),
                             tls());
    const Client client = clientOf(server);
    post(client);
    idle();
    kontext::ResponseInfo info;
    check(observe([&] { post(client, &info); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(executed, 2);
    EXPECT_EQ(server.connections(), 2);
}

TEST_F(Http2, WhatTheServerMaySayWhileIdleIsNoReasonForAnotherConnection) {
    const FaultServer server(
        andThen([](Peer& peer) {
            return peer.send(bytesOf({ping, 0, 0, "12345678"})) && peer.send(bytesOf({settings, 0, 0, ""}));
        }),
        tls());
    const Client client = clientOf(server);
    post(client);
    idle();
    kontext::ResponseInfo info;
    check(observe([&] { post(client, &info); }), {});
    EXPECT_EQ(info.attempts, 1);
    EXPECT_EQ(executed, 2);
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(Http2, APostOnAConnectionThatIsCutBeforeTheResponseIsNeverSentTwice) {
    for (const bool reset : {false, true}) {
        executed = 0;
        const FaultServer server(http2(executed,
                                       [reset](Peer& peer, const Streamed& request) {
                                           if (request.number != 2) return answerWell(peer, request);
                                           if (reset) peer.reset();
                                           return false;
                                       }),
                                 tls());
        const Client client = clientOf(server);
        post(client);
        const Result result = observe([&] { post(client); });
        check(result, {.error = "NetworkError",
                       .processed = true,
                       .because = "a POST is not retried after no response: it may have been processed",
                       .attempts = 1});
        EXPECT_EQ(executed, 2);
        check(observe([&] { post(client); }), {});
        EXPECT_EQ(executed, 3);
        world.expectNothingLeaked(result);
    }
}

TEST_F(Http2, AGetOnAConnectionThatIsCutIsRepeatedByTheLoopAlone) {
    const FaultServer server(
        http2(executed,
              [](Peer& peer, const Streamed& request) { return request.number != 2 && answerWell(peer, request); }),
        tls());
    const Client client = clientOf(server);
    getApplication(client);
    kontext::ResponseInfo info;
    check(observe([&] { client.applications.get("42", {.info = &info}); }), {});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(executed, 3);
}

constexpr unsigned internalError = 2;
constexpr unsigned refusedStream = 7;

TEST_F(Http2, APostWhoseStreamIsResetIsNeverSentTwice) {
    const FaultServer server(
        http2(executed,
              [](Peer& peer, const Streamed& request) {
                  return peer.send(bytesOf({resetStream, 0, request.stream, number32(internalError)}));
              }),
        tls());
    const Client client = clientOf(server);
    const Result result = observe([&] { post(client); });
    check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = true, .attempts = 1});
    EXPECT_EQ(executed, 1);
    world.expectNothingLeaked(result);
}

bool refuse(Peer& peer, const Streamed& request) {
    return peer.send(bytesOf({resetStream, 0, request.stream, number32(refusedStream)}));
}

// libcurl would send again by itself; that it wants to is how we know.
TEST_F(Http2, APostThatTheServerRefusesWasNotProcessedAndIsRepeated) {
    const FaultServer server(http2(executed,
                                   [](Peer& peer, const Streamed& request) {
                                       return request.number > 1 ? answerWell(peer, request) : refuse(peer, request);
                                   }),
                             tls());
    const Client client = clientOf(server);
    kontext::ResponseInfo info;
    check(observe([&] { post(client, &info); }), {});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(executed, 2);
}

TEST_F(Http2, APostThatTheServerAlwaysRefusesWasNotProcessed) {
    const FaultServer server(http2(executed, &refuse), tls());
    const Client client = clientOf(server);
    const Result result = observe([&] { post(client); });
    check(result, {.error = "NetworkError",
                   .kind = Kind::receive,
                   .processed = false,
                   .because = "retry limit (2) reached",
                   .says = "the server refused the request without processing it",
                   .attempts = 3});
    EXPECT_EQ(executed, 3);
    world.expectNothingLeaked(result);
}

// A GOAWAY whose last stream is an earlier one means the same. Not every libcurl tells it from a broken
// connection: 7.88 does not, and then it is not guessed.
TEST_F(Http2, APostThatAGoawayLeavesOutIsNeverSentTwiceUnlessThatIsKnown) {
    const FaultServer server(http2(executed,
                                   [](Peer& peer, const Streamed& request) {
                                       if (request.number > 1) return answerWell(peer, request);
                                       return peer.send(bytesOf({goAway, 0, 0, number32(0) + number32(0)}));
                                   }),
                             tls());
    const Client client = clientOf(server);
    const Result result = observe([&] { post(client); });
    if (!result.error.empty())
        check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = true, .attempts = 1});
    EXPECT_EQ(executed, result.error.empty() ? 2 : 1);
    world.expectNothingLeaked(result);
}

// On a connection that was used before, libcurl would send again as well if it had died: there is no telling.
TEST_F(Http2, APostThatTheServerRefusesOnAReusedConnectionMayHaveBeenProcessed) {
    const FaultServer server(http2(executed,
                                   [](Peer& peer, const Streamed& request) {
                                       if (request.number == 1) return answerWell(peer, request);
                                       return refuse(peer, request);
                                   }),
                             tls());
    const Client client = clientOf(server);
    post(client);
    const Result result = observe([&] { post(client); });
    check(result, {.error = "NetworkError", .kind = Kind::receive, .processed = true, .attempts = 1});
    EXPECT_EQ(executed, 2);
}

TEST_F(Http2, ACancelWakesTheWaitForAResponse) {
    std::promise<void> arrived;
    const FaultServer server(http2(executed,
                                   [&arrived](Peer& peer, const Streamed&) {
                                       arrived.set_value();
                                       peer.hang();
                                       return false;
                                   }),
                             tls());
    const Client client = clientOf(server);
    kontext::CancellationSource source;
    Result result;
    std::thread caller([&] { result = observe([&] { client.applications.get("42", {.cancel = source.token()}); }); });
    arrived.get_future().wait();
    source.cancel();
    caller.join();
    check(result, {.error = "CancelledError", .processed = true, .attempts = 1});
    world.expectNothingLeaked(result);
}

} // namespace
} // namespace kontext_test::http2_test
