// The program kontext-emulator, as people start it.

#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include <gmock/gmock.h>

#include <kontext/management.hpp>
#include <kontext/version.hpp>

#include "emulator/server.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"
#include "support/tls_material.hpp"

namespace {

using kontext_test::Process;
using testing::HasSubstr;
using testing::StartsWith;

Process start(std::vector<std::string> options) {
    options.insert(options.begin(), KONTEXT_EMULATOR);
    return Process(std::move(options));
}

/// The value of an `export NAME='value'` line.
std::string exported(const Process& process, const std::string& name) {
    const std::string before = "export " + name + "='";
    const std::size_t at = process.output().find(before);
    if (at == std::string::npos) return {};
    const std::size_t from = at + before.size();
    return process.output().substr(from, process.output().find("'\n", from) - from);
}

kontext::ClientConfig configFrom(const Process& process) {
    return {.baseUrl = exported(process, "KONTEXT_API_BASE_URL"),
            .credentials = {.clientId = exported(process, "KONTEXT_SERVICE_ACCOUNT_CLIENT_ID"),
                            .clientSecret = exported(process, "KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET")}};
}

// Its passphrase is "abcd".
constexpr const char* encryptedKey = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhr9lYvaBvcXgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHWQ6G6e4CSRBAzR6VD0YhoEgZAa
Dy1/o5FQUeMKXOctbV/l7wT2VLWMIuCAlXE/YZWTDGNmK9sf9tMRjT6mSZa+Dbl8
8ucePzEKiY5AGTBmsL5NA84kPRc8Hg/7g5JryzWpPr9jr8ur0gVCXSXMgEGdgOLb
fTKWJAK/yqSybBScmFaxY7xI0OlHPsGlKnXVai/VR10wSl6DjjqZgFnECBthzfs=
-----END ENCRYPTED PRIVATE KEY-----
)";

TEST(Program, PrintsItsUrlAndTheVariablesToUseIt) {
    Process emulator = start({"--port", "0"});
    ASSERT_TRUE(emulator.waitFor("CLIENT_SECRET='"));
    EXPECT_THAT(emulator.output(), StartsWith("kontext-emulator listening on http://127.0.0.1:"));
    const kontext::KontextManagementClient client(configFrom(emulator));
    EXPECT_EQ(client.applications.list().items.size(), 2U);
    emulator.signal(SIGTERM);
    EXPECT_EQ(emulator.wait(), 0);
}

TEST(Program, TakesWhatItIsTold) {
    Process emulator = start({"--port", "0", "--client-id", "sa_me", "--client-secret", "a secret of mine", "--no-seed",
                              "--token-ttl", "120"});
    ASSERT_TRUE(emulator.waitFor("CLIENT_SECRET='"));
    EXPECT_EQ(exported(emulator, "KONTEXT_SERVICE_ACCOUNT_CLIENT_ID"), "sa_me");
    EXPECT_EQ(exported(emulator, "KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET"), "a secret of mine");
    const kontext::KontextManagementClient client(configFrom(emulator));
    EXPECT_TRUE(client.applications.list().items.empty());
    emulator.signal(SIGINT);
    EXPECT_EQ(emulator.wait(), 0);
}

TEST(Program, EndsThoughAClientStaysConnected) {
    Process emulator = start({"--port", "0"});
    ASSERT_TRUE(emulator.waitFor("CLIENT_SECRET='"));
    const kontext::KontextManagementClient client(configFrom(emulator));
    client.applications.list();
    emulator.signal(SIGTERM);
    EXPECT_EQ(emulator.wait(), 0);
}

TEST(Program, ServesHttps) {
    const kontext_test::TempDir directory;
    const kontext_test::KeyPair authority = kontext_test::makeAuthority();
    const kontext_test::KeyPair pair = kontext_test::makeCertificate({}, &authority);
    Process emulator = start({"--port", "0", "--tls-cert", directory.file("cert.pem", pair.certificate), "--tls-key",
                              directory.file("key.pem", pair.key)});
    ASSERT_TRUE(emulator.waitFor("CLIENT_SECRET='"));
    kontext::ClientConfig config = configFrom(emulator);
    EXPECT_THAT(config.baseUrl, StartsWith("https://"));
    config.tls.caPem = authority.certificate;
    EXPECT_EQ(kontext::KontextManagementClient(config).applications.list().items.size(), 2U);
    config.tls.caPem = kontext_test::makeAuthority("another").certificate;
    try {
        kontext::KontextManagementClient(config).applications.list();
        FAIL();
    } catch (const kontext::NetworkError& error) {
        EXPECT_EQ(error.kind(), kontext::NetworkErrorKind::tls);
        EXPECT_FALSE(error.requestMayHaveBeenProcessed());
        EXPECT_THAT(error.message(), HasSubstr("trusted: tls.caPem"));
        EXPECT_EQ(error.attempts(), 1) << "a certificate does not get better";
    }
}

TEST(Program, PrintsAUrlThatItsOwnMachineReachesWhenItListensOnAllAddresses) {
    for (const auto& [host, printed] : {std::pair("0.0.0.0", "http://127.0.0.1:"), std::pair("::", "http://[::1]:")}) {
        Process emulator = start({"--port", "0", "--host", host});
        ASSERT_TRUE(emulator.waitFor("CLIENT_SECRET='")) << host << ": " << emulator.output();
        EXPECT_THAT(exported(emulator, "KONTEXT_API_BASE_URL"), StartsWith(printed));
        EXPECT_EQ(kontext::KontextManagementClient(configFrom(emulator)).applications.list().items.size(), 2U);
    }
}

TEST(Program, SaysThatThePortIsInUse) {
    const kontext_emulator::Server server;
    const std::string port = server.url().substr(server.url().rfind(':') + 1);
    Process emulator = start({"--port", port});
    EXPECT_EQ(emulator.wait(), 1);
    EXPECT_EQ(emulator.output(), "kontext-emulator: cannot listen on 127.0.0.1:" + port + ": Address already in use\n");
}

TEST(Program, SaysThatItsHostIsNoAddressOfThisMachine) {
    const std::string elsewhere = "192.0.2.1"; // of a network for documentation
    const std::pair<std::string, std::string> cases[] = {{"", "'': Name or service not known"},
                                                         {"no%host", "'no%host': Name or service not known"},
                                                         {elsewhere, elsewhere + ": Cannot assign requested address"}};
    for (const auto& [host, says] : cases) {
        Process emulator = start({"--port", "0", "--host", host});
        EXPECT_EQ(emulator.wait(), 1);
        EXPECT_EQ(emulator.output(), "kontext-emulator: cannot listen on " + says + "\n");
    }
}

TEST(Program, SaysWhichTlsFileItCannotUseAndWhy) {
    const kontext_test::TempDir directory;
    const kontext_test::KeyPair pair = kontext_test::makeCertificate({}, nullptr);
    const std::string cert = directory.file("cert.pem", pair.certificate);
    const std::string key = directory.file("key.pem", pair.key);
    const std::string otherKey = directory.file("other.pem", kontext_test::makeCertificate({}, nullptr).key);
    const std::string none = directory.path("none.pem");
    const std::string garbage = directory.file("garbage.pem", "garbage");
    const std::string locked = directory.file("locked.pem", encryptedKey);
    struct Case {
        std::string cert{};
        std::string key{};
        std::string says{};
    };
    for (const Case& one :
         {Case{none, key, "cannot read " + none + ": No such file or directory"},
          Case{cert, none, "cannot read " + none + ": No such file or directory"},
          Case{garbage, key, garbage + " contains no PEM certificate"},
          Case{cert, garbage, garbage + " contains no PEM private key that can be read without a passphrase"},
          Case{cert, locked, locked + " contains no PEM private key that can be read without a passphrase"},
          Case{cert, otherKey, "the key in " + otherKey + " is not that of the certificate in " + cert}}) {
        Process emulator = start({"--port", "0", "--tls-cert", one.cert, "--tls-key", one.key});
        EXPECT_EQ(emulator.wait(), 1);
        EXPECT_EQ(emulator.output(), "kontext-emulator: " + one.says + "\n");
    }
}

TEST(Program, RefusesOptionsThatItDoesNotKnow) {
    for (const std::vector<std::string>& options : {std::vector<std::string>{"--frobnicate"},
                                                    {"--port", "65536"},
                                                    {"--port", "x"},
                                                    {"--tls-cert", "a.pem"},
                                                    {"--token-ttl", "0"},
                                                    {"stray"}}) {
        Process emulator = start(options);
        EXPECT_EQ(emulator.wait(), 2) << options.front();
    }
    Process version = start({"--version"});
    EXPECT_EQ(version.wait(), 0);
    EXPECT_EQ(version.output(), std::string("kontext-emulator ") + kontext::version() + '\n');
    Process help = start({"--help"});
    EXPECT_EQ(help.wait(), 0);
    for (const char* option : {"--port", "--host", "--client-id", "--client-secret", "--token-ttl", "--rate-limit",
                               "--latency-ms", "--tls-cert", "--tls-key", "--no-seed", "--version"})
        EXPECT_THAT(help.output(), HasSubstr(option));
}

// What it prints would be sent to a client.
TEST(Program, KeepsItsConnectionsOffClosedStandardDescriptors) {
    namespace fs = std::filesystem;
    Process emulator({"/bin/sh", "-c", "echo $$; exec \"$0\" --port 0 <&- >&- 2>&-", KONTEXT_EMULATOR});
    ASSERT_TRUE(emulator.waitFor("\n"));
    const std::string descriptors = "/proc/" + std::to_string(std::stoi(emulator.output())) + "/fd/";
    const auto target = [&](int descriptor) {
        std::error_code none;
        return fs::read_symlink(descriptors + std::to_string(descriptor), none).string();
    };
    const auto listens = [&] {
        for (int descriptor = 0; descriptor < 16; ++descriptor)
            if (target(descriptor).rfind("socket:", 0) == 0) return true;
        return false;
    };
    while (!listens())
        std::this_thread::yield();
    for (const int descriptor : {0, 1, 2})
        EXPECT_EQ(target(descriptor), "/dev/null");
    emulator.signal(SIGTERM);
    EXPECT_EQ(emulator.wait(), 0);
}

} // namespace
