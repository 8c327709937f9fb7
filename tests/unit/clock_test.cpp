#include "values/clock.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace kontext::clock_test {
namespace {

TEST(SystemClock, SpreadsWaitsOverTheUpperHalf) {
    const auto clock = makeSystemClock();
    std::set<double> factors;
    for (int i = 0; i < 1'000; ++i)
        factors.insert(clock->jitter());
    EXPECT_GE(*factors.begin(), 0.5);
    EXPECT_LT(*factors.begin(), 0.55);
    EXPECT_LT(*factors.rbegin(), 1.0);
    EXPECT_GE(*factors.rbegin(), 0.95);
    EXPECT_GT(factors.size(), 900U);
}

} // namespace
} // namespace kontext::clock_test
