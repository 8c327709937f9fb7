#include "auth/token_cache.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

#include "call/interruption.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds pauseAfterFailedRefresh{5};

[[noreturn]] void throwInterruption(const CallDeadline& deadline) {
    ErrorData data = interruptionOf(deadline).value();
    data.message += data.kind == ErrorData::Kind::cancelled ? " while it waited for an access token"
                                                             : " by the wait for an access token";
    detail::raise(std::move(data));
}

} // namespace

struct TokenCache::Flight {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool completed = false;
    int maxRetries = 0; // the leader's
    std::chrono::milliseconds timeout{};
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

TokenCache::TokenCache(const CallContext& context, std::shared_ptr<TokenSource> source,
                       std::shared_ptr<TokenStore> store, Credentials credentials)
    : context_(context), source_(std::move(source)), store_(std::move(store)),
      credentials_(std::make_shared<const Credentials>(std::move(credentials))) {}

TokenCache::TokenCache(TokenCache& parent) : context_(parent.context_), source_(parent.source_), store_(parent.store_) {
    // Another thread of the parent may have held the lock when the process was forked, and nobody will release it here.
    const bool locked = parent.mutex_.try_lock();
    credentials_ = parent.credentials_;
    if (locked) parent.mutex_.unlock();
}

std::shared_ptr<const AccessToken> TokenCache::get(const CallDeadline& deadline) { return obtain(deadline, false); }

void TokenCache::refresh(const CallDeadline& deadline) { obtain(deadline, true); }

std::shared_ptr<const AccessToken> TokenCache::obtain(const CallDeadline& deadline, bool fresh) {
    for (;;) {
        std::shared_ptr<Flight> flight;
        std::shared_ptr<const AccessToken> fallback;
        bool leading = false;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            const Clock::Steady now = context_.clock->now();
            if (!fresh && current_ != nullptr && now < current_->expiresAt()) {
                const bool due = now >= current_->refreshAt() && now >= refreshNotBefore_;
                if (!due || flight_ != nullptr) return current_;
                fallback = current_;
            }
            leading = flight_ == nullptr;
            if (leading) {
                flight_ = std::make_shared<Flight>();
                flight_->maxRetries = deadline.maxRetries();
                flight_->timeout = deadline.timeout();
            }
            flight = flight_;
        }
        auto token = leading ? lead(flight, fallback, deadline, fresh) : follow(*flight, deadline);
        // A flight that somebody else began may have brought an old token from the store.
        if (token != nullptr && !(fresh && token->fromStore())) return token;
    }
}

std::shared_ptr<const AccessToken> TokenCache::follow(Flight& flight, const CallDeadline& deadline) {
    const CancellationCallback callback(deadline.cancel(), &Flight::wake, &flight);
    std::unique_lock<std::mutex> lock(flight.mutex);
    while (!flight.completed && !deadline.cancel().isCancelled() && !deadline.expired())
        flight.changed.wait_for(lock, deadline.remaining());
    const bool completed = flight.completed;
    lock.unlock(); // the callback's destructor waits for a wake that is under way, which takes the mutex
    if (!completed) throwInterruption(deadline);
    // What was too little for the leader may be enough for us.
    const bool patient = deadline.maxRetries() > flight.maxRetries || deadline.timeout() > flight.timeout;
    if (flight.failure != nullptr && !patient) detail::raise(flight.failure);
    return flight.token;
}

std::shared_ptr<const AccessToken> TokenCache::lead(const std::shared_ptr<Flight>& flight,
                                                    const std::shared_ptr<const AccessToken>& fallback,
                                                    const CallDeadline& deadline, bool fresh) {
    try {
        // While the old token lives a refresh is an offer: it is not tried twice, and leaves the call half of its time.
        const CallDeadline once(deadline.clock(),
                                std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining() / 2), 0,
                                deadline.cancel());
        auto token = fetch(flight, fallback != nullptr ? once : deadline, fresh, fallback.get());
        complete(flight, token);
        return token;
    } catch (const KontextError& error) {
        const bool unwanted = deadline.cancel().isCancelled() || deadline.expired();
        if (!unwanted) flight->failure = fallback != nullptr ? nullptr : ErrorData::shared(error);
        complete(flight, nullptr);
        if (unwanted || fallback == nullptr || context_.clock->now() >= fallback->expiresAt()) throw;
        context_.log(LogLevel::warning,
                     std::string("the token could not be refreshed and is used on: ") + error.what());
        const std::lock_guard<std::mutex> lock(mutex_);
        refreshNotBefore_ = context_.clock->now() + pauseAfterFailedRefresh;
        return fallback;
    } catch (...) {
        complete(flight, nullptr);
        throw;
    }
}

/// Ends the flight. A flight that clear() or setCredentials() has cut off still serves its followers, but what it
/// brings is not kept.
void TokenCache::complete(const std::shared_ptr<Flight>& flight, std::shared_ptr<const AccessToken> token) {
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
    flight->completed = true;
    flight->changed.notify_all();
}

std::shared_ptr<const AccessToken> TokenCache::fetch(const std::shared_ptr<Flight>& flight,
                                                     const CallDeadline& deadline, bool fresh,
                                                     const AccessToken* inUse) {
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

    // A token's life counts from when it was asked for: the response's way back is not to lengthen it.
    const Clock::Steady asked = context_.clock->now();
    const auto askedAt = context_.clock->wallNow();
    IssuedToken issued = source_->issue(*credentials, deadline);
    const Clock::Steady expiresAt = asked + issued.lifetime;
    if (store_ != nullptr && isWanted(flight)) {
        try {
            store_->save(key, {issued.token, askedAt + issued.lifetime});
        } catch (const KontextError&) {
            throw;
        } catch (const std::exception& error) {
            context_.log(LogLevel::warning, std::string("the token store could not save: ") + error.what());
        }
    }
    return std::make_shared<const AccessToken>(std::move(issued.token), expiresAt - refreshMargin(issued.lifetime),
                                               expiresAt, false);
}

std::shared_ptr<const AccessToken> TokenCache::fromStore(const std::string& key) {
    std::optional<StoredToken> stored;
    try {
        stored = store_->load(key);
    } catch (const KontextError&) {
        throw;
    } catch (const std::exception& error) {
        context_.log(LogLevel::warning, std::string("the token store could not load: ") + error.what());
        return nullptr;
    }
    const auto wallNow = context_.clock->wallNow();
    if (!stored || stored->expiresAt <= wallNow) return nullptr;
    if (!isToken(stored->accessToken.reveal())) {
        context_.log(LogLevel::warning, "the token store holds a token that no header can carry; it is not used");
        return nullptr;
    }
    // Its whole lifetime is not known; what is left of it stands in.
    const nanoseconds left = stored->expiresAt - wallNow;
    const nanoseconds usable = left - refreshMargin(left);
    if (usable <= seconds(1)) return nullptr;
    const Clock::Steady now = context_.clock->now();
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
        context_.log(LogLevel::warning, std::string("the token store could not remove: ") + error.what());
    }
}

KONTEXT_END_NAMESPACE
