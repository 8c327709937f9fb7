#include "values/stray.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace kontext::stray_test {
namespace {

using namespace std::string_view_literals;

std::string inUrl(std::string_view text) { return describeStray(text, &isStrayInUrl).value_or(""); }

std::string inCredentials(std::string_view text) { return describeStray(text, &isLineBreakOrEdge).value_or(""); }

TEST(DescribeStray, HasNothingToSayOfAGoodText) {
    EXPECT_EQ(inUrl(""), "");
    EXPECT_EQ(inUrl("https://api.test/it's"), "");
    EXPECT_EQ(inCredentials("sa_9+/=%&\"\\ x'"), "");
    EXPECT_EQ(inCredentials("\"sa_1"), "");
}

TEST(DescribeStray, SaysWhichCharacterAndWhere) {
    EXPECT_EQ(inUrl("https://api.test\n"), "ends with a line break");
    EXPECT_EQ(inUrl("https://api.test\r\n"), "ends with a line break");
    EXPECT_EQ(inUrl("https://api.test "), "ends with a space");
    EXPECT_EQ(inUrl(" https://api.test"), "begins with a space");
    EXPECT_EQ(inUrl("\thttps://api.test"), "begins with a tab");
    EXPECT_EQ(inUrl("https://api.test/a b"), "contains a space (at byte 19)");
    EXPECT_EQ(inUrl("https://api.test\"/"), "contains a double quote (at byte 17)");
    EXPECT_EQ(inUrl("https://api.test/\x1b["), "contains the byte 0x1b (at byte 18)");
    EXPECT_EQ(inUrl("https://api.test\0"sv), "ends with the byte 0x00");
    EXPECT_EQ(inUrl("https://api.test'"), "ends with a single quote");
    EXPECT_EQ(inCredentials("hush\n"), "ends with a line break");
    EXPECT_EQ(inCredentials("hush "), "ends with a space");
    EXPECT_EQ(inCredentials("\nhush"), "begins with a line break");
    EXPECT_EQ(inCredentials("hu\rsh"), "contains a line break (at byte 3)");
}

TEST(DescribeStray, KnowsATextThatIsInQuotes) {
    EXPECT_EQ(inUrl("\"https://api.test\""), "is in double quotes");
    EXPECT_EQ(inUrl("'https://api.test'"), "is in single quotes");
    EXPECT_EQ(inCredentials("\"hush\""), "is in double quotes");
}

} // namespace
} // namespace kontext::stray_test
