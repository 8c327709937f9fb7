#include "platform/signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/sigpipe.hpp"
#include "transport/libcurl.hpp"

namespace kontext::signals_test {
namespace {

using kontext_test::BlockedPipe;
using kontext_test::isPipeBlocked;
using kontext_test::isPipePending;
using kontext_test::pipes;
using platform::SigpipeGuard;
using transport::raisesSigpipe;

class SigpipeTest : public ::testing::Test {
protected:
    /// A write to a pipe that nobody reads.
    static void writeInVain() {
        int ends[2];
        ASSERT_EQ(pipe(&ends[0]), 0);
        close(ends[0]);
        EXPECT_EQ(write(ends[1], "x", 1), -1);
        close(ends[1]);
    }

private:
    const kontext_test::CountedPipes counted_{};
};

TEST_F(SigpipeTest, IsRaisedWithoutTheGuard) {
    writeInVain();
    EXPECT_EQ(pipes, 1);
    {
        const SigpipeGuard guard(false);
        writeInVain();
    }
    EXPECT_EQ(pipes, 2);
}

TEST_F(SigpipeTest, IsTakenBackByTheGuard) {
    {
        const SigpipeGuard guard(true);
        EXPECT_TRUE(isPipeBlocked());
        writeInVain();
        EXPECT_TRUE(isPipePending());
    }
    EXPECT_EQ(pipes, 0);
    EXPECT_FALSE(isPipeBlocked());
    EXPECT_FALSE(isPipePending());
}

TEST_F(SigpipeTest, OfTheProgramsOwnIsLeftToIt) {
    {
        const BlockedPipe blocked;
        raise(SIGPIPE);
        {
            const SigpipeGuard guard(true);
            writeInVain();
        }
        EXPECT_TRUE(isPipeBlocked());
        EXPECT_TRUE(isPipePending());
    }
    EXPECT_EQ(pipes, 1);
}

TEST_F(SigpipeTest, ThatIsBlockedAndNotPendingIsTakenBackToo) {
    {
        const BlockedPipe blocked;
        {
            const SigpipeGuard guard(true);
            writeInVain();
        }
        EXPECT_TRUE(isPipeBlocked());
        EXPECT_FALSE(isPipePending());
    }
    EXPECT_EQ(pipes, 0);
}

TEST(RaisesSigpipe, UnlessLibcurlItselfWritesForOpenSsl) {
    transport::Libcurl libcurl{};
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.number = 0x075800;
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.tls = "OpenSSL/3.0.8";
    EXPECT_FALSE(raisesSigpipe(libcurl));
    libcurl.tls = "GnuTLS/3.7.9";
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.tls = "OpenSSL/1.1.1n";
    libcurl.number = 0x075700;
    EXPECT_TRUE(raisesSigpipe(libcurl));
}

} // namespace
} // namespace kontext::signals_test
