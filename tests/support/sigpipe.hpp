// SIGPIPE as a test sees it: raised, blocked, pending.
#pragma once

#include <atomic>
#include <csignal>

namespace kontext_test {

/// How often SIGPIPE was raised since the last CountedPipes began.
inline std::atomic<int> pipes{0};

/// SIGPIPE as the process has it, but counted.
class CountedPipes {
public:
    CountedPipes() {
        pipes = 0;
        struct sigaction counting {};
        counting.sa_handler = [](int) { ++pipes; };
        sigaction(SIGPIPE, &counting, &before_);
    }
    ~CountedPipes() { sigaction(SIGPIPE, &before_, nullptr); }
    CountedPipes(const CountedPipes&) = delete;
    CountedPipes& operator=(const CountedPipes&) = delete;

private:
    struct sigaction before_ {};
};

/// Blocks SIGPIPE for this thread while it lives.
class BlockedPipe {
public:
    BlockedPipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~BlockedPipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedPipe(const BlockedPipe&) = delete;
    BlockedPipe& operator=(const BlockedPipe&) = delete;

    /// Takes one that is pending; whether there was one.
    bool take() const {
        const timespec now{0, 0};
        return sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE;
    }

private:
    sigset_t pipe_{};
    sigset_t before_{};
};

inline bool isPipeBlocked() {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return sigismember(&mask, SIGPIPE) == 1;
}

inline bool isPipePending() {
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, SIGPIPE) == 1;
}

} // namespace kontext_test
