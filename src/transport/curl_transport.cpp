#include "transport/curl_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <new>
#include <utility>

#include "transport/idle_limit.hpp"
#include "transport/url.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

using std::chrono::nanoseconds;

HandlePool::Acquired HandlePool::acquire(const HttpRequest& request) {
    for (;;) {
        std::vector<Idle> old; // closed outside the lock
        Idle found;
        const nanoseconds now = uptime_();
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            old = takeOld(now);
            found = take(request, now);
        }
        if (found.handle == nullptr) return {std::make_unique<CurlHandle>(settings_), {now, now}};
        if (now - found.since <= found.handle->idleLimit() && found.handle->hasNoPendingData())
            return {std::move(found.handle), {now, found.since}};
    }
}

/// This thread's own, unless it is seldom used (it lies deep) or idle for too long; else the last used one.
HandlePool::Idle HandlePool::take(const HttpRequest& request, nanoseconds now) {
    constexpr std::ptrdiff_t near = 8;
    const std::string_view origin = originOf(request.url);
    const auto leadsThere = [origin](const Idle& idle) { return idle.handle->origin() == origin; };
    const auto isMine = [&, limit = idleLimit(request.method), me = std::this_thread::get_id()](const Idle& idle) {
        return idle.user == me && leadsThere(idle) && now - idle.since <= limit;
    };
    const auto end = idle_.rbegin() + std::min(near, static_cast<std::ptrdiff_t>(idle_.size()));
    auto chosen = std::find_if(idle_.rbegin(), end, isMine);
    if (chosen == end) chosen = std::find_if(idle_.rbegin(), idle_.rend(), leadsThere);
    if (chosen == idle_.rend()) return {};
    Idle taken = std::move(*chosen);
    idle_.erase(std::next(chosen).base());
    return taken;
}

/// Handles that are of no use any more, and those that a burst of calls has left behind: each holds file descriptors of
/// the program's. Not at each call, since it looks at all of them.
std::vector<HandlePool::Idle> HandlePool::takeOld(nanoseconds now) {
    constexpr std::chrono::seconds betweenLooks(1);
    constexpr std::chrono::seconds pause(5); // in which a thread that calls again and again gets its own back
    constexpr std::size_t mostResting = 32;
    std::vector<Idle> old;
    if (now < nextLook_) return old;
    nextLook_ = now + betweenLooks;
    std::vector<Idle> kept;
    old.reserve(idle_.size());
    kept.reserve(idle_.size() + 1);
    // The longest idle come first, so those that rest come before the others.
    auto resting = static_cast<std::size_t>(
        std::count_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return now - idle.since > pause; }));
    for (Idle& idle : idle_) {
        const bool surplus = resting > mostResting;
        if (surplus) --resting;
        const bool good = now - idle.since <= idle.handle->idleLimit() && idle.handle->hasNoPendingData();
        (good && !surplus ? kept : old).push_back(std::move(idle));
    }
    idle_ = std::move(kept);
    return old;
}

void HandlePool::release(std::unique_ptr<CurlHandle> handle) noexcept {
    std::vector<Idle> old; // closed outside the lock
    const nanoseconds now = uptime_();
    try {
        const std::lock_guard<std::mutex> lock(mutex_);
        old = takeOld(now);
        idle_.push_back({std::move(handle), now, std::this_thread::get_id()});
    } catch (const std::bad_alloc&) {
        // the handle is lost, its response is not
    }
}

CurlTransport::CurlTransport(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion, HandlePool::Uptime uptime)
    : settings_(checkSettings(std::move(tls), std::move(proxy), httpVersion)),
      pool_(std::make_unique<HandlePool>(settings_, uptime)) {}

HttpResponse CurlTransport::send(const HttpRequest& request) {
    HandlePool& pool = pool_.get();
    auto [handle, use] = pool.acquire(request);
    HttpResponse response = handle->send(request, use);
    if (handle->reusable()) pool.release(std::move(handle));
    return response;
}

} // namespace transport

std::shared_ptr<Transport> makeCurlTransport(TlsOptions tls, ProxyOptions proxy, HttpVersion version) {
    return std::make_shared<transport::CurlTransport>(std::move(tls), std::move(proxy), version);
}

KONTEXT_END_NAMESPACE
