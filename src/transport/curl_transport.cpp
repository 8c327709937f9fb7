#include "transport/curl_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <new>
#include <utility>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

std::unique_ptr<CurlHandle> HandlePool::acquireIdle() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return nullptr;
    // Near the top only: a thread that seldom calls does not keep a connection of its own.
    constexpr std::ptrdiff_t near = 8;
    const auto end = idle_.rbegin() + std::min(near, static_cast<std::ptrdiff_t>(idle_.size()));
    auto chosen = std::find_if(idle_.rbegin(), end,
                               [me = std::this_thread::get_id()](const Idle& idle) { return idle.user == me; });
    if (chosen == end) chosen = idle_.rbegin();
    std::unique_ptr<CurlHandle> handle = std::move(chosen->handle);
    idle_.erase(std::next(chosen).base());
    return handle;
}

std::unique_ptr<CurlHandle> HandlePool::acquire() {
    while (auto handle = acquireIdle())
        if (handle->hasNoPendingData()) return handle;
    return std::make_unique<CurlHandle>(settings_);
}

void HandlePool::release(std::unique_ptr<CurlHandle> handle) {
    constexpr std::chrono::seconds longestIdle(60);
    const auto now = std::chrono::steady_clock::now();
    std::unique_ptr<CurlHandle> old; // one each time keeps up; it is closed outside the lock
    const std::lock_guard<std::mutex> lock(mutex_);
    try {
        idle_.push_back({std::move(handle), now, std::this_thread::get_id()});
    } catch (const std::bad_alloc&) {
        return; // the handle is lost, its response is not
    }
    if (now - idle_.front().since > longestIdle) {
        old = std::move(idle_.front().handle);
        idle_.erase(idle_.begin());
    }
}

CurlTransport::CurlTransport(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion)
    : settings_(checkSettings(std::move(tls), std::move(proxy), httpVersion)),
      pool_(std::make_unique<HandlePool>(settings_)) {}

HttpResponse CurlTransport::send(const HttpRequest& request) {
    HandlePool& pool = pool_.get();
    std::unique_ptr<CurlHandle> handle = pool.acquire();
    HttpResponse response = handle->send(request);
    if (handle->reusable()) pool.release(std::move(handle));
    return response;
}

} // namespace transport
KONTEXT_END_NAMESPACE
