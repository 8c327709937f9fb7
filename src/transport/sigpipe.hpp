// SIGPIPE, which a write to a dead connection raises.
#pragma once

#include <csignal>
#include <string_view>

#include <curl/curl.h>

namespace kontext::transport {

/// Whether a write of libcurl's can raise SIGPIPE where it has CURLOPT_NOSIGNAL, without which it would change the
/// handler of the whole process. OpenSSL writes without MSG_NOSIGNAL; since 7.88 libcurl writes in its place.
inline bool raisesSigpipe(const curl_version_info_data& libcurl) noexcept {
    const std::string_view tls = libcurl.ssl_version != nullptr ? libcurl.ssl_version : "";
    return libcurl.version_num < 0x075800 || tls.substr(0, 8) != "OpenSSL/";
}

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

} // namespace kontext::transport
