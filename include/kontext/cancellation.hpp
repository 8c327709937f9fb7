/// @file
/// Stopping a call from another thread.
#pragma once

#include <memory>

#include <kontext/export.hpp>
#include <kontext/shared.hpp>

KONTEXT_BEGIN_NAMESPACE

namespace detail {
class CancellationState;
struct CancellationEntry;
} // namespace detail

/// Tells a call that it is no longer wanted. Copies are the same token, and a move copies. The default one is never
/// cancelled. Thread safe.
class KONTEXT_API CancellationToken {
public:
    /// A token that is never cancelled.
    CancellationToken() noexcept = default;
    /// Whether `cancel()` was called on the source.
    [[nodiscard]] bool isCancelled() const noexcept;
    /// Whether it belongs to a source at all.
    [[nodiscard]] bool canBeCancelled() const noexcept { return static_cast<bool>(state_); }

private:
    friend class CancellationSource;
    friend class CancellationCallback;
    explicit CancellationToken(const detail::Shared<detail::CancellationState>& state) noexcept;
    detail::Shared<detail::CancellationState> state_{};
};

/// Cancels every call that was given its token: it wakes waits and transfers, which then throw CancelledError. Copies
/// are the same source, and a move copies. Thread safe; not for use in a signal handler.
class KONTEXT_API CancellationSource {
public:
    /// A source that is not yet cancelled.
    CancellationSource();
    /// The token to put into CallOptions::cancel.
    [[nodiscard]] CancellationToken token() const;
    /// Cancels, once and for all. Returns when every waker has run.
    void cancel() noexcept;

private:
    detail::Shared<detail::CancellationState> state_;
};

/// Calls `wake(context)` when the token is cancelled, at once if it already is; for a Transport of your own that waits
/// for something. `wake` runs on the cancelling thread and must be short, must not throw and must not touch the token.
/// The destructor returns only when `wake` is not running and never will again.
class KONTEXT_API CancellationCallback {
public:
    /// Registers; does nothing for a token that cannot be cancelled.
    CancellationCallback(const CancellationToken& token, void (*wake)(void*) noexcept, void* context);
    /// Takes the registration back.
    ~CancellationCallback();
    CancellationCallback(const CancellationCallback&) = delete;            ///< Not copyable.
    CancellationCallback& operator=(const CancellationCallback&) = delete; ///< Not copyable.

private:
    detail::Shared<detail::CancellationState> state_;
    std::unique_ptr<detail::CancellationEntry> entry_;
};

KONTEXT_END_NAMESPACE
