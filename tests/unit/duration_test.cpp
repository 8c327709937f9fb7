#include "values/duration.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace kontext::duration_test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Duration, IsShownInMillisecondsOrSeconds) {
    struct Case {
        milliseconds duration;
        const char* text;
    };
    const std::vector<Case> cases{{0ms, "0 ms"}, {1ms, "1 ms"},        {250ms, "250 ms"},  {999ms, "999 ms"},
                                  {1s, "1 s"},   {1500ms, "1.5 s"},    {1050ms, "1.05 s"}, {1001ms, "1.001 s"},
                                  {60s, "60 s"}, {60010ms, "60.01 s"}, {2min, "120 s"}};
    for (const Case& c : cases)
        EXPECT_EQ(formatDuration(c.duration), c.text);
}

} // namespace
} // namespace kontext::duration_test
