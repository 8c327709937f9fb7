#include "values/ascii.hpp"

#include <gtest/gtest.h>

namespace kontext::ascii_test {
namespace {

TEST(Ascii, ComparesWithoutRegardToCase) {
    EXPECT_TRUE(equalsIgnoringCase("", ""));
    EXPECT_TRUE(equalsIgnoringCase("X-Request-Id", "x-rEQUEST-iD"));
    EXPECT_TRUE(equalsIgnoringCase("AZ[`{", "az[`{"));
    EXPECT_FALSE(equalsIgnoringCase("a", "ab"));
    EXPECT_FALSE(equalsIgnoringCase("a", "b"));
    EXPECT_FALSE(equalsIgnoringCase("[", "{"));
    EXPECT_FALSE(equalsIgnoringCase("@", "`"));
    EXPECT_FALSE(equalsIgnoringCase("\xc3\x89", "\xc3\xa9"));
}

} // namespace
} // namespace kontext::ascii_test
