#include "transport/url.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace kontext::url_test {
namespace {

using transport::isAscii;
using transport::isLoopback;
using transport::originOf;
using transport::parseUrl;
using transport::sameOrigin;
using transport::Url;

Url parsed(std::string_view text) {
    const auto url = parseUrl(text);
    EXPECT_TRUE(url) << text;
    return url.value_or(Url{});
}

TEST(ParseUrl, TakesAUrlApart) {
    const Url url = parsed("https://api.test:8443/a/b?c=d#e");
    EXPECT_EQ(url.scheme, "https");
    EXPECT_EQ(url.host, "api.test");
    EXPECT_EQ(url.port, "8443");
    EXPECT_EQ(url.path, "/a/b");
    EXPECT_EQ(url.query, "c=d");
    EXPECT_EQ(url.fragment, "e");
    EXPECT_FALSE(url.userinfo);
}

TEST(ParseUrl, FillsInTheSchemesPort) {
    EXPECT_EQ(parsed("https://a.test").port, "443");
    EXPECT_EQ(parsed("http://a.test").port, "80");
    EXPECT_EQ(parsed("https://a.test:80").port, "80");
}

TEST(ParseUrl, SaysWhetherThePortWasGiven) {
    EXPECT_FALSE(parsed("https://a.test").portGiven);
    EXPECT_TRUE(parsed("https://a.test:443").portGiven);
    EXPECT_TRUE(parsed("http://[::1]:80/").portGiven);
}

TEST(OriginOf, IsTheUrlUpToItsPath) {
    EXPECT_EQ(originOf("https://a.test:8443/b/c?d=//e"), "https://a.test:8443");
    EXPECT_EQ(originOf("https://a.test"), "https://a.test");
    EXPECT_EQ(originOf("nonsense"), "nonsense");
}

TEST(IsAscii, HoldsForHostNamesThatNeedNoConversion) {
    EXPECT_TRUE(isAscii("xn--caf-dma.test"));
    EXPECT_FALSE(isAscii("caf\xc3\xa9.test"));
}

TEST(ParseUrl, LowersTheScheme) { EXPECT_EQ(parsed("HTTPS://a.test").scheme, "https"); }

TEST(ParseUrl, TakesTheBracketsOffAnIpv6Host) {
    EXPECT_EQ(parsed("http://[::1]:8080/x").host, "::1");
    EXPECT_EQ(parsed("http://[::1]:8080/x").port, "8080");
}

TEST(ParseUrl, SeesTheHostThatIsConnectedTo) {
    EXPECT_EQ(parsed("http://localhost@evil.com").host, "evil.com");
    EXPECT_EQ(parsed("http://localhost:80@evil.com/").host, "evil.com");
    EXPECT_EQ(parsed("http://evil.com/@localhost").host, "evil.com");
    EXPECT_EQ(parsed("http://evil.com?@localhost").host, "evil.com");
    EXPECT_EQ(parsed("http://evil.com#@localhost").host, "evil.com");
}

TEST(ParseUrl, NoticesUserinfo) {
    EXPECT_TRUE(parsed("https://user@a.test").userinfo);
    EXPECT_TRUE(parsed("https://user:pass@a.test").userinfo);
    EXPECT_TRUE(parsed("https://:pass@a.test").userinfo);
    EXPECT_TRUE(parsed("https://@a.test").userinfo);
    EXPECT_TRUE(parsed("https://:@a.test").userinfo);
    EXPECT_FALSE(parsed("https://a.test/@b").userinfo);
}

TEST(ParseUrl, ReadsOtherSchemesToo) { EXPECT_EQ(parsed("ftp://a.test").scheme, "ftp"); }

TEST(ParseUrl, RefusesWhatHasNoAuthority) {
    for (const char* text : {"", "a", "/a", "//a.test", "https:", "https:/a.test", "https://", "https:///a.test",
                             "://a.test", ":", "mailto:a@b", "https:a.test"})
        EXPECT_FALSE(parseUrl(text)) << text;
}

TEST(ParseUrl, RefusesBlanksAndControls) {
    using namespace std::string_view_literals;
    for (const std::string_view text :
         {" https://a.test"sv, "https://a.test "sv, "https://a .test"sv, "https://a.test/\n"sv, "https://a.test/\r"sv,
          "https://a.test\0.evil.com"sv, "https://a.test/\x7f"sv, "https://a.test/\t"sv})
        EXPECT_FALSE(parseUrl(text)) << text;
}

TEST(ParseUrl, RefusesPortsThatAreNone) {
    for (const char* text : {"https://a.test:x", "https://a.test:65536", "https://a.test:-1", "https://a.test:80x"})
        EXPECT_FALSE(parseUrl(text)) << text;
}

TEST(Loopback, IsThisMachine) {
    for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.255.254", "::1"})
        EXPECT_TRUE(isLoopback(host)) << host;
}

TEST(Loopback, IsNoOtherHost) {
    for (const char* host : {"", "localhost.evil.com", "evil.localhost.com", "xlocalhost", "127.0.0.1.evil.com",
                             "127.evil.com", "128.0.0.1", "12.7.0.1", "127.0.0.1.5", "127.999.1.1", "127.0.0.1.",
                             "127.", "1270.0.1", "0.0.0.0", "10.0.0.1", "::", "::2", "[::1]", "api.test"})
        EXPECT_FALSE(isLoopback(host)) << host;
}

TEST(Loopback, IsSeenThroughOtherSpellingsOfANumber) {
    EXPECT_TRUE(isLoopback(parsed("http://127.1").host));
    EXPECT_TRUE(isLoopback(parsed("http://0x7f000001").host));
    EXPECT_FALSE(isLoopback(parsed("http://0xa000001").host));
}

TEST(SameOrigin, IsTheSameSchemeHostAndPort) {
    const Url base = parsed("https://api.test/x");
    EXPECT_TRUE(sameOrigin(base, parsed("https://api.test:443/y?z")));
    EXPECT_TRUE(sameOrigin(base, parsed("HTTPS://API.test")));
    EXPECT_FALSE(sameOrigin(base, parsed("http://api.test")));
    EXPECT_FALSE(sameOrigin(base, parsed("https://api.test:8443")));
    EXPECT_FALSE(sameOrigin(base, parsed("https://evil.test")));
    EXPECT_FALSE(sameOrigin(base, parsed("https://api.test.evil.com")));
    EXPECT_FALSE(sameOrigin(base, parsed("https://api.test@evil.com")));
}

} // namespace
} // namespace kontext::url_test
