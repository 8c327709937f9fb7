#include "values/deadline.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "fake_clock.hpp"

namespace kontext::deadline_test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(CallDeadline, CountsDown) {
    test::FakeClock clock;
    const CallDeadline deadline(clock, 10s, 2, {});
    EXPECT_EQ(deadline.timeout(), 10s);
    EXPECT_EQ(deadline.remaining(), 10s);
    clock.advance(4s);
    EXPECT_EQ(deadline.remaining(), 6s);
    EXPECT_FALSE(deadline.expired());
    clock.advance(6s - 1ns);
    EXPECT_EQ(deadline.remaining(), 1ns);
    EXPECT_FALSE(deadline.expired());
}

TEST(CallDeadline, IsSpentAtItsEndAndBeyond) {
    test::FakeClock clock;
    const CallDeadline deadline(clock, 10s, 2, {});
    clock.advance(10s);
    EXPECT_TRUE(deadline.expired());
    EXPECT_EQ(deadline.remaining(), 0s);
    clock.advance(1h);
    EXPECT_TRUE(deadline.expired());
    EXPECT_EQ(deadline.remaining(), 0s);
}

TEST(CallDeadline, OfTheLongestTimeThereIsLastsAsLongAsItTakes) {
    test::FakeClock clock;
    const CallDeadline deadline(clock, milliseconds::max(), 2, {});
    EXPECT_GT(deadline.remaining(), 24h * 365 * 50);
    EXPECT_FALSE(deadline.expired());
}

TEST(CallDeadline, KnowsTheCallsRetriesAndCancellation) {
    test::FakeClock clock;
    CancellationSource source;
    const CallDeadline deadline(clock, 10s, 5, source.token());
    EXPECT_EQ(deadline.maxRetries(), 5);
    EXPECT_FALSE(deadline.cancel().isCancelled());
    source.cancel();
    EXPECT_TRUE(deadline.cancel().isCancelled());
}

TEST(CallDeadline, GivesAStepAPartOfItsTimeAndNoRetries) {
    test::FakeClock clock;
    CancellationSource source;
    const CallDeadline deadline(clock, 10s, 5, source.token());
    EXPECT_EQ(deadline.step(4s).remaining(), 4s);
    EXPECT_EQ(deadline.step(1min).remaining(), 10s);
    clock.advance(9999ms + 1us);
    EXPECT_EQ(deadline.step(4s).timeout(), 1ms) << "rounded up";
    clock.advance(1ms);
    EXPECT_TRUE(deadline.step(4s).expired());
    EXPECT_EQ(deadline.step(4s).maxRetries(), 0);
    source.cancel();
    EXPECT_TRUE(deadline.step(4s).cancel().isCancelled());
}

} // namespace
} // namespace kontext::deadline_test
