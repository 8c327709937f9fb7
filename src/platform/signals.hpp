// SIGPIPE, which a write to a dead connection raises.
#pragma once

#include <csignal>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// If it is needed: holds SIGPIPE off from this thread while it lives, and takes back one that came meanwhile.
class SigpipeGuard {
public:
    explicit SigpipeGuard(bool needed) noexcept : needed_(needed) {
        if (!needed_) return;
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
        if (sigismember(&before_, SIGPIPE) == 0) return; // none can have been pending
        sigset_t pending;
        sigpending(&pending);
        wasPending_ = sigismember(&pending, SIGPIPE) == 1;
    }
    ~SigpipeGuard() {
        if (!needed_) return;
        if (!wasPending_) {
            const timespec now{0, 0};
            sigtimedwait(&pipe_, nullptr, &now);
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

private:
    const bool needed_;
    sigset_t pipe_{};
    sigset_t before_{};
    bool wasPending_ = false;
};

} // namespace platform
KONTEXT_END_NAMESPACE
