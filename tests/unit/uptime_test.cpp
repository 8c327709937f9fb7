#include "platform/uptime.hpp"

#include <gtest/gtest.h>

namespace kontext::uptime_test {
namespace {

TEST(Uptime, GoesOn) {
    const auto before = platform::uptime();
    EXPECT_GT(before.count(), 0);
    while (platform::uptime() == before) {
    }
    EXPECT_GT(platform::uptime(), before);
}

} // namespace
} // namespace kontext::uptime_test
