#include "transport/header_fields.hpp"

#include <string>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext::header_fields_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// What the ConfigError says; "" if there is none.
std::string refusalOf(const std::string& name, const std::string& value = "x") {
    try {
        checkHeaders({{"X-Fine", "fine"}, {name, value}}, "headers");
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.field(), "headers");
        return error.message();
    }
    return {};
}

TEST(HeaderFields, AreFoundByAnyCaseFirstOfAll) {
    const Headers headers{{"A", "1"}, {"X-b", "2"}, {"x-B", "3"}};
    ASSERT_NE(findHeader(headers, "X-B"), nullptr);
    EXPECT_EQ(*findHeader(headers, "X-B"), "2");
    EXPECT_EQ(findHeader(headers, "X"), nullptr);
    EXPECT_EQ(findHeader({}, "A"), nullptr);
}

TEST(HeaderFields, AreSetInPlaceOfThoseOfTheirNames) {
    Headers headers{{"Accept", "a"}, {"B", "b"}, {"ACCEPT", "a2"}};
    setHeaders(headers, {{"accept", "c"}, {"D", "d"}});
    EXPECT_THAT(headers, ElementsAre(Pair("B", "b"), Pair("accept", "c"), Pair("D", "d")));
    setHeaders(headers, {});
    EXPECT_THAT(headers, ElementsAre(Pair("B", "b"), Pair("accept", "c"), Pair("D", "d")));
}

TEST(HeaderFields, AreBothSetIfTheyHaveOneName) {
    Headers headers{{"Accept", "a"}, {"B", "b"}};
    setHeaders(headers, {{"X-Tag", "1"}, {"accept", "c"}, {"x-tag", "2"}, {"Accept", "d"}, {"X-Tag", "1"}});
    EXPECT_THAT(headers, ElementsAre(Pair("B", "b"), Pair("X-Tag", "1"), Pair("accept", "c"), Pair("x-tag", "2"),
                                     Pair("Accept", "d"), Pair("X-Tag", "1")));
}

TEST(HeaderFields, MayHaveAnyTokenForAName) {
    for (const char* name : {"X", "x-a", "If-Match", "X_1.2", "!#$%&'*+-.^_`|~", "Accept", "User-Agent", "Content-Type",
                             "Idempotency-Key", "Authorization2"})
        EXPECT_EQ(refusalOf(name), "") << name;
}

TEST(HeaderFields, AreRefusedWithANameThatIsNoToken) {
    for (const std::string& name :
         {std::string(), std::string("a b"), std::string("a:"), std::string("a\r\nb"), std::string("a\0b", 3),
          std::string("\xc3\xa9"), std::string("a("), std::string("\x7f")})
        EXPECT_THAT(refusalOf(name), HasSubstr("is not a valid header name")) << name;
}

TEST(HeaderFields, AreRefusedWhereOnlyTheClientMaySetThem) {
    for (const char* name : {"Authorization", "authorization", "AUTHORIZATION", "Host", "Content-Length",
                             "Transfer-Encoding", "Connection", "hOsT"})
        EXPECT_THAT(refusalOf(name), HasSubstr("is set by the client and cannot be overridden")) << name;
}

TEST(HeaderFields, AreRefusedWithAValueThatEndsTheHeaderEarly) {
    for (const std::string& value :
         {std::string("a\r\nX-Evil: 1"), std::string("a\n"), std::string("\r"), std::string("a\0b", 3)})
        EXPECT_EQ(refusalOf("X-A", value), "headers: the value of \"X-A\" must not contain CR, LF or NUL");
}

TEST(HeaderFields, MayHaveOtherBytesInAValue) {
    for (const char* value : {"", " ", "a\tb", "\xc3\xa9", "\"quoted\"; q=1"})
        EXPECT_EQ(refusalOf("X-A", value), "") << value;
}

TEST(HeaderFields, AreShownPrintably) { EXPECT_THAT(refusalOf("a\nb"), HasSubstr(R"(headers: "a\nb")")); }

} // namespace
} // namespace kontext::header_fields_test
