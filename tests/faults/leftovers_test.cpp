// The net has no holes: what a test leaves open is found.

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "support/leftovers.hpp"

namespace kontext_test::leftovers_test {
namespace {

TEST(LeftoversAreSeen, WhereADescriptorIsLeftOpen) {
    std::optional<Leftovers> leftovers(std::chrono::milliseconds(10));
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    EXPECT_NONFATAL_FAILURE(leftovers.reset(), "a descriptor is left over: pipe:");
    close(ends[1]);
}

TEST(LeftoversAreSeen, WhereAThreadGoesOn) {
    std::optional<Leftovers> leftovers(std::chrono::milliseconds(10));
    std::atomic<bool> done{false};
    std::thread thread([&done] {
        while (!done)
            std::this_thread::yield();
    });
    EXPECT_NONFATAL_FAILURE(leftovers.reset(), "a thread is left over");
    done = true;
    thread.join();
}

} // namespace
} // namespace kontext_test::leftovers_test
