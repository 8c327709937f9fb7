#include "json/number.hpp"

#include <limits>

#include <gmock/gmock.h>

namespace kontext::number_test {
namespace {

using json::readNumber;
using json::withPoint;

TEST(ReadNumber, ReadsWhatJsonHas) {
    EXPECT_EQ(readNumber("0"), 0.0);
    EXPECT_EQ(readNumber("-1.5"), -1.5);
    EXPECT_EQ(readNumber("12e3"), 12000.0);
    EXPECT_EQ(readNumber("1.7976931348623157e308"), std::numeric_limits<double>::max());
}

TEST(ReadNumber, IsNothingForWhatIsTooLarge) {
    for (const char* text : {"1e400", "-1e400", "1E+400", "123456e304", "0.001e400", "1e99999999999999999999"})
        EXPECT_EQ(readNumber(text), std::nullopt) << text;
}

TEST(ReadNumber, IsZeroForWhatIsTooSmall) {
    for (const char* text : {"1e-400", "-1e-400", "1.5E-400", "123456e-404", "0.001e-399", "1e-99999999999999999999"})
        EXPECT_EQ(readNumber(text), 0.0) << text;
}

TEST(WithPoint, PutsThePointBack) {
    EXPECT_EQ(withPoint("1,5"), "1.5");
    EXPECT_EQ(withPoint("-0,0"), "-0.0");
    EXPECT_EQ(withPoint("1\xd9"
                        "5e+2"),
              "1.5e+2");
    EXPECT_EQ(withPoint("1.5"), "1.5");
    EXPECT_EQ(withPoint("1E-2"), "1E-2");
}

} // namespace
} // namespace kontext::number_test
