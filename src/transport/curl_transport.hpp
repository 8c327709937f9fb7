// The Transport that is used unless the user brings one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <kontext/config.hpp>
#include <kontext/transport.hpp>

#include "platform/uptime.hpp"
#include "transport/curl_handle.hpp"
#include "transport/curl_settings.hpp"
#include "values/per_process.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// Idle handles, the last used on top: the fewest connections stay warm, and the others age and go. Threads that call
/// at the same time get their own back, whose memory lies in the cache of their processor.
class HandlePool {
public:
    /// Measures how long a handle is idle. It goes on while the machine is suspended.
    using Uptime = std::chrono::nanoseconds (*)() noexcept;

    HandlePool(const CurlSettings& settings, Uptime uptime) : settings_(settings), uptime_(uptime) {}
    /// For the child of a fork: no handle; the parent's sockets are not ours.
    explicit HandlePool(HandlePool& parent) : HandlePool(parent.settings_, parent.uptime_) {}

    struct Acquired {
        std::unique_ptr<CurlHandle> handle{};
        CurlHandle::Use use{};
    };
    /// One that has a connection for the request, if there is such, else a new one.
    Acquired acquire(const HttpRequest& request);
    void release(std::unique_ptr<CurlHandle> handle) noexcept;

private:
    struct Idle {
        std::unique_ptr<CurlHandle> handle{};
        std::chrono::nanoseconds since{};
        std::thread::id user{};
    };
    Idle take(const HttpRequest& request, std::chrono::nanoseconds now);
    std::vector<Idle> takeOld(std::chrono::nanoseconds now);

    const CurlSettings& settings_;
    const Uptime uptime_;
    std::mutex mutex_{};
    std::vector<Idle> idle_{};
    std::chrono::nanoseconds nextLook_{}; // for old ones
};

class CurlTransport : public Transport {
public:
    /// Throws ConfigError.
    CurlTransport(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion,
                  HandlePool::Uptime uptime = &platform::uptime);
    HttpResponse send(const HttpRequest& request) override;

private:
    const CurlSettings settings_;
    PerProcess<HandlePool> pool_;
};

} // namespace transport
KONTEXT_END_NAMESPACE
