// A clock that moves only when a test says so: nothing sleeps.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "values/clock.hpp"

namespace kontext::test {

class FakeClock : public Clock {
public:
    /// 2026-01-31T12:00:00Z by the wall clock.
    static std::chrono::system_clock::time_point start() {
        return std::chrono::system_clock::time_point(std::chrono::seconds(1'769'860'800));
    }

    Steady now() override {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++readings_;
        changed_.notify_all();
        return Steady(std::chrono::hours(1) + passed_);
    }
    std::chrono::system_clock::time_point wallNow() override {
        const std::lock_guard<std::mutex> lock(mutex_);
        return start() + std::chrono::duration_cast<std::chrono::system_clock::duration>(passed_);
    }
    /// Takes no time of the test's.
    void wait(std::chrono::nanoseconds duration, const CancellationToken&) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        waits_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
        passed_ += duration;
    }
    double jitter() override { return 1.0; }

    void advance(std::chrono::nanoseconds duration) {
        const std::lock_guard<std::mutex> lock(mutex_);
        passed_ += duration;
    }
    std::vector<std::chrono::milliseconds> waits() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return waits_;
    }
    int readings() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return readings_;
    }
    /// Until somebody has read the clock that often: how a test knows that another thread has got so far.
    void awaitReadings(int count) {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this, count] { return readings_ >= count; });
    }

private:
    mutable std::mutex mutex_{};
    std::condition_variable changed_{};
    std::chrono::nanoseconds passed_{};
    std::vector<std::chrono::milliseconds> waits_{};
    int readings_ = 0;
};

} // namespace kontext::test
