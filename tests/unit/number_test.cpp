#include "json/number.hpp"

#include <limits>

#include <gmock/gmock.h>

namespace kontext::number_test {
namespace {

using json::readInteger;
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

TEST(ReadInteger, ReadsAnIntegerHoweverItIsWritten) {
    struct Case {
        const char* text;
        std::int64_t value;
    };
    const Case cases[] = {
        {"0", 0},
        {"-0", 0},
        {"0.0", 0},
        {"-0.0", 0},
        {"0e99999999999999999999", 0},
        {"0.00e-99999999999999999999", 0},
        {"1.0", 1},
        {"-1.0", -1},
        {"1e3", 1000},
        {"1E+2", 100},
        {"100e-2", 1},
        {"1.20e1", 12},
        {"0.001e3", 1},
        {"0.0000000000000000000000001e25", 1},
        {"10000000000000000000000000e-25", 1},
        {"-12.5e1", -125},
        {"9007199254740993.0", 9'007'199'254'740'993},
        {"9223372036854775807.0", std::numeric_limits<std::int64_t>::max()},
        {"9.223372036854775807e18", std::numeric_limits<std::int64_t>::max()},
        {"-9223372036854775808.0", std::numeric_limits<std::int64_t>::min()},
        {"1e18", 1'000'000'000'000'000'000},
    };
    for (const auto& [text, value] : cases)
        EXPECT_EQ(readInteger(text), value) << text;
}

TEST(ReadInteger, IsNothingForAFractionAndForWhatNeedsMoreThan64Bits) {
    for (const char* text : {"1.5", "0.1", "-0.5", "1e-1", "125e-1", "100e-3", "1.000000000000000000001", "1e-400",
                             "1e-99999999999999999999", "9223372036854775808.0", "-9223372036854775809.0", "1e19",
                             "9.3e18", "1e400", "1e99999999999999999999", "18446744073709551616"})
        EXPECT_EQ(readInteger(text), std::nullopt) << text;
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
