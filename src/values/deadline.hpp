// How long a call may still take, how often it may be retried, whether it was cancelled, and which call it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include <kontext/cancellation.hpp>

#include "values/clock.hpp"

KONTEXT_BEGIN_NAMESPACE

class CallDeadline {
public:
    CallDeadline(Clock& clock, std::chrono::milliseconds timeout, int maxRetries, CancellationToken cancel,
                 std::uint64_t callId = 0)
        : clock_(clock), timeout_(timeout), deadline_(after(clock.now(), timeout)),
          maxRetries_(std::min(maxRetries, 1'000'000)), cancel_(std::move(cancel)), callId_(callId) {}

    Clock& clock() const noexcept { return clock_; }
    const CancellationToken& cancel() const noexcept { return cancel_; }
    int maxRetries() const noexcept { return maxRetries_; }
    /// For observers; the token requests of a call have its id. 0: no observer, or no API call.
    std::uint64_t callId() const noexcept { return callId_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    std::chrono::nanoseconds remaining() const {
        return std::max(std::chrono::nanoseconds::zero(), std::chrono::nanoseconds(deadline_ - clock_.now()));
    }
    bool expired() const { return remaining() == std::chrono::nanoseconds::zero(); }
    /// For one step of the call, without retries: it ends with the call, or after `most` if that is sooner.
    CallDeadline step(std::chrono::nanoseconds most) const {
        return {clock_, std::chrono::ceil<std::chrono::milliseconds>(std::min(most, remaining())), 0, cancel_, callId_};
    }

private:
    /// "As long as it takes" is milliseconds::max(), which would overflow.
    static Clock::Steady after(Clock::Steady now, std::chrono::milliseconds duration) {
        constexpr auto forever = std::chrono::hours(24 * 365 * 100);
        return now + std::chrono::nanoseconds(std::min<std::chrono::milliseconds>(duration, forever));
    }

    Clock& clock_;
    std::chrono::milliseconds timeout_;
    Clock::Steady deadline_;
    int maxRetries_;
    CancellationToken cancel_;
    std::uint64_t callId_;
};

KONTEXT_END_NAMESPACE
