#include "transport/sigpipe.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace kontext::transport {
namespace {

volatile std::sig_atomic_t raised = 0;

/// Counts the signals while it lives.
class SigpipeTest : public ::testing::Test {
protected:
    SigpipeTest() {
        raised = 0;
        struct sigaction counting {};
        counting.sa_handler = [](int) { raised = raised + 1; };
        sigaction(SIGPIPE, &counting, &before_);
    }
    ~SigpipeTest() override { sigaction(SIGPIPE, &before_, nullptr); }
    SigpipeTest(const SigpipeTest&) = delete;
    SigpipeTest& operator=(const SigpipeTest&) = delete;

    /// A write to a pipe that nobody reads.
    static void writeInVain() {
        int ends[2];
        ASSERT_EQ(pipe(&ends[0]), 0);
        close(ends[0]);
        EXPECT_EQ(write(ends[1], "x", 1), -1);
        close(ends[1]);
    }
    static bool isBlocked() {
        sigset_t blocked;
        pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        return sigismember(&blocked, SIGPIPE) == 1;
    }
    static bool isPending() {
        sigset_t pending;
        sigpending(&pending);
        return sigismember(&pending, SIGPIPE) == 1;
    }

private:
    struct sigaction before_ {};
};

TEST_F(SigpipeTest, IsRaisedWithoutTheGuard) {
    writeInVain();
    EXPECT_EQ(raised, 1);
    {
        const SigpipeGuard guard(false);
        writeInVain();
    }
    EXPECT_EQ(raised, 2);
}

TEST_F(SigpipeTest, IsTakenBackByTheGuard) {
    {
        const SigpipeGuard guard(true);
        EXPECT_TRUE(isBlocked());
        writeInVain();
        EXPECT_TRUE(isPending());
    }
    EXPECT_EQ(raised, 0);
    EXPECT_FALSE(isBlocked());
    EXPECT_FALSE(isPending());
}

TEST_F(SigpipeTest, OfTheProgramsOwnIsLeftToIt) {
    sigset_t pipe;
    sigset_t before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    raise(SIGPIPE);
    {
        const SigpipeGuard guard(true);
        writeInVain();
    }
    EXPECT_TRUE(isBlocked());
    EXPECT_TRUE(isPending());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(raised, 1);
}

TEST_F(SigpipeTest, ThatIsBlockedAndNotPendingIsTakenBackToo) {
    sigset_t pipe;
    sigset_t before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    {
        const SigpipeGuard guard(true);
        writeInVain();
    }
    EXPECT_TRUE(isBlocked());
    EXPECT_FALSE(isPending());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(raised, 0);
}

TEST(RaisesSigpipe, UnlessLibcurlItselfWritesForOpenSsl) {
    curl_version_info_data libcurl{};
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.version_num = 0x075800;
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.ssl_version = "OpenSSL/3.0.8";
    EXPECT_FALSE(raisesSigpipe(libcurl));
    libcurl.ssl_version = "GnuTLS/3.7.9";
    EXPECT_TRUE(raisesSigpipe(libcurl));
    libcurl.ssl_version = "OpenSSL/1.1.1n";
    libcurl.version_num = 0x075700;
    EXPECT_TRUE(raisesSigpipe(libcurl));
}

} // namespace
} // namespace kontext::transport
