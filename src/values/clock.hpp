// Time and chance, from outside: no test sleeps.
#pragma once

#include <chrono>
#include <memory>

#include <kontext/cancellation.hpp>

KONTEXT_BEGIN_NAMESPACE

class Clock {
public:
    using Steady = std::chrono::steady_clock::time_point;

    Clock() = default;
    virtual ~Clock();
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;

    virtual Steady now() = 0;
    virtual std::chrono::system_clock::time_point wallNow() = 0;
    /// Returns early when the token is cancelled.
    virtual void wait(std::chrono::nanoseconds duration, const CancellationToken& cancel) = 0;
    /// Uniform in [0.5, 1.0).
    virtual double jitter() = 0;
};

std::shared_ptr<Clock> makeSystemClock();

KONTEXT_END_NAMESPACE
