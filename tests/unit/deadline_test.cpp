#include "values/deadline.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "fake_clock.hpp"

namespace kontext {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Budget, CountsDown) {
    test::FakeTime time;
    const Budget budget(time, 10s, 2, {});
    EXPECT_EQ(budget.whole(), 10s);
    EXPECT_EQ(budget.left(), 10s);
    time.advance(4s);
    EXPECT_EQ(budget.left(), 6s);
    EXPECT_FALSE(budget.spent());
    time.advance(6s - 1ns);
    EXPECT_EQ(budget.left(), 1ns);
    EXPECT_FALSE(budget.spent());
}

TEST(Budget, IsSpentAtItsEndAndBeyond) {
    test::FakeTime time;
    const Budget budget(time, 10s, 2, {});
    time.advance(10s);
    EXPECT_TRUE(budget.spent());
    EXPECT_EQ(budget.left(), 0s);
    time.advance(1h);
    EXPECT_TRUE(budget.spent());
    EXPECT_EQ(budget.left(), 0s);
}

TEST(Budget, OfTheLongestTimeThereIsLastsAsLongAsItTakes) {
    test::FakeTime time;
    const Budget budget(time, milliseconds::max(), 2, {});
    EXPECT_GT(budget.left(), 24h * 365 * 50);
    EXPECT_FALSE(budget.spent());
}

TEST(Budget, KnowsTheCallsRetriesAndCancellation) {
    test::FakeTime time;
    CancellationSource source;
    const Budget budget(time, 10s, 5, source.token());
    EXPECT_EQ(budget.maxRetries(), 5);
    EXPECT_FALSE(budget.cancel().isCancelled());
    source.cancel();
    EXPECT_TRUE(budget.cancel().isCancelled());
}

} // namespace
} // namespace kontext
