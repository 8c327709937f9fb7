#include "call/retry_after.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::retry_after_test {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::system_clock;

/// Sun, 06 Nov 1994 08:49:37 GMT, the moment of RFC 9110's examples.
constexpr seconds example{784'111'777};
/// Sat, 31 Jan 2026 12:00:00 GMT
constexpr seconds today{1'769'860'800};

system_clock::time_point at(seconds sinceEpoch) { return system_clock::time_point(sinceEpoch); }

std::optional<seconds> wait(std::string_view value, std::string_view date = {},
                            system_clock::time_point now = at(today)) {
    return parseRetryAfter(value, date, now);
}

std::optional<seconds> dateOf(std::string_view text, system_clock::time_point now = at(today)) {
    const auto time = parseHttpDate(text, now);
    if (!time) return std::nullopt;
    return std::chrono::duration_cast<seconds>(time->time_since_epoch());
}

TEST(RetryAfter, ReadsSeconds) {
    EXPECT_EQ(wait("0"), 0s);
    EXPECT_EQ(wait("1"), 1s);
    EXPECT_EQ(wait("120"), 120s);
    EXPECT_EQ(wait("007"), 7s);
    EXPECT_EQ(wait(" \t60 \t"), 60s);
}

TEST(RetryAfter, RoundsAFractionUp) {
    EXPECT_EQ(wait("0.1"), 1s);
    EXPECT_EQ(wait("1.5"), 2s);
    EXPECT_EQ(wait("1.001"), 2s);
    EXPECT_EQ(wait("1.0"), 1s);
    EXPECT_EQ(wait("2.000"), 2s);
}

TEST(RetryAfter, CapsAbsurdNumbers) {
    constexpr seconds tenYears = std::chrono::hours(24 * 365 * 10);
    EXPECT_EQ(wait("315360001"), tenYears);
    EXPECT_EQ(wait("9223372036854775808"), tenYears);
    EXPECT_EQ(wait(std::string(1000, '9')), tenYears);
    EXPECT_EQ(wait("Fri, 31 Dec 2199 23:59:59 GMT"), tenYears);
}

TEST(RetryAfter, IsNothingForGarbage) {
    for (const char* value : {"", " ", "-1", "+5", "5s", "5 seconds", "1e3", "0x10", "1,5", "1.2.3", "1.5x", "soon",
                              ".5", "1 2", "NaN", "2026-01-31T12:00:00Z", "Sat", "Sat, ", "12:00"})
        EXPECT_EQ(wait(value), std::nullopt) << value;
}

TEST(RetryAfter, CountsFromNowToADate) {
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT"), 30s);
    EXPECT_EQ(wait("Saturday, 31-Jan-26 12:00:30 GMT"), 30s);
    EXPECT_EQ(wait("Sat Jan 31 12:00:30 2026"), 30s);
    EXPECT_EQ(wait("Sun, 01 Feb 2026 12:00:00 GMT"), 24h);
}

TEST(RetryAfter, CountsFromTheResponsesOwnDate) {
    // Their clock is an hour behind ours.
    EXPECT_EQ(wait("Sat, 31 Jan 2026 11:00:30 GMT", "Sat, 31 Jan 2026 11:00:00 GMT"), 30s);
    // Theirs is a day ahead.
    EXPECT_EQ(wait("Sun, 01 Feb 2026 12:00:30 GMT", "Sun, 01 Feb 2026 12:00:00 GMT"), 30s);
    EXPECT_EQ(wait("Sun, 01 Feb 2026 12:00:30 GMT", " Sun, 01 Feb 2026 12:00:00 GMT "), 30s);
}

TEST(RetryAfter, CountsFromOurClockIfTheDateCannotBeRead) {
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", "yesterday"), 30s);
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", ""), 30s);
}

TEST(RetryAfter, TheDateHeaderHasNoSayInSeconds) { EXPECT_EQ(wait("30", "Sat, 31 Jan 2026 11:00:00 GMT"), 30s); }

TEST(RetryAfter, IsNoLongerThanTheLongestForAFraction) { EXPECT_EQ(wait("33555555555.53"), 24h * 365 * 10); }

TEST(RetryAfter, IsZeroForADateGoneBy) {
    EXPECT_EQ(wait("Sat, 31 Jan 2026 11:59:59 GMT"), 0s);
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:00 GMT"), 0s);
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:49:37 GMT"), 0s);
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", "Sat, 31 Jan 2026 12:00:31 GMT"), 0s);
}

TEST(RetryAfter, BearsDatesThatLieCenturiesApart) {
    // Nanoseconds in 64 bits count no more than 292 years.
    EXPECT_EQ(wait("Fri, 01 Jan 1700 00:00:00 GMT"), 0s);
    EXPECT_EQ(wait("Fri, 01 Jan 1700 00:00:00 GMT", "Tue, 01 Jan 2250 00:00:00 GMT"), 0s);
    EXPECT_EQ(wait("Tue, 01 Jan 2250 00:00:00 GMT", "Fri, 01 Jan 1700 00:00:00 GMT"), 24h * 365 * 10);
}

TEST(RetryAfter, RoundsTheWayToADateUp) {
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", "", at(today) + 100ms), 30s);
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", "", at(today) + 29900ms), 1s);
    EXPECT_EQ(wait("Sat, 31 Jan 2026 12:00:30 GMT", "", at(today) + 30100ms), 0s);
}

TEST(HttpDate, ReadsItsThreeForms) {
    EXPECT_EQ(dateOf("Sun, 06 Nov 1994 08:49:37 GMT"), example);
    EXPECT_EQ(dateOf("Sunday, 06-Nov-94 08:49:37 GMT"), example);
    EXPECT_EQ(dateOf("Sun Nov  6 08:49:37 1994"), example);
    EXPECT_EQ(dateOf("Wed Nov 16 08:49:37 1994"), example + 24h * 10);
}

TEST(HttpDate, ReadsDashesWithAYearOfFourDigits) { EXPECT_EQ(dateOf("Sun, 06-Nov-1994 08:49:37 GMT"), example); }

TEST(HttpDate, IgnoresBlanksAround) { EXPECT_EQ(dateOf("  Sun, 06 Nov 1994 08:49:37 GMT\t"), example); }

TEST(HttpDate, KnowsAllMonths) {
    const std::vector<const char*> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr int daysBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    for (std::size_t i = 0; i < months.size(); ++i)
        EXPECT_EQ(dateOf(std::string("Thu, 01 ") + months[i] + " 1970 00:00:00 GMT"), 24h * daysBefore[i]) << months[i];
}

TEST(HttpDate, KnowsAllDaysOfTheWeek) {
    for (const char* day : {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Monday", "Tuesday", "Wednesday",
                            "Thursday", "Friday", "Saturday", "Sunday"})
        EXPECT_EQ(dateOf(std::string(day) + ", 06 Nov 1994 08:49:37 GMT"), example) << day;
}

TEST(HttpDate, ReadsLeapDaysAndLeapSeconds) {
    EXPECT_EQ(dateOf("Thu, 29 Feb 2024 00:00:00 GMT"), seconds(1'709'164'800));
    EXPECT_EQ(dateOf("Tue, 29 Feb 2000 00:00:00 GMT"), seconds(951'782'400));
    EXPECT_EQ(dateOf("Sat, 31 Dec 2016 23:59:60 GMT"), seconds(1'483'228'800));
}

TEST(HttpDate, ReadsAYearOfTwoDigitsAsTheNearOne) {
    // As seen from 2026.
    EXPECT_EQ(dateOf("Sunday, 06-Nov-94 08:49:37 GMT"), dateOf("Sun, 06 Nov 1994 08:49:37 GMT"));
    EXPECT_EQ(dateOf("Friday, 06-Nov-26 08:49:37 GMT"), dateOf("Fri, 06 Nov 2026 08:49:37 GMT"));
    EXPECT_EQ(dateOf("Saturday, 06-Nov-75 08:49:37 GMT"), dateOf("Sat, 06 Nov 2075 08:49:37 GMT"));
    EXPECT_EQ(dateOf("Sunday, 06-Nov-77 08:49:37 GMT"), dateOf("Sun, 06 Nov 1977 08:49:37 GMT"));
}

TEST(HttpDate, RefusesWhatIsNoDate) {
    for (const char* text : {"",
                             "Sun",
                             "Sun,",
                             "Sun, 06 Nov 1994",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 06 Nov 1994 08:49:37 GMT x",
                             "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 nov 1994 08:49:37 GMT",
                             "sun, 06 Nov 1994 08:49:37 GMT",
                             "Xyz, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 94 08:49:37 GMT",
                             "Sun, 06-Nov 1994 08:49:37 GMT",
                             "Sun, 31 Jun 1994 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 29 Feb 2023 08:49:37 GMT",
                             "Sun, 29 Feb 1900 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 GMT",
                             "Sun, 06 Nov 1994 08 GMT",
                             "Sun, 06 Nov 1994 08:49 GMT",
                             "Sun, 06 Nov 1994 08.49.37 GMT",
                             "Sun, 06 Nov 1994 x:49:37 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT",
                             "Sun, 06 Nov 0000 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994 GMT",
                             "Sun Nov 6 08:49:37 1994",
                             "Sun Nov  6 08:49:37 94",
                             "06 Nov 1994 08:49:37 GMT"})
        EXPECT_EQ(dateOf(text), std::nullopt) << text;
}

TEST(HttpDate, RefusesYearsThatTheClockCannotHold) {
    EXPECT_EQ(dateOf("Fri, 31 Dec 9999 23:59:59 GMT"), std::nullopt);
    EXPECT_EQ(dateOf("Mon, 01 Jan 0001 00:00:00 GMT"), std::nullopt);
}

} // namespace
} // namespace kontext::retry_after_test
