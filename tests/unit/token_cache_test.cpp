#include "auth/token_cache.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "auth/bounded_store.hpp"
#include "fake_clock.hpp"

namespace kontext::token_cache_test {
namespace {

using namespace std::chrono_literals;
using detail::ErrorData;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Mints "token-1", "token-2", …
class FakeSource : public TokenSource {
public:
    IssuedToken issue(const Credentials& credentials, const CallDeadline& deadline) override {
        std::function<void(int, const CallDeadline&)> act;
        int number = 0;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            clients_.push_back(credentials.clientId);
            retries_.push_back(deadline.maxRetries());
            number = static_cast<int>(clients_.size());
            act = during_;
        }
        if (act) act(number, deadline);
        return {Secret("token-" + std::to_string(number)), lifetime};
    }
    std::string key(const Credentials& credentials) const override { return "key of " + credentials.clientId; }

    /// What happens, from now on, while a token is being minted: it may throw.
    void during(std::function<void(int number, const CallDeadline&)> act) {
        const std::lock_guard<std::mutex> lock(mutex_);
        during_ = std::move(act);
    }
    int mints() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return static_cast<int>(clients_.size());
    }
    std::vector<std::string> clients() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return clients_;
    }
    std::vector<int> retries() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return retries_;
    }

    std::chrono::seconds lifetime{3600};

private:
    mutable std::mutex mutex_{};
    std::function<void(int, const CallDeadline&)> during_{};
    std::vector<std::string> clients_{};
    std::vector<int> retries_{};
};

/// Like one of the user's own.
class FakeStore : public TokenStore {
public:
    std::optional<StoredToken> load(const std::string& key) override {
        act("load");
        const auto found = tokens.find(key);
        if (found == tokens.end()) return std::nullopt;
        return found->second;
    }
    void save(const std::string& key, const StoredToken& token) override {
        act("save");
        if (whileSaving) whileSaving(std::string(token.accessToken.reveal()));
        tokens[key] = token;
    }
    void remove(const std::string& key) override {
        act("remove");
        tokens.erase(key);
    }

    std::map<std::string, StoredToken> tokens{};
    std::vector<std::string> calls{};
    std::function<void()> failure{};
    std::function<void(const std::string& token)> whileSaving{};

private:
    void act(const char* name) {
        calls.emplace_back(name);
        if (failure) failure();
    }
};

class Lines : public Logger {
public:
    void log(LogLevel level, std::string_view message) override {
        std::unique_lock<std::mutex> lock(mutex_);
        if (level == LogLevel::debug) debugLines_.emplace_back(message);
        if (level != LogLevel::warning) return;
        warnings_.emplace_back(message);
        const auto act = whileWarning;
        lock.unlock();
        if (act) act();
    }
    std::vector<std::string> warnings() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return warnings_;
    }

    std::vector<std::string> debugLines() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return debugLines_;
    }

    std::function<void()> whileWarning{};

private:
    mutable std::mutex mutex_{};
    std::vector<std::string> debugLines_{};
    std::vector<std::string> warnings_{};
};

/// Holds whoever comes through it until it is opened.
class Gate {
public:
    void pass() {
        arrived_.set_value();
        opened_.get_future().wait();
    }
    void awaitArrival() { arrived_.get_future().wait(); }
    void open() { opened_.set_value(); }

private:
    std::promise<void> arrived_{};
    std::promise<void> opened_{};
};

[[noreturn]] void failToMint() { throw NetworkError(NetworkErrorKind::connect, "refused", false); }

[[noreturn]] void raiseCancelled() {
    ErrorData data;
    data.kind = ErrorData::Kind::cancelled;
    data.message = "the call was cancelled";
    detail::raise(std::move(data));
}

class TokenCacheTest : public testing::Test {
protected:
    TokenCacheTest() {
        context.clock = clock;
        context.logger = log;
    }

    CallDeadline deadline(CancellationToken cancel = {}, std::chrono::milliseconds whole = 120s) const {
        return {*clock, whole, 2, std::move(cancel)};
    }
    std::string get() { return textOf(*cache().get(deadline())); }
    static std::string textOf(const AccessToken& token) { return std::string(token.secret().reveal()); }

    TokenCache& cache() {
        if (cache_ == nullptr)
            cache_ = std::make_unique<TokenCache>(context, source, store, Credentials{"sa_1", Secret("hush")});
        return *cache_;
    }
    /// Until another thread, beside those that are known to be busy, has joined a flight or begun one.
    void awaitAnotherGet(int readings) { clock->awaitReadings(readings + 1); }

    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    std::shared_ptr<Lines> log = std::make_shared<Lines>();
    std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>();
    std::shared_ptr<FakeStore> store{};
    CallContext context{};

private:
    std::unique_ptr<TokenCache> cache_{};
};

class StoredTokenCacheTest : public TokenCacheTest {
protected:
    StoredTokenCacheTest() { store = std::make_shared<FakeStore>(); }

    void keep(const std::string& token, std::chrono::nanoseconds left) {
        store->tokens["key of sa_1"] = {Secret(token),
                                        test::FakeClock::start()
                                            + std::chrono::duration_cast<std::chrono::system_clock::duration>(left)};
    }
    std::string kept() const {
        const auto found = store->tokens.find("key of sa_1");
        return found != store->tokens.end() ? std::string(found->second.accessToken.reveal()) : std::string();
    }
};

TEST(RefreshMargin, IsAMinuteOrATenthOfTheLifetime) {
    EXPECT_EQ(refreshMargin(1h), 60s);
    EXPECT_EQ(refreshMargin(24h), 60s);
    EXPECT_EQ(refreshMargin(600s), 60s);
    EXPECT_EQ(refreshMargin(599s), 59900ms);
    EXPECT_EQ(refreshMargin(60s), 6s);
    EXPECT_EQ(refreshMargin(1s), 100ms);
}

TEST_F(TokenCacheTest, FetchesATokenOnce) {
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(source->mints(), 1);
}

TEST_F(TokenCacheTest, FetchesNothingBeforeATokenIsWanted) {
    cache();
    EXPECT_EQ(source->mints(), 0);
}

TEST_F(TokenCacheTest, RefreshesBeforeTheTokenExpires) {
    get();
    clock->advance(59min - 1ns);
    EXPECT_EQ(get(), "token-1");
    clock->advance(1ns);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, DoesNotFetchATokenOfAMinuteOnEveryCall) {
    source->lifetime = 60s;
    get();
    clock->advance(53s);
    EXPECT_EQ(get(), "token-1");
    clock->advance(1s);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, CountsTheLifetimeFromWhenItAsked) {
    source->during([this](int, const CallDeadline&) { clock->advance(10min); });
    get();
    source->during({});
    clock->advance(49min - 1s);
    EXPECT_EQ(get(), "token-1");
    clock->advance(1s);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, FetchesAnotherWhenTheTokenHasExpired) {
    get();
    clock->advance(2h);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, UsesTheOldTokenOnIfARefreshFails) {
    get();
    clock->advance(59min + 30s);
    source->during([](int, const CallDeadline&) { failToMint(); });
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(source->mints(), 2);
    EXPECT_THAT(log->warnings(), ElementsAre(AllOf(HasSubstr("could not be refreshed"), HasSubstr("refused"))));
}

TEST_F(TokenCacheTest, PausesAfterARefreshThatFailed) {
    get();
    clock->advance(59min + 30s);
    source->during([](int, const CallDeadline&) { failToMint(); });
    get();
    clock->advance(4s);
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(source->mints(), 2);
    source->during({});
    clock->advance(1s);
    EXPECT_EQ(get(), "token-3");
}

TEST_F(TokenCacheTest, DoesNotRetryARefreshWhileTheOldTokenLives) {
    get();
    clock->advance(59min + 30s);
    get();
    EXPECT_THAT(source->retries(), ElementsAre(2, 0));
}

TEST_F(TokenCacheTest, WaitsForARefreshForFiveSecondsAtMostWhileTheOldTokenLives) {
    get();
    clock->advance(59min + 30s);
    source->during([this](int, const CallDeadline& mine) {
        clock->advance(mine.remaining());
        throw TimeoutError("late", false);
    });
    const CallDeadline whole = deadline();
    EXPECT_EQ(textOf(*cache().get(whole)), "token-1");
    EXPECT_EQ(whole.remaining(), 115s);
}

TEST_F(TokenCacheTest, GivesTheOldTokenToACallThatIsCancelledDuringARefresh) {
    get();
    clock->advance(59min + 30s);
    CancellationSource cancellation;
    source->during([&cancellation](int, const CallDeadline&) {
        cancellation.cancel();
        raiseCancelled();
    });
    EXPECT_EQ(textOf(*cache().get(deadline(cancellation.token()))), "token-1") << "which it will not send";
    EXPECT_THAT(log->warnings(), IsEmpty());
}

TEST_F(TokenCacheTest, RefreshesOnceHoweverLongTheLoggerTakes) {
    get();
    clock->advance(59min + 30s);
    source->during([](int, const CallDeadline&) { failToMint(); });
    Gate gate;
    log->whileWarning = [&gate] { gate.pass(); };
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(source->mints(), 2);
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
}

TEST_F(TokenCacheTest, AsksInEarnestIfTheTokenExpiresWhileItsRefreshFails) {
    get();
    clock->advance(59min + 58s);
    source->during([this](int number, const CallDeadline& mine) {
        if (number > 2) return;
        clock->advance(mine.remaining());
        throw TimeoutError("late", false);
    });
    EXPECT_EQ(get(), "token-3");
    EXPECT_THAT(source->retries(), ElementsAre(2, 0, 2));
    EXPECT_THAT(log->warnings(), IsEmpty());
}

TEST_F(TokenCacheTest, FailsIfTheTokenExpiresWhileItsRefreshFails) {
    get();
    clock->advance(59min + 30s);
    source->during([this](int, const CallDeadline&) {
        clock->advance(1min);
        failToMint();
    });
    EXPECT_THROW(get(), NetworkError);
}

TEST_F(TokenCacheTest, FailsWithoutAToken) {
    source->during([](int, const CallDeadline&) { failToMint(); });
    EXPECT_THROW(get(), NetworkError);
    source->during({});
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, FailsWithAnExpiredToken) {
    get();
    clock->advance(1h);
    source->during([](int, const CallDeadline&) { failToMint(); });
    EXPECT_THROW(get(), NetworkError);
}

TEST_F(TokenCacheTest, LeavesNoFlightBehindAfterAnExceptionThatIsNotOurs) {
    source->during([](int, const CallDeadline&) { throw std::bad_alloc(); });
    EXPECT_THROW(get(), std::bad_alloc);
    source->during({});
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, ForgetsATokenThatWasRefused) {
    const auto token = cache().get(deadline());
    cache().invalidate(*token, deadline());
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, DoesNotForgetABetterTokenThanTheOneThatWasRefused) {
    const auto old = cache().get(deadline());
    cache().invalidate(*old, deadline());
    EXPECT_EQ(get(), "token-2");
    cache().invalidate(*old, deadline()); // of a call that is late
    EXPECT_EQ(get(), "token-2");
    EXPECT_EQ(source->mints(), 2);
}

TEST_F(TokenCacheTest, RefreshesWhenItIsTold) {
    get();
    cache().refresh(deadline());
    EXPECT_EQ(source->mints(), 2);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, ARefreshThatFailsIsNotHiddenByTheOldToken) {
    get();
    source->during([](int, const CallDeadline&) { failToMint(); });
    EXPECT_THROW(cache().refresh(deadline()), NetworkError);
    EXPECT_EQ(get(), "token-1");
}

TEST_F(TokenCacheTest, ClearForgetsTheToken) {
    get();
    cache().clear();
    EXPECT_EQ(source->mints(), 1);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, NewCredentialsFetchANewToken) {
    get();
    cache().setCredentials({"sa_2", Secret("other")});
    EXPECT_EQ(get(), "token-2");
    EXPECT_THAT(source->clients(), ElementsAre("sa_1", "sa_2"));
}

TEST_F(TokenCacheTest, DoesNotKeepATokenOfTheCredentialsBefore) {
    source->during([this](int number, const CallDeadline&) {
        if (number == 1) cache().setCredentials({"sa_2", Secret("other")});
    });
    EXPECT_EQ(get(), "token-1"); // of a call that was under way
    EXPECT_EQ(get(), "token-2");
    EXPECT_THAT(source->clients(), ElementsAre("sa_1", "sa_2"));
}

TEST_F(TokenCacheTest, DoesNotKeepATokenThatWasClearedOnItsWay) {
    source->during([this](int number, const CallDeadline&) {
        if (number == 1) cache().clear();
    });
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, StartsAnewInTheChildOfAFork) {
    get();
    TokenCache child(cache());
    EXPECT_EQ(textOf(*child.get(deadline())), "token-2");
    EXPECT_THAT(source->clients(), ElementsAre("sa_1", "sa_1"));
    EXPECT_EQ(get(), "token-1");
}

TEST_F(TokenCacheTest, AFollowerWaitsForTheLeader) {
    Gate gate;
    source->during([&gate](int, const CallDeadline&) { gate.pass(); });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    const CallDeadline whole = deadline();
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
    EXPECT_EQ(follower.get(), "token-1");
    EXPECT_EQ(source->mints(), 1);
}

TEST_F(TokenCacheTest, AllThreadsShareOneFlight) {
    constexpr std::size_t followers = 4;
    Gate gate;
    source->during([&gate](int, const CallDeadline&) { gate.pass(); });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    // Each by a clock of its own, which is read when it has joined the flight.
    std::array<test::FakeClock, followers> clocks;
    std::vector<std::future<std::string>> all;
    for (test::FakeClock& each : clocks)
        all.push_back(std::async(std::launch::async,
                                 [this, &each] { return textOf(*cache().get(CallDeadline(each, 120s, 2, {}))); }));
    for (test::FakeClock& each : clocks)
        each.awaitReadings(2); // the first is the deadline's own, of when it began
    gate.open();
    for (auto& one : all)
        EXPECT_EQ(one.get(), "token-1");
    EXPECT_EQ(leader.get(), "token-1");
    EXPECT_EQ(source->mints(), 1);
}

TEST_F(TokenCacheTest, AFollowerSharesTheLeadersFailure) {
    Gate gate;
    source->during([&gate](int, const CallDeadline&) {
        gate.pass();
        failToMint();
    });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    const CallDeadline whole = deadline();
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    gate.open();
    EXPECT_THROW(leader.get(), NetworkError);
    EXPECT_THROW(follower.get(), NetworkError);
    EXPECT_EQ(source->mints(), 1);
}

TEST_F(TokenCacheTest, AFollowerWithMorePatienceThanTheLeaderLeadsItself) {
    Gate gate;
    source->during([&gate](int number, const CallDeadline&) {
        if (number > 1) return;
        gate.pass();
        failToMint();
    });
    const CallDeadline hasty(*clock, 120s, 0, {});
    auto leader = std::async(std::launch::async, [this, &hasty] { return textOf(*cache().get(hasty)); });
    gate.awaitArrival();
    const CallDeadline whole = deadline();
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    gate.open();
    EXPECT_THROW(leader.get(), NetworkError);
    EXPECT_EQ(follower.get(), "token-2");
}

TEST_F(TokenCacheTest, ARefreshLeavesHalfOfTheCallsTimeToTheOldToken) {
    get();
    clock->advance(3550s);
    source->during([this](int, const CallDeadline& mine) {
        clock->advance(mine.remaining());
        throw TimeoutError("late", false);
    });
    const CallDeadline whole(*clock, 8s, 2, {});
    EXPECT_EQ(textOf(*cache().get(whole)), "token-1");
    EXPECT_EQ(whole.remaining(), 4s);
}

TEST_F(TokenCacheTest, ALeaderThatIsCancelledHandsOver) {
    Gate gate;
    CancellationSource cancellation;
    source->during([&gate](int number, const CallDeadline& mine) {
        if (number > 1) return;
        gate.pass();
        if (mine.cancel().isCancelled()) raiseCancelled();
    });
    auto leader = std::async(std::launch::async,
                             [this, &cancellation] { return textOf(*cache().get(deadline(cancellation.token()))); });
    gate.awaitArrival();
    const CallDeadline whole = deadline();
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    cancellation.cancel();
    gate.open();
    EXPECT_THROW(leader.get(), CancelledError);
    EXPECT_EQ(follower.get(), "token-2");
}

TEST_F(TokenCacheTest, ALeaderThatIsOutOfTimeHandsOver) {
    Gate gate;
    source->during([this, &gate](int number, const CallDeadline&) {
        if (number > 1) return;
        gate.pass();
        clock->advance(10s);
        throw TimeoutError("too late", false);
    });
    auto leader = std::async(std::launch::async, [this] { return textOf(*cache().get(deadline({}, 10s))); });
    gate.awaitArrival();
    const CallDeadline whole = deadline({}, 1min);
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    gate.open();
    EXPECT_THROW(leader.get(), TimeoutError);
    EXPECT_EQ(follower.get(), "token-2");
}

TEST_F(TokenCacheTest, AFollowerThatIsCancelledDoesNotWait) {
    Gate gate;
    CancellationSource cancellation;
    source->during([&gate](int, const CallDeadline&) { gate.pass(); });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    const CallDeadline whole = deadline(cancellation.token());
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    cancellation.cancel();
    EXPECT_THROW(follower.get(), CancelledError);
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
}

TEST_F(TokenCacheTest, AFollowerWaitsNoLongerThanItsOwnTime) {
    Gate gate;
    source->during([&gate](int, const CallDeadline&) { gate.pass(); });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    const CallDeadline whole = deadline({}, 10ms);
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    clock->advance(10ms);
    try {
        follower.get();
        ADD_FAILURE() << "it waited on";
    } catch (const TimeoutError& error) {
        EXPECT_THAT(error.message(), HasSubstr("10 ms"));
    }
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
}

TEST_F(TokenCacheTest, NobodyWaitsForARefreshWhileTheOldTokenLives) {
    get();
    clock->advance(59min + 30s);
    Gate gate;
    source->during([&gate](int, const CallDeadline&) { gate.pass(); });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    EXPECT_EQ(get(), "token-1");
    gate.open();
    EXPECT_EQ(leader.get(), "token-2");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(TokenCacheTest, ACallAfterClearDoesNotJoinTheFlightBefore) {
    Gate gate;
    source->during([&gate](int number, const CallDeadline&) {
        if (number == 1) gate.pass();
    });
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    cache().clear();
    EXPECT_EQ(get(), "token-2");
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, KeepsATokenInTheStore) {
    get();
    EXPECT_EQ(kept(), "token-1");
    EXPECT_EQ(store->tokens["key of sa_1"].expiresAt, test::FakeClock::start() + 1h);
    EXPECT_THAT(store->calls, ElementsAre("load", "save"));
}

TEST_F(StoredTokenCacheTest, UsesATokenBeforeItIsSaved) {
    Gate gate;
    store->whileSaving = [&gate](const std::string&) { gate.pass(); };
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    EXPECT_EQ(get(), "token-1"); // by now it would wait for ever
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
    EXPECT_EQ(source->mints(), 1);
    EXPECT_EQ(kept(), "token-1");
}

TEST_F(StoredTokenCacheTest, AFollowerDoesNotWaitForTheSave) {
    Gate minting;
    Gate saving;
    source->during([&minting](int, const CallDeadline&) { minting.pass(); });
    store->whileSaving = [&saving](const std::string&) { saving.pass(); };
    auto leader = std::async(std::launch::async, [this] { return get(); });
    minting.awaitArrival();
    const CallDeadline whole = deadline();
    const int readings = clock->readings();
    auto follower = std::async(std::launch::async, [this, &whole] { return textOf(*cache().get(whole)); });
    awaitAnotherGet(readings);
    minting.open();
    saving.awaitArrival();
    EXPECT_EQ(follower.get(), "token-1");
    saving.open();
    EXPECT_EQ(leader.get(), "token-1");
}

TEST_F(StoredTokenCacheTest, DoesNotLeaveATokenInTheStoreThatWasClearedWhileItWasSaved) {
    store->whileSaving = [this](const std::string&) { cache().clear(); };
    EXPECT_EQ(get(), "token-1"); // of a call that was under way
    EXPECT_EQ(kept(), "");
    store->whileSaving = {};
    EXPECT_EQ(get(), "token-2");
    EXPECT_EQ(kept(), "token-2");
}

TEST_F(StoredTokenCacheTest, DoesNotLeaveATokenOfTheCredentialsBeforeInTheStore) {
    store->whileSaving = [this](const std::string&) { cache().setCredentials({"sa_2", Secret("other")}); };
    EXPECT_EQ(get(), "token-1");
    EXPECT_THAT(store->tokens, IsEmpty());
}

TEST_F(StoredTokenCacheTest, DoesNotLeaveATokenInTheStoreThatWasRefusedWhileItWasSaved) {
    Gate gate;
    store->whileSaving = [&gate](const std::string&) { gate.pass(); };
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    cache().invalidate(*cache().get(deadline()), deadline());
    gate.open();
    EXPECT_EQ(leader.get(), "token-1");
    EXPECT_EQ(kept(), "");
}

TEST_F(StoredTokenCacheTest, DoesNotReplaceANewerTokenByAnOlderOneThatIsSavedLater) {
    Gate gate;
    store->whileSaving = [&gate](const std::string& token) {
        if (token == "token-1") gate.pass();
    };
    auto leader = std::async(std::launch::async, [this] { return get(); });
    gate.awaitArrival();
    cache().refresh(deadline());
    EXPECT_EQ(kept(), "token-2");
    gate.open();
    leader.get();
    EXPECT_THAT(kept(), Not("token-1"));
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, UsesANewTokenThoughTheStoreIsRefusedAsItIsSaved) {
    store->whileSaving = [](const std::string&) { throw ConfigError("tokenStore", "can be read by others"); };
    EXPECT_EQ(get(), "token-1");
    EXPECT_THAT(log->warnings(), ElementsAre(HasSubstr("failed to save the token: can be read by others")));
}

/// Notes how much time it is given.
class FakeBoundedStore : public BoundedStore {
public:
    std::optional<StoredToken> load(const std::string&) override { return token_; }
    void save(const std::string&, const StoredToken&) override { ADD_FAILURE() << "without the call's time"; }
    void remove(const std::string&) override { ADD_FAILURE() << "without the call's time"; }
    void save(const std::string&, const StoredToken& token, const CallDeadline& call) override {
        token_ = token;
        given.push_back(call.remaining());
    }
    void remove(const std::string&, const CallDeadline& call) override {
        token_.reset();
        given.push_back(call.remaining());
    }

    std::vector<std::chrono::nanoseconds> given{};

private:
    std::optional<StoredToken> token_{};
};

TEST_F(TokenCacheTest, TellsAStoreThatCanBeToldHowMuchTimeTheCallHas) {
    const auto bounded = std::make_shared<FakeBoundedStore>();
    TokenCache cache(context, source, bounded, {"sa_1", Secret("hush")});
    const CallDeadline whole = deadline({}, 10s);
    source->during([this](int, const CallDeadline&) { clock->advance(3s); });
    const auto token = cache.get(whole);
    clock->advance(2s);
    cache.invalidate(*token, whole);
    EXPECT_THAT(bounded->given, ElementsAre(7s, 5s));
    cache.clear();
    EXPECT_GT(bounded->given.back(), 1h);
}

TEST_F(StoredTokenCacheTest, TakesATokenFromTheStore) {
    keep("stored", 30min);
    EXPECT_EQ(get(), "stored");
    EXPECT_EQ(get(), "stored");
    EXPECT_EQ(source->mints(), 0);
    EXPECT_THAT(store->calls, ElementsAre("load"));
}

TEST_F(StoredTokenCacheTest, RefreshesAStoredTokenBeforeItExpires) {
    keep("stored", 30min);
    get();
    clock->advance(29min - 1s);
    EXPECT_EQ(get(), "stored");
    clock->advance(1s);
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(kept(), "token-1");
}

TEST_F(StoredTokenCacheTest, RefreshesATokenThatItStoredItselfBeforeItExpires) {
    get();
    clock->advance(59min);
    EXPECT_EQ(get(), "token-2");
    EXPECT_EQ(kept(), "token-2");
}

TEST_F(StoredTokenCacheTest, TakesANewTokenOfAnotherProcessWhenARefreshIsDue) {
    get();
    clock->advance(59min);
    keep("better", 59min + 1h);
    EXPECT_EQ(get(), "better");
    EXPECT_EQ(source->mints(), 1);
}

TEST_F(StoredTokenCacheTest, DoesNotTakeAStoredTokenThatIsAboutToExpire) {
    for (const std::chrono::nanoseconds left :
         {std::chrono::nanoseconds(-1h), std::chrono::nanoseconds(0), std::chrono::nanoseconds(1s)}) {
        cache().clear();
        keep("stored", left);
        EXPECT_THAT(get(), Not("stored")) << left.count();
    }
}

TEST_F(StoredTokenCacheTest, DoesNotTakeAnEmptyStoredToken) {
    keep("", 30min);
    EXPECT_EQ(get(), "token-1");
}

TEST_F(StoredTokenCacheTest, RefreshDoesNotTakeTheStoredToken) {
    keep("stored", 30min);
    cache().refresh(deadline());
    EXPECT_EQ(get(), "token-1");
    EXPECT_EQ(kept(), "token-1");
}

TEST_F(StoredTokenCacheTest, RemovesATokenThatWasRefused) {
    const auto token = cache().get(deadline());
    cache().invalidate(*token, deadline());
    EXPECT_EQ(kept(), "");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, LeavesABetterTokenOfAnotherProcessInTheStore) {
    const auto token = cache().get(deadline());
    keep("better", 50min);
    cache().invalidate(*token, deadline());
    EXPECT_EQ(kept(), "better");
}

// Nobody knows whether the store's token is better: the request is replayed once, and that replay must count.
TEST_F(StoredTokenCacheTest, MintsAfterARefusalWhateverTheStoreHolds) {
    const auto token = cache().get(deadline());
    keep("refused as well", 50min);
    cache().invalidate(*token, deadline());
    EXPECT_EQ(get(), "token-2");
    EXPECT_EQ(kept(), "token-2");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, DoesNotTakeARefusedTokenThatTheStoreStillHolds) {
    const auto token = cache().get(deadline());
    store->failure = [] { throw std::runtime_error("busy"); };
    cache().invalidate(*token, deadline());
    store->failure = {};
    ASSERT_EQ(kept(), "token-1");
    EXPECT_EQ(get(), "token-2");
}

// On a disk that has become read-only.
TEST_F(StoredTokenCacheTest, NeverTakesARefusedTokenThatItCouldNotReplace) {
    keep("refused", 24h);
    store->failure = [this] {
        if (store->calls.back() != "load") throw std::runtime_error("read-only");
    };
    cache().invalidate(*cache().get(deadline()), deadline());
    EXPECT_EQ(get(), "token-1");
    ASSERT_EQ(kept(), "refused");
    TokenCache child(cache()); // of a fork
    EXPECT_EQ(textOf(*child.get(deadline())), "token-2");
    clock->advance(1h);
    EXPECT_EQ(get(), "token-3");
}

TEST_F(StoredTokenCacheTest, DoesNotStoreATokenThatWasClearedOnItsWay) {
    source->during([this](int number, const CallDeadline&) {
        if (number == 1) cache().clear();
    });
    get();
    EXPECT_EQ(kept(), "");
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, DoesNotTakeATokenThatAnotherFiledWhileItWasCleared) {
    get();
    cache().clear();
    keep("from before", 50min);
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, DoesNotTakeAStoredTokenThatNoHeaderCanCarry) {
    for (const char* token : {"abc\r\nX-Evil: yes", "abc\n", "a b", "\xc3\xbc", ""}) {
        keep(token, 50min);
        EXPECT_THAT(get(), testing::StartsWith("token-")) << token;
        cache().clear();
    }
    EXPECT_THAT(log->warnings().front(), HasSubstr("malformed token"));
}

TEST_F(StoredTokenCacheTest, WarnsOnceOfAStoredTokenThatCannotBeUsedNorReplaced) {
    keep("a b", 50min);
    store->whileSaving = [](const std::string&) { throw std::runtime_error("read-only"); };
    EXPECT_EQ(get(), "token-1");
    EXPECT_THAT(log->warnings(), ElementsAre(HasSubstr("malformed token")));
}

TEST_F(StoredTokenCacheTest, DoesNotComputeWithTimesThatNoClockHolds) {
    for (const auto expiry : {std::chrono::system_clock::time_point::min(), std::chrono::system_clock::time_point()}) {
        store->tokens["key of sa_1"] = {Secret("stored"), expiry};
        EXPECT_THAT(get(), testing::StartsWith("token-"));
        cache().clear();
        store->tokens.clear();
    }
}

TEST_F(StoredTokenCacheTest, FilesATokenByWhenItAsked) {
    source->during([this](int, const CallDeadline&) { clock->advance(10s); });
    get();
    EXPECT_EQ(store->tokens.at("key of sa_1").expiresAt, test::FakeClock::start() + 1h);
}

TEST_F(StoredTokenCacheTest, ClearRemovesTheStoredToken) {
    get();
    cache().clear();
    EXPECT_EQ(kept(), "");
}

TEST_F(StoredTokenCacheTest, NewCredentialsRemoveTheTokenOfTheOldOnes) {
    get();
    cache().setCredentials({"sa_2", Secret("other")});
    EXPECT_EQ(kept(), "");
    get();
    EXPECT_EQ(store->tokens.count("key of sa_2"), 1U);
}

TEST_F(StoredTokenCacheTest, GoesOnWithoutAStoreThatFails) {
    store->failure = [] { throw std::runtime_error("disk full"); };
    EXPECT_EQ(get(), "token-1");
    cache().clear();
    EXPECT_EQ(get(), "token-2");
    EXPECT_THAT(log->warnings(), ElementsAre("the token store failed to load the token: disk full"));
    EXPECT_THAT(log->debugLines(), ElementsAre("the token store failed to save the token: disk full",
                                               "the token store failed to remove the token: disk full",
                                               "the token store failed to save the token: disk full"));
}

TEST_F(StoredTokenCacheTest, GoesOnWithoutAStoreWhateverItThrows) {
    store->failure = [] { throw 42; };
    EXPECT_EQ(get(), "token-1");
    EXPECT_THAT(log->warnings(), ElementsAre(HasSubstr("failed to load the token: an exception that is not")));
    store->failure = [] { failToMint(); };
    cache().clear();
    EXPECT_EQ(get(), "token-2");
}

TEST_F(StoredTokenCacheTest, WarnsAgainOfAStoreThatHasWorkedMeanwhile) {
    store->failure = [] { throw std::runtime_error("disk full"); };
    get();
    store->failure = {};
    cache().refresh(deadline());
    EXPECT_EQ(kept(), "token-2");
    store->failure = [] { throw std::runtime_error("no such directory"); };
    cache().refresh(deadline());
    EXPECT_THAT(log->warnings(), ElementsAre("the token store failed to load the token: disk full",
                                             "the token store failed to save the token: no such directory"));
}

TEST_F(StoredTokenCacheTest, DoesNotWarnAnewInEachChildOfAFork) {
    store->failure = [] { throw std::runtime_error("disk full"); };
    get();
    TokenCache child(cache());
    EXPECT_EQ(textOf(*child.get(deadline())), "token-2");
    EXPECT_EQ(log->warnings().size(), 1U);
}

TEST_F(StoredTokenCacheTest, EndsTheCallIfTheStoreIsRefused) {
    store->failure = [] { throw ConfigError("tokenStore", "can be read by others"); };
    EXPECT_THROW(get(), ConfigError);
    EXPECT_THROW(get(), ConfigError) << "as nothing has been sent";
    EXPECT_EQ(source->mints(), 0);
    store->failure = {};
    EXPECT_EQ(get(), "token-1");
}

TEST_F(StoredTokenCacheTest, EndsNoCallIfTheStoreIsRefusedLater) {
    keep("stored", 30min);
    EXPECT_EQ(get(), "stored");
    store->failure = [] { throw ConfigError("tokenStore", "is a symbolic link"); };
    clock->advance(1h);
    EXPECT_EQ(get(), "token-1");
    cache().invalidate(*cache().get(deadline()), deadline());
    EXPECT_EQ(get(), "token-2");
    EXPECT_THAT(log->warnings(), ElementsAre(HasSubstr("failed to load the token: is a symbolic link")));
}

TEST_F(StoredTokenCacheTest, EndsNoCallIfTheStoreIsRefusedWhenATokenWasSent) {
    store->failure = [] { throw ConfigError("tokenStore", "is a symbolic link"); };
    cache().refresh(deadline()); // without a look at the store
    clock->advance(1h);
    cache().setCredentials({"sa_2", Secret("other")});
    EXPECT_EQ(get(), "token-2");
    clock->advance(1h);
    EXPECT_EQ(get(), "token-3");
    EXPECT_EQ(log->warnings().size(), 1U);
}

TEST_F(StoredTokenCacheTest, ClearAndNewCredentialsDoNotEndForTheStore) {
    store->failure = [] { throw ConfigError("tokenStore", "is a symbolic link"); };
    cache().clear();
    cache().setCredentials({"sa_2", Secret("other")});
    EXPECT_THAT(log->warnings(), ElementsAre(HasSubstr("failed to remove the token: is a symbolic link")));
}

TEST_F(StoredTokenCacheTest, DoesNotWriteSecretsIntoTheLog) {
    store->failure = [] { throw std::runtime_error("disk full"); };
    const auto token = cache().get(deadline());
    cache().invalidate(*token, deadline());
    for (const std::string& line : log->warnings())
        EXPECT_THAT(line, AllOf(Not(HasSubstr("token-1")), Not(HasSubstr("hush"))));
    EXPECT_THAT(log->warnings(), Not(IsEmpty()));
}

} // namespace
} // namespace kontext::token_cache_test
