// Certificates that must not be trusted, handshakes that come to no end, and streams that are cut.

#include <openssl/ssl.h>

#include <gtest/gtest.h>

#include "faults/environment.hpp"
#include "faults/scenario.hpp"
#include "support/temp_dir.hpp"
#include "support/working_directory.hpp"

namespace kontext_test::tls_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* usedUp = "retry limit (2) reached";
constexpr const char* notRepeated = "a POST is not retried after no response: it may have been processed";
constexpr const char* notRetryable = "not retryable";

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
    {"Good", always(goodResponse()), {}, &getApplication, &trust, good()},
    {"Tls12Well",
     always(goodResponse()),
     {},
     &getApplication,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &authority()), .newestVersion = TLS1_2_VERSION}},
    {"Expired",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .says = "expired",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({.daysValid = -1}, &authority())}},
    {"SelfSigned",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .says = "trusted: tls.caPem",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, nullptr)}},
    {"WrongHost",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .says = "127.0.0.1",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate(
                  {.name = "api.kontext.security", .alternativeNames = "DNS:api.kontext.security"}, &authority())}},
    {"OnlyTheCommonNameIsRight",
     always(goodResponse()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable, .requests = 0},
     &createAccount,
     &trust,
     FaultTls{.certificate =
                  makeCertificate({.name = "127.0.0.1", .alternativeNames = "DNS:elsewhere.test"}, &authority())}},
    {"UnknownAuthority",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &otherAuthority())}},
    {"NotTheSystemsAuthorities",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .says = "trusted: ",
      .requests = 0,
      .attempts = 1},
     &createAccount,
     {},
     good()},
    {"Tls11Only",
     always(goodResponse()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .requests = 0},
     &createAccount,
     &trust,
     FaultTls{.certificate = makeCertificate({}, &authority()), .newestVersion = TLS1_1_VERSION}},
    {"ClientCertificateDemanded",
     always(goodResponse()),
     {.error = "NetworkError",
      .kind = Kind::tls,
      .processed = false,
      .because = notRetryable,
      .requests = 0,
      .attempts = 1},
     &createAccount,
     &trust,
     demanding()},
    {"ClientCertificateDemandedUnderTls12",
     always(goodResponse()),
     {.error = "NetworkError", .kind = Kind::tls, .processed = false, .requests = 0},
     &createAccount,
     &trust,
     demandingUnderTls12()},
    {"HandshakeCut",
     always(goodResponse()),
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
     andHang(goodResponse().substr(0, goodResponse().size() - 5)),
     {.error = "TimeoutError", .processed = true, .because = notRepeated, .atLeast = milliseconds(900)},
     &createAccount,
     &trust,
     good()},
    {"DripOverTheTimeout",
     [](Peer& peer) {
         if (peer.receive()) peer.drip(goodResponse(), milliseconds(50));
     },
     {.error = "TimeoutError", .processed = true, .because = notRepeated, .atLeast = milliseconds(900)},
     &createAccount,
     &trust,
     good()},
    // libcurl takes a FIN without TLS's goodbye for the end of a response without a length, so that whoever can cut the
    // connection can cut the response: that the JSON ends is what tells the whole from a part.
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

/// Of OpenSSL's own client, which takes what there is, up to the version.
bool shakesHands(int port, int version) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const string host = "127.0.0.1:" + std::to_string(port);
    BIO* connection = BIO_new_connect(host.c_str());
    const std::unique_ptr<SSL, void (*)(SSL*)> session(SSL_new(context.get()), &SSL_free);
    SSL_set_bio(session.get(), connection, connection);
    return SSL_connect(session.get()) == 1;
}

// Or else Tls11Only would show nothing.
TEST(Tls11Only, IsWhatAServerCanBe) {
    const FaultServer server([](Peer& peer) { peer.hang(); }, FaultTls{.certificate = makeCertificate({}, &authority()),
                                                                       .newestVersion = TLS1_1_VERSION});
    EXPECT_TRUE(shakesHands(server.port(), TLS1_1_VERSION));
    EXPECT_FALSE(shakesHands(server.port(), TLS1_2_VERSION));
}

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
    EXPECT_EQ(server.connections(), 3);
    EXPECT_EQ(server.requests().size(), 0u);
}

TEST(Tls, AServerThatSpeaksPlainHttpIsATlsError) {
    World world;
    const FaultServer server([](Peer& peer) {
        peer.swallow(1);
        peer.send(goodResponse());
    });
    check(postTo(server, world, milliseconds(20'000)),
          {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = usedUp});
    EXPECT_EQ(server.connections(), 3);
    EXPECT_EQ(server.requests().size(), 0u);
}

TEST(Tls, ATokenEndpointWithABadCertificateGetsNoSecret) {
    const World world;
    const FaultServer identity(always("HTTP/1.1 200 OK\r\n\r\n"),
                               FaultTls{.certificate = makeCertificate({}, &otherAuthority())});
    const FaultServer server(always(goodResponse()));
    kontext::ClientConfig config = world.config(server.url());
    config.tokenUrl = identity.url() + "/oauth2/token";
    trust(config);
    const Client client(std::move(config));
    const Result result = observe([&] { getApplication(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable});
    EXPECT_EQ(identity.requests().size(), 0u);
    EXPECT_EQ(server.connections(), 0);
    world.expectNothingLeaked(result);
}

/// Where the client's trust comes from.
struct Source {
    const char* name = "";
    void (*configure)(kontext::TlsOptions& tls, const TempDir& directory, const string& authority) = nullptr;
    const char* variable = ""; // of the environment, in place of that
};

string inDirectory(const TempDir& directory, const string& authority) {
    directory.file(hashedName(authority), authority);
    return directory.path("");
}

const Source sources[] = {
    {"CaPem", [](kontext::TlsOptions& tls, const TempDir&, const string& pem) { tls.caPem = pem; }},
    {"CaFile", [](kontext::TlsOptions& tls, const TempDir& directory,
                  const string& pem) { tls.caFile = directory.file("ca.pem", pem); }},
    {"CaPath", [](kontext::TlsOptions& tls, const TempDir& directory,
                  const string& pem) { tls.caPath = inDirectory(directory, pem); }},
    {"CertFileOfTheEnvironment", nullptr, "SSL_CERT_FILE"},
    {"CertDirOfTheEnvironment", nullptr, "SSL_CERT_DIR"},
};

std::ostream& operator<<(std::ostream& out, const Source& source) { return out << source.name; }

class TrustFrom : public ::testing::TestWithParam<Source> {
protected:
    /// What comes of a call to a server whose certificate our authority has signed, if `trusted` is trusted.
    Result callTrusting(const string& trusted) const {
        const World world;
        const TempDir directory;
        const FaultServer server(always(goodResponse()), good());
        kontext::ClientConfig config = world.config(server.url());
        std::optional<Variable> variable;
        if (GetParam().configure != nullptr)
            GetParam().configure(config.tls, directory, trusted);
        else
            variable.emplace(GetParam().variable, string(GetParam().variable) == "SSL_CERT_FILE"
                                                      ? directory.file("ca.pem", trusted)
                                                      : inDirectory(directory, trusted));
        const Client client(std::move(config));
        Result result = observe([&] { getApplication(client); });
        EXPECT_EQ(server.requests().size(), result.error.empty() ? 1u : 0u);
        world.expectNothingLeaked(result);
        return result;
    }
};
TEST_P(TrustFrom, OpensTheDoorToWhomItNames) { check(callTrusting(authority().certificate), {}); }
TEST_P(TrustFrom, OpensItToNobodyElse) {
    check(callTrusting(otherAuthority().certificate),
          {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable, .attempts = 1});
}
INSTANTIATE_TEST_SUITE_P(Faults, TrustFrom, ::testing::ValuesIn(sources),
                         [](const auto& source) { return string(source.param.name); });

const string keyPassword = "k3y p4ssw0rd/+=";

/// A client certificate whose key is encrypted, at a server that demands it.
Result callWithKeyPassword(const string& password) {
    World world;
    world.secrets.add(keyPassword);
    const TempDir directory;
    const KeyPair ours = makeCertificate({.name = "a client", .alternativeNames = "DNS:client.test"}, &authority());
    const FaultServer server(always(goodResponse()), demanding());
    kontext::ClientConfig config = world.config(server.url());
    trust(config);
    config.tls.clientCertFile = directory.file("client.pem", ours.certificate);
    config.tls.clientKeyFile = directory.file("client.key", encryptKey(ours.key, keyPassword));
    config.tls.clientKeyPassword = password;
    const Client client(std::move(config));
    Result result = observe([&] { createAccount(client); });
    EXPECT_EQ(server.requests().size(), result.error == "NetworkError" ? 0u : 1u);
    world.expectNothingLeaked(result);
    return result;
}

TEST(Tls, AnEncryptedKeyIsReadWithItsPassword) {
    // The account that comes back is none: the handshake and the request were good.
    check(callWithKeyPassword(keyPassword), {.error = "DecodeError"});
}

TEST(Tls, AnEncryptedKeyIsNotReadWithAnother) {
    check(callWithKeyPassword(keyPassword + "?"),
          {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable, .attempts = 1});
}

TEST(Tls, TheRightClientCertificateOpensTheDoor) {
    const World world;
    const TempDir directory;
    const KeyPair ours = makeCertificate({.name = "a client", .alternativeNames = "DNS:client.test"}, &authority());
    const FaultServer server(always(goodResponse()), demanding());
    kontext::ClientConfig config = world.config(server.url("localhost"));
    config.tls.caFile = directory.file("ca.pem", authority().certificate);
    config.tls.clientCertFile = directory.file("client.pem", ours.certificate);
    config.tls.clientKeyFile = directory.file("client.key", ours.key);
    const Client client(std::move(config));
    check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(server.requests().size(), 1u);
}

/// How a program may name its authority, and its own certificate, by paths that are relative.
struct Relative {
    const char* name = "";
    void (*configure)(kontext::TlsOptions& tls) = nullptr;
    const char* variable = ""; // of the environment, in place of that
    const char* value = "";
};

const Relative relatives[] = {
    {"CaFile", [](kontext::TlsOptions& tls) { tls.caFile = "ca.pem"; }},
    {"CaPath", [](kontext::TlsOptions& tls) { tls.caPath = "."; }},
    {"CertFileOfTheEnvironment", nullptr, "SSL_CERT_FILE", "ca.pem"},
    {"CertDirOfTheEnvironment", nullptr, "SSL_CERT_DIR", "missing:."},
};

std::ostream& operator<<(std::ostream& out, const Relative& relative) { return out << relative.name; }

class RelativePaths : public ::testing::TestWithParam<Relative> {};

// As in a daemon, which goes to the root directory once it is set up.
TEST_P(RelativePaths, MeanWhatTheyMeantWhenTheClientWasMade) {
    const World world;
    const TempDir directory;
    const KeyPair ours = makeCertificate({.name = "a client", .alternativeNames = "DNS:client.test"}, &authority());
    directory.file("ca.pem", authority().certificate);
    directory.file(hashedName(authority().certificate), authority().certificate);
    directory.file("client.pem", ours.certificate);
    directory.file("client.key", ours.key);
    const FaultServer server(andClose(goodResponse()), demanding());
    kontext::ClientConfig config = world.config(server.url("localhost"));
    const WorkingDirectory here(directory.path(""));
    std::optional<Variable> variable;
    if (GetParam().configure != nullptr)
        GetParam().configure(config.tls);
    else
        variable.emplace(GetParam().variable, GetParam().value);
    config.tls.clientCertFile = "client.pem";
    config.tls.clientKeyFile = "client.key";
    const Client client(std::move(config));
    WorkingDirectory::change("/");
    for (int i = 0; i < 2; ++i)
        check(observe([&] { getApplication(client); }), {});
    EXPECT_EQ(server.connections(), 2);
}
INSTANTIATE_TEST_SUITE_P(Faults, RelativePaths, ::testing::ValuesIn(relatives),
                         [](const auto& relative) { return string(relative.param.name); });

TEST(Tls, TheWrongClientCertificateDoesNot) {
    const World world;
    const TempDir directory;
    const KeyPair stranger = makeCertificate({.name = "a stranger"}, &otherAuthority());
    const FaultServer server(always(goodResponse()), demanding());
    kontext::ClientConfig config = world.config(server.url("localhost"));
    trust(config);
    config.tls.clientCertFile = directory.file("client.pem", stranger.certificate);
    config.tls.clientKeyFile = directory.file("client.key", stranger.key);
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result,
          {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable, .attempts = 1});
    EXPECT_EQ(server.requests().size(), 0u);
    world.expectNothingLeaked(result);
}

TEST(Tls, AWildcardForEverythingIsNoMatch) {
    const World world;
    const FaultServer server(always(goodResponse()),
                             FaultTls{.certificate = makeCertificate({.alternativeNames = "DNS:*"}, &authority())});
    kontext::ClientConfig config = world.config(server.url("localhost"));
    trust(config);
    const Client client(std::move(config));
    const Result result = observe([&] { createAccount(client); });
    check(result, {.error = "NetworkError", .kind = Kind::tls, .processed = false, .because = notRetryable});
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.requests().size(), 0u);
    world.expectNothingLeaked(result);
}

} // namespace
} // namespace kontext_test::tls_test
