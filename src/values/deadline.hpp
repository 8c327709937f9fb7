// How long a call may still take, how often it may be tried again, and whether it is still wanted.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include <kontext/cancellation.hpp>

#include "values/clock.hpp"

namespace kontext {

class Budget {
public:
    Budget(Time& time, std::chrono::milliseconds whole, int maxRetries, CancellationToken cancel)
        : time_(time), whole_(whole), deadline_(after(time.now(), whole)), maxRetries_(std::min(maxRetries, 1'000'000)),
          cancel_(std::move(cancel)) {}

    Time& time() const noexcept { return time_; }
    const CancellationToken& cancel() const noexcept { return cancel_; }
    int maxRetries() const noexcept { return maxRetries_; }
    std::chrono::milliseconds whole() const noexcept { return whole_; }
    std::chrono::nanoseconds left() const {
        return std::max(std::chrono::nanoseconds::zero(), std::chrono::nanoseconds(deadline_ - time_.now()));
    }
    bool spent() const { return left() == std::chrono::nanoseconds::zero(); }

private:
    /// "As long as it takes" is milliseconds::max(), which would overflow.
    static Time::Steady after(Time::Steady now, std::chrono::milliseconds duration) {
        constexpr auto forever = std::chrono::hours(24 * 365 * 100);
        return now + std::chrono::nanoseconds(std::min<std::chrono::milliseconds>(duration, forever));
    }

    Time& time_;
    std::chrono::milliseconds whole_;
    Time::Steady deadline_;
    int maxRetries_;
    CancellationToken cancel_;
};

} // namespace kontext
