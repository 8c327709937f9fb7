#include <kontext/cancellation.hpp>

#include <atomic>
#include <mutex>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

struct CancellationEntry {
    void (*wake)(void*) noexcept;
    void* context;
    CancellationEntry* before = nullptr;
    CancellationEntry* behind = nullptr;
};

/// The wakers run under the lock: so the destructor of a callback, which takes it, waits for one that is running.
class CancellationState {
public:
    bool isCancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

    void cancel() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
        for (const CancellationEntry* entry = first_; entry != nullptr; entry = entry->behind)
            entry->wake(entry->context);
    }

    void add(CancellationEntry& entry) {
        const std::lock_guard<std::mutex> lock(mutex_);
        entry.behind = first_;
        if (first_ != nullptr) first_->before = &entry;
        first_ = &entry;
        if (isCancelled()) entry.wake(entry.context);
    }

    void remove(CancellationEntry& entry) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        (entry.before != nullptr ? entry.before->behind : first_) = entry.behind;
        if (entry.behind != nullptr) entry.behind->before = entry.before;
    }

private:
    std::mutex mutex_{};
    std::atomic<bool> cancelled_{false};
    CancellationEntry* first_ = nullptr;
};

} // namespace detail

CancellationToken::CancellationToken(const detail::Shared<detail::CancellationState>& state) noexcept : state_(state) {}
bool CancellationToken::isCancelled() const noexcept { return state_ && state_->isCancelled(); }

CancellationSource::CancellationSource() : state_(std::make_shared<detail::CancellationState>()) {}
CancellationToken CancellationSource::token() const { return CancellationToken(state_); }
void CancellationSource::cancel() noexcept { state_->cancel(); }

CancellationCallback::CancellationCallback(const CancellationToken& token, void (*wake)(void*) noexcept, void* context)
    : state_(token.state_) {
    if (!state_) return;
    entry_ = std::make_unique<detail::CancellationEntry>(detail::CancellationEntry{wake, context});
    state_->add(*entry_);
}

CancellationCallback::~CancellationCallback() {
    if (state_) state_->remove(*entry_);
}

KONTEXT_END_NAMESPACE
