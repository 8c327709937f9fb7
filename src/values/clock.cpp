#include "values/clock.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>

KONTEXT_BEGIN_NAMESPACE
namespace {

/// What a cancellation wakes.
struct Alarm {
    std::mutex mutex{};
    std::condition_variable rung{};
    bool ringing = false;

    static void ring(void* self) noexcept {
        auto* alarm = static_cast<Alarm*>(self);
        const std::lock_guard<std::mutex> lock(alarm->mutex);
        alarm->ringing = true;
        alarm->rung.notify_all();
    }
};

class SystemClock : public Clock {
public:
    Steady now() override { return std::chrono::steady_clock::now(); }
    std::chrono::system_clock::time_point wallNow() override { return std::chrono::system_clock::now(); }

    void wait(std::chrono::nanoseconds duration, const CancellationToken& cancel) override {
        Alarm alarm;
        const CancellationCallback callback(cancel, &Alarm::ring, &alarm);
        std::unique_lock<std::mutex> lock(alarm.mutex);
        alarm.rung.wait_for(lock, duration, [&alarm] { return alarm.ringing; });
        lock.unlock(); // the callback's destructor waits for a ring that is under way, which takes the mutex
    }

    double jitter() override {
        // Seeded for each wait: waits are rare, and no generator has to be shared between threads or over a fork. Not
        // by std::random_device, which throws where there is no /dev/urandom or no descriptor for it: callers that
        // failed together need not be unpredictable, only apart.
        const auto steady = static_cast<std::uint64_t>(now().time_since_epoch().count());
        const auto wall = static_cast<std::uint64_t>(wallNow().time_since_epoch().count());
        const auto stack = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&steady));
        std::seed_seq seed{steady, steady >> 32, wall, wall >> 32, stack, stack >> 32};
        std::minstd_rand engine(seed);
        return std::uniform_real_distribution<double>(0.5, 1.0)(engine);
    }
};

} // namespace

Clock::~Clock() = default;

std::shared_ptr<Clock> makeSystemClock() { return std::make_shared<SystemClock>(); }

KONTEXT_END_NAMESPACE
