// Certificates that must not be trusted, handshakes that come to no end, and streams that are cut.

#include <openssl/ssl.h>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"
#include "support/temp_dir.hpp"

namespace kontext_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* usedUp = "all 2 retries are used up";
constexpr const char* notRepeated = "a POST is not repeated after no reply: it may have been processed";
constexpr const char* alike = "a second attempt would fail alike";

const KeyPair& authority() {
    static const KeyPair pair = makeAuthority();
    return pair;
}
const KeyPair& otherAuthority() {
    static const KeyPair pair = makeAuthority("Somebody else's CA");
    return pair;
}
FaultTls good() { return {.certificate = makeCertificate({}, &authority())}; }
FaultTls demanding() {
    return {.certificate = makeCertificate({}, &authority()), .clientAuthority = authority().certificate};
}
FaultTls demandingUnderTls12() {
    FaultTls tls = demanding();
    tls.newestVersion = TLS1_2_VERSION;
    return tls;
}

void trust(kontext::ClientConfig& config) { config.tls.caPem = authority().certificate; }

/// Each is a POST, as a POST shows whether the client thinks that it was sent.
const Scenario handshakes[] = {
    {"Good", always(goodReply()), {}, &getApplication, &trust, good()},
    {"Tls12Well",
     always(goodReply()),
     {},
     &getApplication,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &authority()), .newestVersion = TLS1_2_VERSION}},
    {"Expired",
     always(goodReply()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = alike,
      .says = "expired",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({.daysValid = -1}, &authority())}},
    {"SelfSigned",
     always(goodReply()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = alike,
      .says = "trusted: tls.caPem",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, nullptr)}},
    {"WrongHost",
     always(goodReply()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = alike,
      .says = "127.0.0.1",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate(
                  {.name = "api.kontext.security", .alternativeNames = "DNS:api.kontext.security"}, &authority())}},
    {"OnlyTheCommonNameIsRight",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike, .requests = 0},
     &createAccount,
     &trust,
     FaultTls{.certificate =
                  makeCertificate({.name = "127.0.0.1", .alternativeNames = "DNS:elsewhere.test"}, &authority())}},
    {"UnknownAuthority",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike, .requests = 0, .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &otherAuthority())}},
    {"NotTheSystemsAuthorities",
     always(goodReply()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = alike,
      .says = "trusted: ",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     {},
     good()},
    {"Tls11Only",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .requests = 0},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &authority()), .newestVersion = TLS1_1_VERSION}},
    {"ClientCertificateDemanded",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike, .requests = 0, .attempts = 1},
     &createAccount,
     &trust,
     demanding()},
    {"ClientCertificateDemandedUnderTls12",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .requests = 0},
     &createAccount,
     &trust,
     demandingUnderTls12()},
    {"HandshakeCut",
     always(goodReply()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = usedUp, .requests = 0, .attempts = 3},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &authority()), .cutHandshakes = 100}},
    {"DropBeforeTheReply",
     [](Peer& peer) { peer.receive(); },
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount,
     &trust,
     good()},
    {"ResetBeforeTheReply",
     [](Peer& peer) {
         peer.receive();
         peer.reset();
     },
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated, .attempts = 1},
     &createAccount,
     &trust,
     good()},
    {"ResetInMidRequest",
     [](Peer& peer) {
         peer.receiveHead();
         peer.swallow(100'000);
         peer.reset();
     },
     {.error = "NetworkError", .processed = true, .because = notRepeated, .attempts = 1},
     &postMuch,
     &trust,
     good()},
    {"StallInMidBody",
     andHang(goodReply().substr(0, goodReply().size() - 5)),
     {.error = "TimeoutError", .processed = true, .because = notRepeated, .atLeast = milliseconds(900)},
     &createAccount,
     &trust,
     good()},
    {"DripOverTheTimeout",
     [](Peer& peer) {
         if (peer.receive()) peer.drip(goodReply(), milliseconds(50));
     },
     {.error = "TimeoutError", .processed = true, .because = notRepeated, .atLeast = milliseconds(900)},
     &createAccount,
     &trust,
     good()},
    // libcurl takes a FIN without TLS's goodbye for the end of a reply without a length, so that whoever can cut the
    // connection can cut the reply: that the JSON ends is what tells the whole from a part.
    {"ToTheEndWithGoodbye", andClose("HTTP/1.1 200 OK\r\n\r\n" + application()), {}, &getApplication, &trust, good()},
    {"ToTheEndWithoutGoodbye",
     [](Peer& peer) {
         if (peer.receive()) peer.send("HTTP/1.1 200 OK\r\n\r\n" + application());
     },
     {},
     &getApplication,
     &trust,
     good()},
    {"CutWithoutGoodbye",
     [](Peer& peer) {
         if (peer.receive()) peer.send("HTTP/1.1 200 OK\r\n\r\n" + application().substr(0, 30));
     },
     {.error = "DecodeError"},
     &getApplication,
     &trust,
     good()},
    {"CutInChunksWithoutGoodbye",
     [](Peer& peer) {
         if (peer.receive()) peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n");
     },
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3},
     &getApplication,
     &trust,
     good()},
};

class Tls : public FaultTable {};
TEST_P(Tls, EndsAsItShould) { run(); }
INSTANTIATE_TEST_SUITE_P(Faults, Tls, ::testing::ValuesIn(handshakes), nameOfScenario);

/// Of a server that speaks no TLS, under https://.
Result postTo(const FaultServer& server, World& world, milliseconds patience) {
    kontext::ClientConfig config = world.config("https://127.0.0.1:" + std::to_string(server.port()));
    config.timeouts.connect = patience;
    trust(config);
    const Client client(std::move(config));
    Result result = observe([&] { createAccount(client); });
    world.expectNothingLeaked(result);
    return result;
}

TEST(Tls, AServerThatNeverAnswersTheHelloIsAConnectTimeout) {
    World world;
    const FaultServer server([](Peer& peer) { peer.hang(); });
    check(postTo(server, world, milliseconds(400)), {.error = "TimeoutError",
                                                     .kind = Kind::timeout,
                                                     .processed = false,
                                                     .because = usedUp,
                                                     .says = "connect timeout of 400 ms",
                                                     .attempts = 3,
                                                     .atLeast = milliseconds(1'100)});
    EXPECT_EQ(server.connections(), 3);
}

TEST(Tls, AServerThatDripsItsHandshakeIsAConnectTimeout) {
    World world;
    // A ServerHello that announces 16,000 bytes and sends one every 20 ms.
    const FaultServer server(
        [](Peer& peer) { peer.drip("\x16\x03\x03\x3e\x80" + string(200, '\x02'), milliseconds(20)); });
    check(postTo(server, world, milliseconds(400)),
          {.error = "TimeoutError", .processed = false, .because = usedUp, .attempts = 3});
}

TEST(Tls, AServerThatSpeaksPlainHttpIsATlsError) {
    World world;
    const FaultServer server([](Peer& peer) {
        peer.swallow(1);
        peer.send(goodReply());
    });
    check(postTo(server, world, milliseconds(20'000)),
          {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = usedUp});
    EXPECT_EQ(server.requests().size(), 0u);
}

TEST(Tls, ATokenEndpointWithABadCertificateGetsNoSecret) {
    const World world;
    const FaultServer identity(always("HTTP/1.1 200 OK\r\n\r\n"),
                               FaultTls{.certificate = makeCertificate({}, &otherAuthority())});
    const FaultServer server(always(goodReply()));
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    trust(config);
    const Client client(std::move(config));
    const Result result = observe([&] { getApplication(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike});
    EXPECT_EQ(identity.requests().size(), 0u);
    EXPECT_EQ(server.connections(), 0);
    world.expectNothingLeaked(result);
}

TEST(Tls, TheRightClientCertificateOpensTheDoor) {
    const World world;
    const TempDir directory;
    const KeyPair ours = makeCertificate({.name = "a client", .alternativeNames = "DNS:client.test"}, &authority());
    const FaultServer server(always(goodReply()), demanding());
    kontext::ClientConfig config = world.config(server.url("localhost"));
    config.tls.caFile = directory.file("ca.pem", authority().certificate);
    config.tls.clientCertFile = directory.file("client.pem", ours.certificate);
    config.tls.clientKeyFile = directory.file("client.key", ours.key);
    const Client client(std::move(config));
    check(observe([&] { getApplication(client); }), {});
}

TEST(Tls, TheWrongClientCertificateDoesNot) {
    const World world;
    const TempDir directory;
    const KeyPair stranger = makeCertificate({.name = "a stranger"}, &otherAuthority());
    const FaultServer server(always(goodReply()), demanding());
    kontext::ClientConfig config = world.config(server.url("localhost"));
    trust(config);
    config.tls.clientCertFile = directory.file("client.pem", stranger.certificate);
    config.tls.clientKeyFile = directory.file("client.key", stranger.key);
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike, .attempts = 1});
    EXPECT_EQ(server.requests().size(), 0u);
    world.expectNothingLeaked(result);
}

TEST(Tls, AWildcardForEverythingIsNoMatch) {
    const World world;
    const FaultServer server(always(goodReply()),
                             FaultTls{.certificate = makeCertificate({.alternativeNames = "DNS:*"}, &authority())});
    kontext::ClientConfig config = world.config(server.url("localhost"));
    trust(config);
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = alike});
}

} // namespace
} // namespace kontext_test
