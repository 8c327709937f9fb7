#include "transport/idle_limit.hpp"

#include <gtest/gtest.h>

namespace kontext::idle_limit_test {
namespace {

using namespace std::chrono_literals;
using transport::idleLimit;

TEST(IdleLimit, IsHalfAMinuteIfTheServerNamesNone) {
    EXPECT_EQ(idleLimit(Headers{}), 30s);
    EXPECT_EQ(idleLimit(Headers{{"Content-Type", "application/json"}}), 30s);
}

TEST(IdleLimit, IsWhatTheServerGrantsLessTheTimeOfARequestOnItsWay) {
    EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", "timeout=5"}}), 4'500ms);
    EXPECT_EQ(idleLimit(Headers{{"keep-alive", "timeout=5, max=100"}}), 4'500ms);
    EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", "max=100,  Timeout = 5"}}), 4'500ms);
    EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", "max=100; timeout=\"5\""}}), 4'500ms);
    EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", "timeout=1"}}), 500ms);
    EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", "timeout=0"}}), 0ms);
}

TEST(IdleLimit, IsNoLongerThanHalfAMinute) {
    for (const char* value : {"timeout=30", "timeout=60", "timeout=99999999999999999999999"})
        EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", value}}), 30s) << value;
}

TEST(IdleLimit, LeavesAsideWhatItCannotRead) {
    for (const char* value : {"", ",", "300", "max=5", "timeout", "timeout=", "timeout=x", "timeout=-1"})
        EXPECT_EQ(idleLimit(Headers{{"Keep-Alive", value}}), 30s) << value;
}

TEST(IdleLimit, IsAMomentForARequestThatMustNotBeRepeated) {
    EXPECT_EQ(idleLimit("GET"), 30s);
    EXPECT_EQ(idleLimit("DELETE"), 30s);
    EXPECT_EQ(idleLimit("POST"), 500ms);
    EXPECT_EQ(idleLimit("PURGE"), 500ms);
}

} // namespace
} // namespace kontext::idle_limit_test
