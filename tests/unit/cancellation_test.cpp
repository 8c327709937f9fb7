#include <kontext/cancellation.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::cancellation_test {
namespace {

struct Counter {
    std::atomic<int> calls{0};
    static void count(void* self) noexcept { ++static_cast<Counter*>(self)->calls; }
};

TEST(Cancellation, OfTheDefaultTokenNeverComes) {
    const CancellationToken token;
    EXPECT_FALSE(token.isCancelled());
    EXPECT_FALSE(token.canBeCancelled());
    Counter counter;
    const CancellationCallback callback(token, &Counter::count, &counter);
    EXPECT_EQ(counter.calls, 0);
}

TEST(Cancellation, ShowsInEveryCopyOfTheToken) {
    const CancellationSource source;
    const CancellationToken token = source.token();
    const CancellationToken copy = token; // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_TRUE(token.canBeCancelled());
    EXPECT_FALSE(token.isCancelled());
    CancellationSource other = source;
    other.cancel();
    EXPECT_TRUE(token.isCancelled());
    EXPECT_TRUE(copy.isCancelled());
    EXPECT_TRUE(source.token().isCancelled());
}

TEST(Cancellation, GoesOnThroughWhatWasMovedFrom) {
    CancellationSource source;
    CancellationToken token = source.token();
    const CancellationToken movedToken = std::move(token);
    CancellationSource movedSource = std::move(source);
    EXPECT_TRUE(token.canBeCancelled());          // NOLINT(bugprone-use-after-move): promised to be usable
    EXPECT_TRUE(source.token().canBeCancelled()); // NOLINT(bugprone-use-after-move): likewise
    source.cancel();
    EXPECT_TRUE(token.isCancelled());
    EXPECT_TRUE(movedToken.isCancelled());
    EXPECT_TRUE(movedSource.token().isCancelled());
    token = std::move(movedSource).token();
    movedSource = CancellationSource();
    EXPECT_TRUE(token.isCancelled());
    EXPECT_FALSE(movedSource.token().isCancelled());
}

TEST(Cancellation, ConcernsItsOwnSourceOnly) {
    CancellationSource one;
    const CancellationSource two;
    one.cancel();
    EXPECT_FALSE(two.token().isCancelled());
}

TEST(Cancellation, OutlivesItsSource) {
    auto source = std::make_unique<CancellationSource>();
    const CancellationToken token = source->token();
    source->cancel();
    source.reset();
    EXPECT_TRUE(token.isCancelled());
}

TEST(Cancellation, WakesOnce) {
    CancellationSource source;
    Counter counter;
    const CancellationCallback callback(source.token(), &Counter::count, &counter);
    EXPECT_EQ(counter.calls, 0);
    source.cancel();
    EXPECT_EQ(counter.calls, 1);
    source.cancel();
    EXPECT_EQ(counter.calls, 1);
}

TEST(Cancellation, WakesAtOnceIfItAlreadyCame) {
    CancellationSource source;
    source.cancel();
    Counter counter;
    {
        const CancellationCallback callback(source.token(), &Counter::count, &counter);
        EXPECT_EQ(counter.calls, 1);
    }
    EXPECT_EQ(counter.calls, 1);
}

TEST(Cancellation, DoesNotWakeACallbackThatIsGone) {
    CancellationSource source;
    Counter counter;
    { const CancellationCallback callback(source.token(), &Counter::count, &counter); }
    source.cancel();
    EXPECT_EQ(counter.calls, 0);
}

TEST(Cancellation, WakesAllThatAreLeftInWhateverOrderOthersWent) {
    for (int gone = 0; gone < 3; ++gone) {
        CancellationSource source;
        std::vector<Counter> counters(3);
        std::vector<std::unique_ptr<CancellationCallback>> callbacks;
        for (Counter& counter : counters)
            callbacks.push_back(std::make_unique<CancellationCallback>(source.token(), &Counter::count, &counter));
        callbacks[static_cast<std::size_t>(gone)].reset();
        source.cancel();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(counters[static_cast<std::size_t>(i)].calls, i == gone ? 0 : 1) << gone << ' ' << i;
    }
}

TEST(Cancellation, ShowsAlreadyWhenTheWakersRun) {
    CancellationSource source;
    struct Seen {
        CancellationToken token;
        bool cancelled = false;
    } seen{source.token()};
    const CancellationCallback callback(
        source.token(),
        [](void* self) noexcept {
            auto* s = static_cast<Seen*>(self);
            s->cancelled = s->token.isCancelled();
        },
        &seen);
    source.cancel();
    EXPECT_TRUE(seen.cancelled);
}

TEST(Cancellation, ACallbackGoesOnlyWhenItsWakerHasReturned) {
    struct Slow {
        std::promise<void> entered{};
        std::promise<void> going{};
        std::atomic<bool> returned{false};
    } slow;
    CancellationSource source;
    std::optional<CancellationCallback> callback;
    callback.emplace(
        source.token(),
        [](void* self) noexcept {
            auto* s = static_cast<Slow*>(self);
            s->entered.set_value();
            s->going.get_future().wait();
            for (int i = 0; i < 20; ++i)
                std::this_thread::yield(); // long enough for a destructor that does not wait
            s->returned = true;
        },
        &slow);
    std::thread canceller([&source] { source.cancel(); });
    slow.entered.get_future().wait();
    slow.going.set_value();
    callback.reset();
    EXPECT_TRUE(slow.returned);
    canceller.join();
}

TEST(Cancellation, ReachesEveryThreadThatComesAndGoes) {
    CancellationSource source;
    std::vector<std::thread> threads;
    std::vector<Counter> counters(4);
    for (Counter& counter : counters)
        threads.emplace_back([&source, &counter] {
            while (!source.token().isCancelled())
                const CancellationCallback passing(source.token(), &Counter::count, &counter);
            counter.calls = 0;
            const CancellationCallback last(source.token(), &Counter::count, &counter);
        });
    source.cancel();
    for (std::thread& thread : threads)
        thread.join();
    for (const Counter& counter : counters)
        EXPECT_EQ(counter.calls, 1);
}

} // namespace
} // namespace kontext::cancellation_test
