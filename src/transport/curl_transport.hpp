// The Transport that is used unless the user brings one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <kontext/config.hpp>
#include <kontext/transport.hpp>

#include "transport/curl_handle.hpp"
#include "transport/curl_settings.hpp"
#include "values/per_process.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// Idle handles, the last used on top: the fewest connections stay warm, and the others age and go. Threads that call
/// at the same time get their own back, whose memory lies in the cache of their processor.
class HandlePool {
public:
    explicit HandlePool(const CurlSettings& settings) : settings_(settings) {}
    /// For the child of a fork: no handle; the parent's sockets are not ours.
    explicit HandlePool(HandlePool& parent) : settings_(parent.settings_) {}

    std::unique_ptr<CurlHandle> acquire();
    void release(std::unique_ptr<CurlHandle> handle);

private:
    std::unique_ptr<CurlHandle> acquireIdle();

    struct Idle {
        std::unique_ptr<CurlHandle> handle;
        std::chrono::steady_clock::time_point since;
        std::thread::id user;
    };
    const CurlSettings& settings_;
    std::mutex mutex_{};
    std::vector<Idle> idle_{};
};

class CurlTransport : public Transport {
public:
    /// Throws ConfigError.
    CurlTransport(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion);
    HttpResponse send(const HttpRequest& request) override;

private:
    const CurlSettings settings_;
    PerProcess<HandlePool> pool_;
};

} // namespace transport
KONTEXT_END_NAMESPACE
