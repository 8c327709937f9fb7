// Time and chance, from outside: no test sleeps.
#pragma once

#include <chrono>
#include <memory>

#include <kontext/cancellation.hpp>

namespace kontext {

class Time {
public:
    using Steady = std::chrono::steady_clock::time_point;

    Time() = default;
    virtual ~Time();
    Time(const Time&) = delete;
    Time& operator=(const Time&) = delete;

    virtual Steady now() = 0;
    virtual std::chrono::system_clock::time_point wallNow() = 0;
    /// Returns early when the token is cancelled.
    virtual void wait(std::chrono::nanoseconds duration, const CancellationToken& cancel) = 0;
    /// Uniform in [0.5, 1.0).
    virtual double jitter() = 0;
};

std::shared_ptr<Time> makeSystemTime();

} // namespace kontext
