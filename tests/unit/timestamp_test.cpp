#include <kontext/timestamp.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>

#include "values/civil_time.hpp"

namespace kontext::timestamp_test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Nanoseconds since 1970.
std::optional<std::int64_t> momentOf(const std::string& text) {
    const auto time = Timestamp(text).time();
    if (!time) return std::nullopt;
    return std::chrono::duration_cast<nanoseconds>(time->time_since_epoch()).count();
}

std::int64_t at(std::int64_t secondsSinceEpoch, std::int64_t nanos = 0) {
    return secondsSinceEpoch * 1'000'000'000 + nanos;
}

constexpr std::int64_t noon = 1'769'860'800; // 2026-01-31T12:00:00Z

TEST(Timestamp, KeepsTheTextAsItCame) {
    EXPECT_EQ(Timestamp(" no time ").text(), " no time ");
    EXPECT_EQ(Timestamp().text(), "");
    EXPECT_EQ(Timestamp().time(), std::nullopt);
}

TEST(Timestamp, ComparesTextsNotMoments) {
    EXPECT_EQ(Timestamp("2026-01-31T12:00:00Z"), Timestamp("2026-01-31T12:00:00Z"));
    EXPECT_NE(Timestamp("2026-01-31T12:00:00Z"), Timestamp("2026-01-31T12:00:00.0Z"));
}

TEST(Timestamp, IsMadeFromATimePoint) {
    using Clock = std::chrono::system_clock;
    const auto textAt = [](std::chrono::nanoseconds since) {
        return Timestamp(Clock::time_point(std::chrono::duration_cast<Clock::duration>(since))).text();
    };
    EXPECT_EQ(textAt(seconds(noon)), "2026-01-31T12:00:00.000Z");
    EXPECT_EQ(textAt(seconds(noon) + std::chrono::milliseconds(20)), "2026-01-31T12:00:00.020Z");
    EXPECT_EQ(textAt(seconds(noon) + std::chrono::microseconds(1)), "2026-01-31T12:00:00.000001Z");
    EXPECT_EQ(textAt(seconds(noon) + nanoseconds(100)), "2026-01-31T12:00:00.000000100Z");
    EXPECT_EQ(textAt(seconds(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(textAt(-nanoseconds(1)), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(textAt(seconds(-2'203'891'200)), "1900-03-01T00:00:00.000Z");
}

TEST(Timestamp, IsMadeFromTheFirstAndTheLastTimePoint) {
    using Clock = std::chrono::system_clock;
    if constexpr (std::is_same_v<Clock::duration, nanoseconds>) {
        EXPECT_EQ(Timestamp(Clock::time_point::min()).text(), "1677-09-21T00:12:43.145224192Z");
        EXPECT_EQ(Timestamp(Clock::time_point::max()).text(), "2262-04-11T23:47:16.854775807Z");
    }
}

TEST(Timestamp, MadeFromATimePointReadsAsThatTimePoint) {
    using Clock = std::chrono::system_clock;
    const std::vector<Clock::time_point> times{Clock::now(), Clock::time_point(), Clock::time_point::max() - seconds(3),
                                               Clock::time_point::min() + seconds(3)};
    for (const Clock::time_point time : times)
        EXPECT_EQ(Timestamp(time).time(), time) << Timestamp(time);
}

TEST(Timestamp, IsOrderedByTime) {
    const Timestamp earlier("2026-01-31T13:30:00+02:00"); // as a text it is the later one
    const Timestamp later("2026-01-31T12:00:00Z");
    EXPECT_LT(earlier, later);
    EXPECT_LE(earlier, later);
    EXPECT_GT(later, earlier);
    EXPECT_GE(later, earlier);
    EXPECT_FALSE(later < later);
    EXPECT_LE(later, later);
}

TEST(Timestamp, SortsUnreadableOnesFirstAndTiesByText) {
    std::vector<Timestamp> times{Timestamp("2026-01-31T12:00:00Z"),      Timestamp("z"),
                                 Timestamp("2026-01-31T13:00:00+01:00"), Timestamp(),
                                 Timestamp("1999-01-01T00:00:00Z"),      Timestamp("a")};
    std::ranges::sort(times);
    EXPECT_THAT(times,
                testing::ElementsAre(Timestamp(), Timestamp("a"), Timestamp("z"), Timestamp("1999-01-01T00:00:00Z"),
                                     Timestamp("2026-01-31T12:00:00Z"), Timestamp("2026-01-31T13:00:00+01:00")));
}

TEST(Timestamp, IsComparedWithATimePoint) {
    const auto now = std::chrono::system_clock::now();
    const Timestamp then = now - std::chrono::hours(1);
    EXPECT_TRUE(then < now);
    EXPECT_TRUE(then > now - std::chrono::hours(2));
}

TEST(Timestamp, IsWrittenAsItsText) {
    std::ostringstream stream;
    stream << Timestamp("yesterday");
    EXPECT_EQ(stream.str(), "yesterday");
    EXPECT_EQ(testing::PrintToString(Timestamp("2026-01-31T12:00:00Z")), "2026-01-31T12:00:00Z");
}

TEST(Timestamp, GivesItsTextAwayWhenItIsATemporary) {
    static_assert(std::is_same_v<decltype(Timestamp().text()), std::string>);
    const auto& text = Timestamp("2026-01-31T12:00:00.123456789Z").text();
    EXPECT_EQ(text, "2026-01-31T12:00:00.123456789Z");
}

TEST(Timestamp, ReadsMoments) {
    EXPECT_EQ(momentOf("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(momentOf("2026-01-31T12:00:00Z"), at(noon));
    EXPECT_EQ(momentOf("2000-02-29T00:00:00Z"), at(951'782'400));
    EXPECT_EQ(momentOf("2024-02-29T23:59:59Z"), at(1'709'251'199));
    EXPECT_EQ(momentOf("2100-03-01T00:00:00Z"), at(4'107'542'400));
    EXPECT_EQ(momentOf("1900-03-01T00:00:00Z"), at(-2'203'891'200));
    EXPECT_EQ(momentOf("1969-12-31T23:59:59Z"), at(-1));
}

TEST(Timestamp, ReadsFractions) {
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.5Z"), at(noon, 500'000'000));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.000Z"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.123Z"), at(noon, 123'000'000));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.000000001Z"), at(noon, 1));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.123456789Z"), at(noon, 123'456'789));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00,25Z"), at(noon, 250'000'000));
    EXPECT_EQ(momentOf("1969-12-31T23:59:59.75Z"), -250'000'000);
}

TEST(Timestamp, CutsAFractionAtNineDigits) {
    EXPECT_EQ(momentOf("2026-01-31T12:00:00.1234567899Z"), at(noon, 123'456'789));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00." + std::string(1000, '9') + 'Z'), at(noon, 999'999'999));
}

TEST(Timestamp, ReadsOffsets) {
    EXPECT_EQ(momentOf("2026-01-31T13:00:00+01:00"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T13:00:00+0100"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T06:30:00-05:30"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00+00:00"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T12:00:00-00:00"), at(noon));
    EXPECT_EQ(momentOf("2026-02-01T11:59:00+23:59"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31T13:00:00.5+01:00"), at(noon, 500'000'000));
}

TEST(Timestamp, ReadsOffsetsOfHoursAlone) {
    EXPECT_EQ(momentOf("2026-01-31 12:00:00+00"), at(noon)); // as PostgreSQL prints it
    EXPECT_EQ(momentOf("2026-01-31 04:00:00.25-08"), at(noon, 250'000'000));
    EXPECT_EQ(momentOf("2026-01-31T13:00+01"), at(noon));
}

TEST(Timestamp, ReadsATimeWithoutSeconds) {
    EXPECT_EQ(momentOf("2026-01-31T12:00Z"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31 13:30+01:30"), at(noon));
}

TEST(Timestamp, ReadsTheEndOfADayAsTheBeginningOfTheNext) {
    EXPECT_EQ(momentOf("2026-01-31T24:00:00Z"), momentOf("2026-02-01T00:00:00Z"));
    EXPECT_EQ(momentOf("2026-01-31T24:00:00.000Z"), momentOf("2026-02-01T00:00:00Z"));
    EXPECT_EQ(momentOf("2026-01-31T24:00+01:00"), momentOf("2026-01-31T23:00:00Z"));
    EXPECT_EQ(momentOf("2025-12-31T24:00:00Z"), momentOf("2026-01-01T00:00:00Z"));
}

TEST(Timestamp, TakesTheSpellingsOfRfc3339) {
    EXPECT_EQ(momentOf("2026-01-31t12:00:00z"), at(noon));
    EXPECT_EQ(momentOf("2026-01-31 12:00:00Z"), at(noon));
}

TEST(Timestamp, ReadsALeapSecondAsTheNextSecond) {
    EXPECT_EQ(momentOf("2016-12-31T23:59:60Z"), momentOf("2017-01-01T00:00:00Z"));
    EXPECT_EQ(momentOf("2016-12-31T23:59:60.5Z"), momentOf("2017-01-01T00:00:00.5Z"));
}

TEST(Timestamp, IsNoTimeInAnyOtherForm) {
    for (const char* text : {"",
                             "2026",
                             "2026-01-31",
                             "2026-01-31T",
                             "2026-01-31T12",
                             "2026-01-31T12:00",
                             "2026-01-31T12:00:00",
                             "2026-01-31T12:00:00.Z",
                             "2026-01-31T12:00:00.",
                             "2026-01-31T12:00:00+",
                             "2026-01-31T12:00:00+01:",
                             "2026-01-31T12:00:00+1",
                             "2026-01-31T12:00:00+010",
                             "2026-01-31T12:00:00+24",
                             "2026-01-31T12:00:Z",
                             "2026-01-31T12:00.5Z",
                             "2026-01-31T12Z",
                             "2026-01-31T12:0Z",
                             "2026-01-31T12:00:00+1:00",
                             "2026-01-31T12:00:00+01:0",
                             "2026-01-31T12:00:00+24:00",
                             "2026-01-31T12:00:00+01:60",
                             "2026-01-31T12:00:00ZZ",
                             "2026-01-31T12:00:00Z ",
                             " 2026-01-31T12:00:00Z",
                             "26-01-31T12:00:00Z",
                             "02026-01-31T12:00:00Z",
                             "-2026-01-31T12:00:00Z",
                             "+2026-01-31T12:00:00Z",
                             "2026/01/31T12:00:00Z",
                             "20260131T120000Z",
                             "2026-1-31T12:00:00Z",
                             "2026-01-31X12:00:00Z",
                             "2026-01-31T1200:00Z",
                             "2026-01-31T12:00:00.5.5Z",
                             "2026-01-31T12:00:00UTC",
                             "1769860800",
                             "yesterday",
                             "2026-01-31T12:00:00 Z",
                             "2026-01-31T12:00:0xZ"})
        EXPECT_EQ(momentOf(text), std::nullopt) << text;
}

TEST(Timestamp, IsNoTimeWhereThereIsNoSuchDateOrTime) {
    for (const char* text :
         {"2026-00-31T12:00:00Z", "2026-13-31T12:00:00Z", "2026-01-00T12:00:00Z", "2026-01-32T12:00:00Z",
          "2026-04-31T12:00:00Z", "2026-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2026-01-31T24:00:01Z",
          "2026-01-31T24:01:00Z", "2026-01-31T24:00:00.1Z", "2026-01-31T24:00:60Z", "2026-01-31T25:00:00Z",
          "2026-01-32T24:00:00Z", "9999-12-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z",
          "0000-01-01T00:00:00Z"})
        EXPECT_EQ(momentOf(text), std::nullopt) << text;
}

TEST(Timestamp, ReadsWhatTheClockCanHoldAndNothingBeyond) {
    EXPECT_EQ(momentOf("2262-04-11T23:47:14Z"), at(9'223'372'034));
    EXPECT_EQ(momentOf("1677-09-21T00:12:46Z"), at(-9'223'372'034));
    for (const char* text :
         {"2262-04-11T23:47:17Z", "2262-04-12T00:00:00Z", "1677-09-21T00:12:42Z", "9999-12-31T23:59:59Z",
          "9999-12-31T23:59:60.999999999-23:59", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"})
        EXPECT_EQ(momentOf(text), std::nullopt) << text;
}

TEST(Timestamp, NeverOverflowsAtTheEndOfTheClock) {
    for (int second = 0; second < 60; ++second)
        for (const char* rest : {"Z", ".999999999Z"}) {
            const std::string two = std::to_string(100 + second).substr(1);
            const auto late = momentOf("2262-04-11T23:47:" + two + rest);
            EXPECT_TRUE(!late || *late > 0) << two << rest;
            const auto early = momentOf("1677-09-21T00:12:" + two + rest);
            EXPECT_TRUE(!early || *early < 0) << two << rest;
        }
}

TEST(CivilTime, CountsEveryDayOfFourCenturies) {
    std::int64_t day = 0;
    for (int year = 1970; year < 2370; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int date = 1; date <= 31; ++date) {
                const auto moment = secondsSinceEpoch({year, month, date, 0, 0, 0});
                if (!moment) continue;
                ASSERT_EQ(*moment, day * 86'400) << year << '-' << month << '-' << date;
                ++day;
            }
        }
    }
    EXPECT_EQ(day, 146'097); // that many days has the Gregorian calendar's cycle
}

TEST(CivilTime, RefusesWhatIsOutOfRange) {
    const std::vector<CivilTime> times{{0, 1, 1, 0, 0, 0},     {10000, 1, 1, 0, 0, 0}, {2026, 0, 1, 0, 0, 0},
                                       {2026, 13, 1, 0, 0, 0}, {2026, 1, 0, 0, 0, 0},  {2026, 1, 32, 0, 0, 0},
                                       {2026, 1, 1, -1, 0, 0}, {2026, 1, 1, 24, 0, 0}, {2026, 1, 1, 0, -1, 0},
                                       {2026, 1, 1, 0, 60, 0}, {2026, 1, 1, 0, 0, -1}, {2026, 1, 1, 0, 0, 61}};
    for (const CivilTime& time : times)
        EXPECT_EQ(secondsSinceEpoch(time), std::nullopt) << time.year << '-' << time.month << '-' << time.day;
}

} // namespace
} // namespace kontext::timestamp_test
