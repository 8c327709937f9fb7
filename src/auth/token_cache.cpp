#include "auth/token_cache.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

namespace kontext {
namespace {

using detail::ErrorData;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds pauseAfterFailedRefresh{5};

[[noreturn]] void raiseUnwanted(const Budget& budget) {
    ErrorData data;
    if (budget.cancel().isCancelled()) {
        data.kind = ErrorData::Kind::cancelled;
        data.message = "the call was cancelled while it waited for an access token";
    } else {
        data.kind = ErrorData::Kind::timeout;
        data.network = NetworkErrorKind::timeout;
        data.message = "the call's time of " + inWords(budget.whole()) + " is used up by the wait for an access token";
    }
    detail::raise(std::move(data));
}

} // namespace

struct TokenCache::Flight {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool landed = false;
    int maxRetries = 0; // the leader's
    std::chrono::milliseconds whole{};
    std::shared_ptr<const AccessToken> token{};
    std::shared_ptr<const ErrorData>
        failure{}; // neither token nor failure: the leader gave up, somebody else must lead

    static void wake(void* self) noexcept {
        auto* flight = static_cast<Flight*>(self);
        const std::lock_guard<std::mutex> lock(flight->mutex);
        flight->changed.notify_all();
    }
};

nanoseconds refreshMargin(nanoseconds lifetime) { return std::min<nanoseconds>(seconds(60), lifetime / 10); }

TokenCache::TokenCache(const Wiring& wiring, std::shared_ptr<TokenSource> source, std::shared_ptr<TokenStore> store,
                       Credentials credentials)
    : wiring_(wiring), source_(std::move(source)), store_(std::move(store)),
      credentials_(std::make_shared<const Credentials>(std::move(credentials))) {}

TokenCache::TokenCache(TokenCache& parent) : wiring_(parent.wiring_), source_(parent.source_), store_(parent.store_) {
    // Another thread of the parent may have held the lock when the process was forked, and nobody will release it here.
    const bool locked = parent.mutex_.try_lock();
    credentials_ = parent.credentials_;
    if (locked) parent.mutex_.unlock();
}

std::shared_ptr<const AccessToken> TokenCache::get(const Budget& budget) { return obtain(budget, false); }

void TokenCache::refresh(const Budget& budget) { obtain(budget, true); }

std::shared_ptr<const AccessToken> TokenCache::obtain(const Budget& budget, bool fresh) {
    for (;;) {
        std::shared_ptr<Flight> flight;
        std::shared_ptr<const AccessToken> fallback;
        bool leading = false;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            const Time::Steady now = wiring_.time->now();
            if (!fresh && current_ != nullptr && now < current_->expiresAt()) {
                const bool due = now >= current_->refreshAt() && now >= refreshNotBefore_;
                if (!due || flight_ != nullptr) return current_;
                fallback = current_;
            }
            leading = flight_ == nullptr;
            if (leading) {
                flight_ = std::make_shared<Flight>();
                flight_->maxRetries = budget.maxRetries();
                flight_->whole = budget.whole();
            }
            flight = flight_;
        }
        auto token = leading ? lead(flight, fallback, budget, fresh) : follow(*flight, budget);
        // A flight that somebody else began may have brought an old token from the store.
        if (token != nullptr && !(fresh && token->fromStore())) return token;
    }
}

std::shared_ptr<const AccessToken> TokenCache::follow(Flight& flight, const Budget& budget) {
    const CancellationCallback callback(budget.cancel(), &Flight::wake, &flight);
    std::unique_lock<std::mutex> lock(flight.mutex);
    while (!flight.landed && !budget.cancel().isCancelled() && !budget.spent())
        flight.changed.wait_for(lock, budget.left());
    const bool landed = flight.landed;
    lock.unlock(); // the callback's destructor waits for a wake that is under way, which takes the mutex
    if (!landed) raiseUnwanted(budget);
    // What was too little for the leader may be enough for us.
    const bool patient = budget.maxRetries() > flight.maxRetries || budget.whole() > flight.whole;
    if (flight.failure != nullptr && !patient) detail::raise(flight.failure);
    return flight.token;
}

std::shared_ptr<const AccessToken> TokenCache::lead(const std::shared_ptr<Flight>& flight,
                                                    const std::shared_ptr<const AccessToken>& fallback,
                                                    const Budget& budget, bool fresh) {
    try {
        // While the old token lives a refresh is an offer: it is not tried twice, and leaves the call half of its time.
        const Budget once(budget.time(), std::chrono::ceil<std::chrono::milliseconds>(budget.left() / 2), 0,
                          budget.cancel());
        auto token = fetch(flight, fallback != nullptr ? once : budget, fresh, fallback.get());
        land(flight, token);
        return token;
    } catch (const KontextError& error) {
        const bool unwanted = budget.cancel().isCancelled() || budget.spent();
        if (!unwanted) flight->failure = fallback != nullptr ? nullptr : ErrorData::shared(error);
        land(flight, nullptr);
        if (unwanted || fallback == nullptr || wiring_.time->now() >= fallback->expiresAt()) throw;
        wiring_.log(LogLevel::warning, std::string("the token could not be refreshed and is used on: ") + error.what());
        const std::lock_guard<std::mutex> lock(mutex_);
        refreshNotBefore_ = wiring_.time->now() + pauseAfterFailedRefresh;
        return fallback;
    } catch (...) {
        land(flight, nullptr);
        throw;
    }
}

/// Ends the flight. A flight that clear() or setCredentials() has cut off still serves its followers, but what it
/// brings is not kept.
void TokenCache::land(const std::shared_ptr<Flight>& flight, std::shared_ptr<const AccessToken> token) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (flight_ == flight) {
            flight_ = nullptr;
            if (token != nullptr) {
                current_ = token;
                storeIsStale_ = false;
                refreshNotBefore_ = {};
            }
        }
    }
    const std::lock_guard<std::mutex> lock(flight->mutex);
    flight->token = std::move(token);
    flight->landed = true;
    flight->changed.notify_all();
}

std::shared_ptr<const AccessToken> TokenCache::fetch(const std::shared_ptr<Flight>& flight, const Budget& budget,
                                                     bool fresh, const AccessToken* inUse) {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        credentials = credentials_;
        fresh = fresh || storeIsStale_;
    }
    const std::string key = store_ != nullptr ? source_->key(*credentials) : std::string();
    if (store_ != nullptr && !fresh)
        // What is to be replaced is no replacement; another process may have put one there.
        if (auto stored = fromStore(key);
            stored != nullptr && (inUse == nullptr || stored->secret() != inUse->secret()))
            return stored;

    // A token's life counts from when it was asked for: the reply's way back is not to lengthen it.
    const Time::Steady asked = wiring_.time->now();
    const auto askedAt = wiring_.time->wallNow();
    MintedToken minted = source_->mint(*credentials, budget);
    const Time::Steady expiresAt = asked + minted.lifetime;
    if (store_ != nullptr && isWanted(flight)) {
        try {
            store_->save(key, {minted.token, askedAt + minted.lifetime});
        } catch (const KontextError&) {
            throw;
        } catch (const std::exception& error) {
            wiring_.log(LogLevel::warning, std::string("the token store could not save: ") + error.what());
        }
    }
    return std::make_shared<const AccessToken>(std::move(minted.token), expiresAt - refreshMargin(minted.lifetime),
                                               expiresAt, false);
}

std::shared_ptr<const AccessToken> TokenCache::fromStore(const std::string& key) {
    std::optional<StoredToken> stored;
    try {
        stored = store_->load(key);
    } catch (const KontextError&) {
        throw;
    } catch (const std::exception& error) {
        wiring_.log(LogLevel::warning, std::string("the token store could not load: ") + error.what());
        return nullptr;
    }
    const auto wallNow = wiring_.time->wallNow();
    if (!stored || stored->expiresAt <= wallNow) return nullptr;
    if (!isToken(stored->accessToken.reveal())) {
        wiring_.log(LogLevel::warning, "the token store holds a token that no header can carry; it is not used");
        return nullptr;
    }
    // Its whole lifetime is not known; what is left of it stands in.
    const nanoseconds left = stored->expiresAt - wallNow;
    const nanoseconds usable = left - refreshMargin(left);
    if (usable <= seconds(1)) return nullptr;
    const Time::Steady now = wiring_.time->now();
    return std::make_shared<const AccessToken>(std::move(stored->accessToken), now + usable, now + left, true);
}

void TokenCache::invalidate(const AccessToken& token) {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (current_ == nullptr || current_->generation() != token.generation()) return;
        current_ = nullptr;
        storeIsStale_ = true;
        credentials = credentials_;
    }
    forget(*credentials, &token.secret());
}

void TokenCache::clear() {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        drop();
        credentials = credentials_;
    }
    forget(*credentials, nullptr);
}

void TokenCache::setCredentials(Credentials credentials) {
    auto next = std::make_shared<const Credentials>(std::move(credentials));
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::swap(credentials_, next);
        drop();
    }
    forget(*next, nullptr);
}

/// Under the lock: what is in use and what is on its way.
void TokenCache::drop() {
    current_ = nullptr;
    flight_ = nullptr;
    storeIsStale_ = true;
}

bool TokenCache::isWanted(const std::shared_ptr<Flight>& flight) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return flight_ == flight;
}

/// Out of the store too; with a token, only if it is that one: another process may have put a better one there.
void TokenCache::forget(const Credentials& credentials, const Secret* token) {
    if (store_ == nullptr) return;
    const std::string key = source_->key(credentials);
    try {
        if (token != nullptr) {
            const auto stored = store_->load(key);
            if (!stored || stored->accessToken != *token) return;
        }
        store_->remove(key);
    } catch (const KontextError&) {
        throw;
    } catch (const std::exception& error) {
        wiring_.log(LogLevel::warning, std::string("the token store could not remove: ") + error.what());
    }
}

} // namespace kontext
