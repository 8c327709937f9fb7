#include "client/config_check.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext::config_check_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

ClientConfig configOf(std::string baseUrl = "https://api.test") {
    ClientConfig config;
    config.baseUrl = std::move(baseUrl);
    config.credentials = {"sa_1", Secret("hush")};
    return config;
}

Endpoints endpointsOf(const std::string& baseUrl) { return checkConfig(configOf(baseUrl)); }

struct Refusal {
    std::string field{};
    std::string code{};
    std::string message{};
};

/// All empty if it is taken.
Refusal refusalOf(const ClientConfig& config) {
    try {
        checkConfig(config);
    } catch (const ConfigError& error) {
        return {error.field(), error.code(), error.message()};
    }
    return {};
}

Refusal refusalOf(const std::function<void(ClientConfig&)>& change) {
    ClientConfig config = configOf();
    change(config);
    return refusalOf(config);
}

TEST(ConfigCheck, DerivesAllAddressesFromTheBaseUrl) {
    const Endpoints endpoints = endpointsOf("https://api.kontext.security");
    EXPECT_EQ(endpoints.base, "https://api.kontext.security");
    EXPECT_EQ(endpoints.apiRoot, "https://api.kontext.security/api/v1");
    EXPECT_EQ(endpoints.tokenUrl, "https://api.kontext.security/oauth2/token");
    EXPECT_EQ(endpoints.audience, "https://api.kontext.security/api/v1");
    EXPECT_EQ(endpoints.scope, "management:all");
}

TEST(ConfigCheck, CleansTheBaseUrl) {
    struct Case {
        const char* baseUrl;
        const char* base;
    };
    const std::vector<Case> cases{
        {"https://api.test", "https://api.test"},
        {"https://api.test/", "https://api.test"},
        {"https://api.test///", "https://api.test"},
        {"https://api.test:8443/", "https://api.test:8443"},
        {"https://api.test/api/v1", "https://api.test"},
        {"https://api.test/api/v1/", "https://api.test"},
        {"https://api.test//api/v1//", "https://api.test"},
        {"https://api.test/api/v2", "https://api.test"},
        {"https://api.test/api/v12", "https://api.test"},
        {"https://api.test/gateway", "https://api.test/gateway"},
        {"https://api.test/gateway/", "https://api.test/gateway"},
        {"https://api.test/gateway/api/v1", "https://api.test/gateway"},
        {"https://api.test/a/b/api/v1/", "https://api.test/a/b"},
        {"https://api.test/api", "https://api.test/api"},
        {"https://api.test/api/v", "https://api.test/api/v"},
        {"https://api.test/api/v1x", "https://api.test/api/v1x"},
        {"https://api.test/api/v1/more", "https://api.test/api/v1/more"},
        {"https://api.test/myapi/v1", "https://api.test/myapi/v1"},
        {"https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"},
    };
    for (const Case& c : cases) {
        const Endpoints endpoints = endpointsOf(c.baseUrl);
        EXPECT_EQ(endpoints.base, c.base) << c.baseUrl;
        EXPECT_EQ(endpoints.apiRoot, std::string(c.base) + "/api/v1") << c.baseUrl;
    }
}

TEST(ConfigCheck, RefusesDotSegmentsInEveryUrl) {
    EXPECT_EQ(refusalOf([](ClientConfig& c) { c.baseUrl = "https://gw.test/a/../b"; }).field, "baseUrl");
    EXPECT_EQ(refusalOf([](ClientConfig& c) { c.baseUrl = "https://gw.test/a/%2e%2e"; }).field, "baseUrl");
    EXPECT_EQ(refusalOf([](ClientConfig& c) { c.tokenUrl = "https://gw.test/a/../token"; }).field, "tokenUrl");
}

TEST(ConfigCheck, DoesNotTakeTheHostForAPartOfThePath) {
    EXPECT_EQ(endpointsOf("https://api/v1").base, "https://api/v1");
    EXPECT_EQ(endpointsOf("https://api/api/v1").base, "https://api");
}

TEST(ConfigCheck, KeepsThePrefixOfAGatewayInEveryAddress) {
    const Endpoints endpoints = endpointsOf("https://gw.test:8443/kontext/");
    EXPECT_EQ(endpoints.apiRoot, "https://gw.test:8443/kontext/api/v1");
    EXPECT_EQ(endpoints.tokenUrl, "https://gw.test:8443/kontext/oauth2/token");
    EXPECT_EQ(endpoints.audience, "https://gw.test:8443/kontext/api/v1");
}

TEST(ConfigCheck, PutsTheApiVersionIntoThePath) {
    ClientConfig config = configOf("https://api.test/api/beta-2");
    config.apiVersion = "beta-2";
    EXPECT_EQ(checkConfig(config).apiRoot, "https://api.test/api/beta-2");
    EXPECT_EQ(checkConfig(config).audience, "https://api.test/api/beta-2");
}

TEST(ConfigCheck, RefusesBaseUrlsThatCannotWork) {
    struct Case {
        const char* baseUrl;
        const char* why;
    };
    const std::vector<Case> cases{
        {"", "must not be empty"},
        {"api.test", "is not an absolute URL"},
        {"/api/v1", "is not an absolute URL"},
        {"https:/api.test", "is not an absolute URL"},
        {"https:///api.test", "is not an absolute URL"},
        {"https://", "is not an absolute URL"},
        {"://api.test", "is not an absolute URL"},
        {" https://api.test", "baseUrl begins with a space"},
        {"https://api.test ", "baseUrl ends with a space"},
        {"https://api.test\n", "baseUrl ends with a line break"},
        {"\"https://api.test\"", "baseUrl is in double quotes"},
        {"'https://api.test'", "baseUrl is in single quotes"},
        {"https://api.test/a b", "baseUrl contains a space (at byte 19)"},
        {"https://api.test/\r\nX-Evil: 1", "baseUrl contains a line break (at byte 18)"},
        {"https://caf\xc3\xa9.test", "has a host name that is not ASCII"},
        {"https://caf%C3%A9.test", "has a host name that is not ASCII"},
        {"https://caf\xe9.test", "has a host name that is not ASCII"},
        {"https://api.test:port", "is not an absolute URL"},
        {"https://api.test:99999", "is not an absolute URL"},
        {"ftp://api.test", "must begin with https://"},
        {"file:///etc/passwd", "baseUrl"},
        {"javascript://api.test", "must begin with https://"},
        {"https://user@api.test", "must not contain a user name or password"},
        {"https://user:pass@api.test", "must not contain a user name or password"},
        {"https://:pass@api.test", "must not contain a user name or password"},
        {"https://api.test?a=b", "must not have a query"},
        {"https://api.test/?", "must not have a query"},
        {"https://api.test/x?a=b", "must not have a query"},
        {"https://api.test#a", "must not have a fragment"},
        {"https://api.test/#", "must not have a fragment"},
        {"https://api.test/./x", "segments"},
        {"https://api.test/a/..", "segments"},
        {"https://api.test/../b", "segments"},
    };
    for (const Case& c : cases) {
        const Refusal refusal = refusalOf(configOf(c.baseUrl));
        EXPECT_EQ(refusal.field, "baseUrl") << c.baseUrl;
        EXPECT_THAT(refusal.message, HasSubstr(c.why)) << c.baseUrl;
    }
}

TEST(ConfigCheck, DoesNotQuoteAPasswordInTheBaseUrl) {
    EXPECT_THAT(refusalOf(configOf("https://user:s3cr3t@api.test")).message, Not(HasSubstr("s3cr3t")));
}

TEST(ConfigCheck, TakesPlainHttpForLoopbackHosts) {
    for (const char* baseUrl :
         {"http://localhost", "http://localhost:8080/", "http://LOCALHOST", "http://127.0.0.1", "http://127.0.0.1:80",
          "http://127.8.9.10", "http://[::1]", "http://[::1]:8080/x", "HTTP://localhost"})
        EXPECT_EQ(refusalOf(configOf(baseUrl)).message, "") << baseUrl;
}

TEST(ConfigCheck, RefusesPlainHttpForAllOtherHosts) {
    for (const char* baseUrl :
         {"http://api.test", "http://localhost.evil.com", "http://127.0.0.1.evil.com", "http://localhost@evil.com",
          "http://127.0.0.1@evil.com", "http://localhost:80@evil.com", "http://evil.com/localhost",
          "http://evil.com/@localhost", "http://evil.com\\@localhost", "http://evillocalhost", "http://128.0.0.1",
          "http://10.0.0.1", "http://0.0.0.0", "http://[::2]", "http://[::ffff:10.0.0.1]", "HTTP://api.test"})
        EXPECT_EQ(refusalOf(configOf(baseUrl)).field, "baseUrl") << baseUrl;
    EXPECT_THAT(refusalOf(configOf("http://localhost.evil.com")).message, HasSubstr("allowInsecureHttp"));
}

TEST(ConfigCheck, TakesPlainHttpForAnyHostIfToldTo) {
    ClientConfig config = configOf("http://api.test");
    config.allowInsecureHttp = true;
    EXPECT_EQ(refusalOf(config).message, "");
    config.baseUrl = "http://localhost@evil.com";
    EXPECT_EQ(refusalOf(config).field, "baseUrl");
}

TEST(ConfigCheck, TakesATokenUrlOfItsOwn) {
    ClientConfig config = configOf();
    config.tokenUrl = "https://login.test/token?tenant=a";
    EXPECT_EQ(checkConfig(config).tokenUrl, "https://login.test/token?tenant=a");
}

TEST(ConfigCheck, RefusesTokenUrlsThatCannotWork) {
    for (const char* tokenUrl :
         {"", "login.test", "http://login.test/token", "ftp://login.test", "https://u:p@login.test",
          "https://login.test/token#a", "https://login.test/to ken", "https://login.test/token\n",
          "https://l\xc3\xb6gin.test/token", "http://localhost@evil.com"}) {
        const Refusal refusal = refusalOf([tokenUrl](ClientConfig& config) { config.tokenUrl = tokenUrl; });
        EXPECT_EQ(refusal.field, "tokenUrl") << tokenUrl;
    }
}

TEST(ConfigCheck, NamesCredentialsThatAreMissing) {
    Refusal refusal = refusalOf([](ClientConfig& config) { config.credentials.clientId.clear(); });
    EXPECT_EQ(refusal.field, "credentials.clientId");
    EXPECT_EQ(refusal.code, "kontext_config_missing_client_id");
    refusal = refusalOf([](ClientConfig& config) { config.credentials.clientSecret = Secret(); });
    EXPECT_EQ(refusal.field, "credentials.clientSecret");
    EXPECT_EQ(refusal.code, "kontext_config_missing_client_secret");
}

// Of a file that was read whole, or an assignment that was copied with its quotes.
TEST(ConfigCheck, NamesTheCharacterThatIsInTheWayOfCredentialsWithoutQuotingThem) {
    const auto ofSecret = [](const char* secret) {
        const Refusal refusal = refusalOf([secret](ClientConfig& c) { c.credentials.clientSecret = Secret(secret); });
        EXPECT_EQ(refusal.field, refusal.message.empty() ? "" : "credentials.clientSecret");
        return refusal.message;
    };
    EXPECT_EQ(ofSecret("s3cr3t\n"), "credentials.clientSecret ends with a line break");
    EXPECT_EQ(ofSecret(" s3cr3t"), "credentials.clientSecret begins with a space");
    EXPECT_EQ(ofSecret("s3\r\ncr3t"), "credentials.clientSecret contains a line break (at byte 3)");
    EXPECT_EQ(ofSecret("\"s3cr3t\""), "credentials.clientSecret is in double quotes");
    EXPECT_EQ(ofSecret("s3 cr\"3t'"), "");
    const Refusal refusal = refusalOf([](ClientConfig& config) { config.credentials.clientId = "sa_1\r"; });
    EXPECT_EQ(refusal.field, "credentials.clientId");
    EXPECT_EQ(refusal.message, "credentials.clientId ends with a line break");
}

TEST(ConfigCheck, NamesTheFieldThatIsWrong) {
    struct Case {
        const char* field;
        std::function<void(ClientConfig&)> change;
    };
    const std::vector<Case> cases{
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = ""; }},
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = "."; }},
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = ".."; }},
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = "v1/x"; }},
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = "v1?"; }},
        {"apiVersion", [](ClientConfig& c) { c.apiVersion = "v%31"; }},
        {"timeouts.connect", [](ClientConfig& c) { c.timeouts.connect = 0ms; }},
        {"timeouts.connect", [](ClientConfig& c) { c.timeouts.connect = -1ms; }},
        {"timeouts.attempt", [](ClientConfig& c) { c.timeouts.attempt = 0ms; }},
        {"timeouts.attempt", [](ClientConfig& c) { c.timeouts.attempt = -5s; }},
        {"timeouts.call", [](ClientConfig& c) { c.timeouts.call = 0ms; }},
        {"timeouts.call", [](ClientConfig& c) { c.timeouts.call = -1ms; }},
        {"retry.maxRetries", [](ClientConfig& c) { c.retry.maxRetries = -1; }},
        {"retry.initialDelay", [](ClientConfig& c) { c.retry.initialDelay = -1ms; }},
        {"retry.maxDelay", [](ClientConfig& c) { c.retry.maxDelay = -1ms; }},
        {"retry.maxRetryAfter", [](ClientConfig& c) { c.retry.maxRetryAfter = -1ms; }},
        {"maxResponseBytes", [](ClientConfig& c) { c.maxResponseBytes = 0; }},
        {"appInfo", [](ClientConfig& c) { c.appInfo = "tool/1\r\nX-Evil: 1"; }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"X-Fine", "1"}, {"Bad Name", "2"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"authorization", "Bearer mine"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"Host", "elsewhere.test"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"content-length", "0"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"Transfer-Encoding", "chunked"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"connection", "close"}};
         }},
        {"headers",
         [](ClientConfig& c) {
             c.headers = {{"X-Tag", "1\r\nX-Evil: 1"}};
         }},
        {"audience", [](ClientConfig& c) { c.audience = "a\nb"; }},
        {"scopes", [](ClientConfig& c) { c.scopes = {""}; }},
        {"scopes",
         [](ClientConfig& c) {
             c.scopes = {"a", "b c"};
         }},
        {"scopes", [](ClientConfig& c) { c.scopes = {"a\"b"}; }},
        {"scopes", [](ClientConfig& c) { c.scopes = {"a\\b"}; }},
        {"scopes", [](ClientConfig& c) { c.scopes = {"a\n"}; }},
        {"scopes", [](ClientConfig& c) { c.scopes = {"\xc3\xa9"}; }},
    };
    for (const Case& c : cases) {
        const Refusal refusal = refusalOf(c.change);
        EXPECT_EQ(refusal.field, c.field);
        EXPECT_EQ(refusal.code, "kontext_config_invalid") << c.field;
        EXPECT_THAT(refusal.message, HasSubstr(c.field));
    }
}

TEST(ConfigCheck, TakesTheSmallestValuesThatWork) {
    ClientConfig config = configOf();
    config.timeouts = {1ms, 1ms, 1ms};
    config.retry = {0, 0ms, 0ms, 0ms};
    config.maxResponseBytes = 1;
    EXPECT_EQ(refusalOf(config).message, "");
}

TEST(ConfigCheck, JoinsTheScopes) {
    ClientConfig config = configOf();
    config.scopes = {"a:read", "b:write", "c"};
    EXPECT_EQ(checkConfig(config).scope, "a:read b:write c");
    config.scopes.clear();
    EXPECT_EQ(checkConfig(config).scope, "");
}

TEST(ConfigCheck, TakesTheAudienceAsItIs) {
    ClientConfig config = configOf();
    config.audience = "urn:kontext";
    EXPECT_EQ(checkConfig(config).audience, "urn:kontext");
    config.audience = "";
    EXPECT_EQ(checkConfig(config).audience, "");
}

} // namespace
} // namespace kontext::config_check_test
