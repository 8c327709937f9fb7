// SIGPIPE, which a write to a dead connection raises.
#pragma once

#include <csignal>

namespace kontext::transport {

/// Holds SIGPIPE off from this thread while it lives, and takes back one that came meanwhile. With CURLOPT_NOSIGNAL,
/// without which libcurl would change the handler of the whole process, nobody else does; OpenSSL writes without
/// MSG_NOSIGNAL.
class SigpipeGuard {
public:
    SigpipeGuard() noexcept {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        wasPending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~SigpipeGuard() {
        if (!wasPending_) {
            const timespec now{0, 0};
            sigtimedwait(&pipe_, nullptr, &now);
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool wasPending_ = false;
};

} // namespace kontext::transport
