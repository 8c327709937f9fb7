#include "transport/ca_source.hpp"

#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

#include <kontext/errors.hpp>

#include "support/working_directory.hpp"
#include "transport/curl_settings.hpp"

namespace kontext::ca_source_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using transport::CaSource;
using transport::checkSettings;
using transport::checkTls;
using transport::chooseCaSource;
using transport::findSystemTrust;
using transport::withAbsolutePaths;

/// The environment's two variables are unset, whatever the tests were started with.
class TrustTest : public testing::Test {
protected:
    TrustTest() {
        for (const char* name : names) {
            const char* value = std::getenv(name);
            before.emplace_back(value != nullptr ? std::optional<std::string>(value) : std::nullopt);
            unsetenv(name);
        }
    }
    ~TrustTest() override {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (before[i])
                setenv(names[i], before[i]->c_str(), 1);
            else
                unsetenv(names[i]);
        }
    }

private:
    const std::vector<const char*> names{"SSL_CERT_FILE", "SSL_CERT_DIR"};
    std::vector<std::optional<std::string>> before{};
};

TlsOptions optionsOf(const std::function<void(TlsOptions&)>& change) {
    TlsOptions options;
    change(options);
    return options;
}

TEST_F(TrustTest, IsWhatTheOptionsNameAndNothingElse) {
    setenv("SSL_CERT_FILE", "/environment", 1);
    CaSource trust = chooseCaSource(optionsOf([](TlsOptions& o) { o.caFile = "/a"; }));
    EXPECT_EQ(trust.file, "/a");
    EXPECT_EQ(trust.path, "");
    EXPECT_EQ(trust.pem, "");
    EXPECT_EQ(trust.description, "tls.caFile /a");
    trust = chooseCaSource(optionsOf([](TlsOptions& o) { o.caPath = "/b"; }));
    EXPECT_EQ(trust.file, "");
    EXPECT_EQ(trust.path, "/b");
    EXPECT_EQ(trust.description, "tls.caPath /b");
    trust = chooseCaSource(optionsOf([](TlsOptions& o) { o.caPem = "-----BEGIN"; }));
    EXPECT_EQ(trust.file, "");
    EXPECT_EQ(trust.pem, "-----BEGIN");
    EXPECT_EQ(trust.description, "tls.caPem");
}

TEST_F(TrustTest, IsElseWhatTheEnvironmentNames) {
    setenv("SSL_CERT_FILE", "/a", 1);
    EXPECT_EQ(chooseCaSource({}).file, "/a");
    EXPECT_EQ(chooseCaSource({}).path, "");
    EXPECT_EQ(chooseCaSource({}).description, "SSL_CERT_FILE /a");
    unsetenv("SSL_CERT_FILE");
    setenv("SSL_CERT_DIR", "/b", 1);
    EXPECT_EQ(chooseCaSource({}).file, "");
    EXPECT_EQ(chooseCaSource({}).path, "/b");
    EXPECT_EQ(chooseCaSource({}).description, "SSL_CERT_DIR /b");
}

TEST_F(TrustTest, IsElseWhatTheSystemTrusts) {
    const CaSource trust = chooseCaSource({});
    EXPECT_EQ(trust.pem, "");
    EXPECT_NE(trust.description, "");
    EXPECT_TRUE(trust.file.empty() || access(trust.file.c_str(), R_OK) == 0) << trust.file;
    EXPECT_TRUE(trust.path.empty() || access(trust.path.c_str(), R_OK) == 0) << trust.path;
}

TEST_F(TrustTest, NamesAllThatItIsMadeOf) {
    EXPECT_EQ(chooseCaSource(optionsOf([](TlsOptions& o) {
                  o.caFile = "/a";
                  o.caPath = "/b";
              })).description,
              "tls.caFile /a and tls.caPath /b");
    setenv("SSL_CERT_FILE", "/c", 1);
    setenv("SSL_CERT_DIR", "/d", 1);
    EXPECT_EQ(chooseCaSource({}).description, "SSL_CERT_FILE /c and SSL_CERT_DIR /d");
}

TEST_F(TrustTest, IsNotElsewhereInAnotherDirectory) {
    const kontext_test::WorkingDirectory here("/");
    setenv("SSL_CERT_FILE", "etc/bundle.pem", 1);
    setenv("SSL_CERT_DIR", "certs:/etc/ssl/certs::more/certs:", 1);
    const CaSource trust = chooseCaSource({});
    EXPECT_EQ(trust.file, "/etc/bundle.pem");
    EXPECT_EQ(trust.path, "/certs:/etc/ssl/certs:/more/certs");
    const TlsOptions options = withAbsolutePaths(optionsOf([](TlsOptions& o) {
        o.caFile = "a";
        o.caPath = "b";
        o.clientCertFile = "c/./d";
        o.clientKeyFile = "/e";
    }));
    EXPECT_EQ(options.caFile, "/a");
    EXPECT_EQ(options.caPath, "/b");
    EXPECT_EQ(options.clientCertFile, "/c/./d") << "as it was written, so that it can be found";
    EXPECT_EQ(options.clientKeyFile, "/e");
    EXPECT_EQ(withAbsolutePaths({}).caFile, "") << "unset";
}

TEST_F(TrustTest, NamesARelativePathInADirectoryThatIsGone) {
    std::string gone = testing::TempDir() + "/kontext-gone-XXXXXX";
    ASSERT_NE(mkdtemp(gone.data()), nullptr);
    const kontext_test::WorkingDirectory here(gone);
    ASSERT_EQ(rmdir(gone.c_str()), 0);
    const auto refusal = [](const std::function<void(TlsOptions&)>& change) {
        try {
            checkSettings(optionsOf(change), {}, HttpVersion::http1_1);
        } catch (const ConfigError& error) {
            return error.field() + ": " + error.message();
        }
        return std::string();
    };
    EXPECT_EQ(refusal([](TlsOptions&) {}), "");
    EXPECT_THAT(refusal([](TlsOptions& o) { o.caFile = "a.pem"; }),
                HasSubstr("tls.caFile: tls.caFile (a.pem) is a relative path, and the current directory cannot be"));
    EXPECT_THAT(refusal([](TlsOptions& o) { o.caPath = "a"; }), HasSubstr("tls.caPath: "));
    EXPECT_THAT(refusal([](TlsOptions& o) { o.clientCertFile = "a"; }), HasSubstr("tls.clientCertFile: "));
    EXPECT_THAT(refusal([](TlsOptions& o) { o.clientKeyFile = "a"; }), HasSubstr("tls.clientKeyFile: "));
    setenv("SSL_CERT_DIR", "certs", 1);
    EXPECT_THAT(refusal([](TlsOptions&) {}), HasSubstr("SSL_CERT_DIR: "));
}

TEST(TrustSearch, TakesAFileWhereThereIsNoHashedDirectory) {
    const CaSource trust = findSystemTrust({"/no/such", ""}, {"", "/no/bundle", "/dev/null", "/etc/passwd"}, true);
    EXPECT_EQ(trust.file, "/dev/null");
    EXPECT_EQ(trust.path, "");
    EXPECT_EQ(trust.description, "the file /dev/null");
}

TEST(TrustSearch, NamesAllThatItTried) {
    const CaSource trust = findSystemTrust({"/no/such", ""}, {"", "/no/bundle", "/no/other"}, true);
    EXPECT_EQ(trust.file, "");
    EXPECT_EQ(trust.path, "");
    EXPECT_THAT(trust.description, HasSubstr("none were found in /no/such, /no/bundle, /no/other"));
    EXPECT_THAT(findSystemTrust({"/no/such"}, {"/no/bundle"}, false).description, Not(HasSubstr("/no/such")));
}

/// The field that the ConfigError names; "" if there is none.
std::string refusedField(const std::function<void(TlsOptions&)>& change, std::string* message = nullptr) {
    try {
        checkTls(optionsOf(change));
    } catch (const ConfigError& error) {
        if (message != nullptr) *message = error.message();
        return error.field();
    }
    return {};
}

TEST(CheckTls, TakesOptionsThatAreUnset) {
    EXPECT_EQ(refusedField([](TlsOptions&) {}), "");
}

TEST(CheckTls, NamesTheFileThatCannotBeRead) {
    std::string message;
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caFile = "/no/such/file"; }, &message), "tls.caFile");
    EXPECT_THAT(message, HasSubstr("(/no/such/file) cannot be read: No such file or directory"));
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.clientCertFile = "/no/such/file"; }), "tls.clientCertFile");
    EXPECT_EQ(refusedField([](TlsOptions& o) {
                  o.clientCertFile = "/dev/null";
                  o.clientKeyFile = "/no/such/file";
              }),
              "tls.clientKeyFile");
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caFile = "/"; }, &message), "tls.caFile");
    EXPECT_THAT(message, HasSubstr("Is a directory"));
}

TEST(CheckTls, NamesTheDirectoryThatIsNone) {
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caPath = "/no/such/directory"; }), "tls.caPath");
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caPath = "/dev/null"; }), "tls.caPath");
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caPath = "/"; }), "");
}

TEST(CheckTls, RefusesTextThatIsNoPem) {
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caPem = "/etc/ssl/cert.pem"; }), "tls.caPem");
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.caPem = "-----BEGIN CERTIFICATE-----"; }), "");
}

TEST(CheckTls, RefusesAFileBesideText) {
    std::string message;
    EXPECT_EQ(refusedField(
                  [](TlsOptions& o) {
                      o.caFile = "/dev/null";
                      o.caPem = "-----BEGIN CERTIFICATE-----";
                  },
                  &message),
              "tls.caPem");
    EXPECT_THAT(message, HasSubstr("tls.caFile"));
}

TEST(CheckTls, WantsACertificateWithTheKey) {
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.clientKeyFile = "/dev/null"; }), "tls.clientCertFile");
    EXPECT_EQ(refusedField([](TlsOptions& o) { o.clientCertFile = "/dev/null"; }), ""); // it may hold the key too
}

/// The field that the ConfigError names; "" if there is none.
std::string refusedField(const ProxyOptions& proxy) {
    try {
        checkSettings({}, proxy, HttpVersion::http1_1);
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.message(), Not(HasSubstr("s3cr3t")));
        return error.field();
    }
    return {};
}

TEST(CheckProxy, TakesAProxy) {
    for (const char* url : {"", "http://proxy.test:3128", "https://proxy.test:3129", "http://127.0.0.1:8080"})
        EXPECT_EQ(refusedField(ProxyOptions{url, {}, {}}), "") << url;
    EXPECT_EQ(refusedField(ProxyOptions{"http://proxy.test:3128", "a,b", Secret("user:s3cr3t:x")}), "");
}

TEST(CheckProxy, RefusesAUrlThatIsNone) {
    for (const char* url :
         {"proxy.test:3128", "socks5://proxy.test:1080", "http://", "http://user:s3cr3t@proxy.test:3128",
          "http://proxy.test:3128\n", "\"http://proxy.test:3128\"", "http://pr\xc3\xb6xy.test:3128"})
        EXPECT_EQ(refusedField(ProxyOptions{url, {}, {}}), "proxy.url") << url;
}

// libcurl would take 1080.
TEST(CheckProxy, RefusesAUrlWithoutAPort) {
    for (const char* url :
         {"http://proxy.test", "http://proxy.test/", "https://proxy.test", "http://[::1]", "http://a.test:"})
        EXPECT_EQ(refusedField(ProxyOptions{url, {}, {}}), "proxy.url") << url;
    for (const char* url : {"http://proxy.test:80", "https://proxy.test:443/", "http://[::1]:3128"})
        EXPECT_EQ(refusedField(ProxyOptions{url, {}, {}}), "") << url;
}

TEST(CheckProxy, RefusesALineBreakBehindTheHostsToReachWithoutIt) {
    EXPECT_EQ(refusedField(ProxyOptions{"", "a.test, b.test\n", {}}), "proxy.noProxy");
}

TEST(CheckProxy, RefusesCredentialsThatAreNone) {
    for (const std::string& credentials : {std::string("s3cr3t"), std::string("user:s3cr3t\r\n"),
                                           std::string("user:s3cr3t\0", 12), std::string("user\n:s3cr3t")})
        EXPECT_EQ(refusedField(ProxyOptions{"http://proxy.test:3128", {}, Secret(credentials)}), "proxy.credentials");
}

} // namespace
} // namespace kontext::ca_source_test
