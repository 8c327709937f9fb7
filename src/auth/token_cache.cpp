#include "auth/token_cache.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

#include "auth/bounded_store.hpp"
#include "call/interruption.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds pauseAfterFailedRefresh{5};
/// What a call waits at most for a token that it could do without.
constexpr seconds longestOffer{5};

[[noreturn]] void throwInterruption(const CallDeadline& deadline) {
    ErrorData data = interruptionOf(deadline).value();
    data.message += " while it waited for an access token";
    detail::raise(std::move(data));
}

void saveWithin(TokenStore& store, const std::string& key, const StoredToken& token, const CallDeadline& deadline) {
    if (auto* bounded = dynamic_cast<BoundedStore*>(&store))
        bounded->save(key, token, deadline);
    else
        store.save(key, token);
}

void removeWithin(TokenStore& store, const std::string& key, const CallDeadline& deadline) {
    if (auto* bounded = dynamic_cast<BoundedStore*>(&store))
        bounded->remove(key, deadline);
    else
        store.remove(key);
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

TokenCache::TokenCache(TokenCache& parent)
    : context_(parent.context_), source_(parent.source_), store_(parent.store_),
      storeMayRefuse_(parent.storeMayRefuse_.load()), storeIsBroken_(parent.storeIsBroken_.load()) {
    // Another thread of the parent may have held the lock when the process was forked, and nobody will release it here.
    const bool locked = parent.mutex_.try_lock();
    credentials_ = parent.credentials_;
    storeIsStale_ = parent.storeIsStale_;
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

/// Null: the caller must look again, as the token in use did not outlive the attempt to replace it.
std::shared_ptr<const AccessToken> TokenCache::lead(const std::shared_ptr<Flight>& flight,
                                                    const std::shared_ptr<const AccessToken>& fallback,
                                                    const CallDeadline& deadline, bool fresh) {
    std::shared_ptr<const AccessToken> token;
    try {
        // While the old token lives a refresh is an offer: it is not tried twice, and leaves the call half of its time.
        token = fallback == nullptr
                    ? fetch(deadline, fresh, nullptr)
                    : fetch(deadline.step(std::min<nanoseconds>(deadline.remaining() / 2, longestOffer)), fresh,
                            fallback.get());
    } catch (const KontextError& error) {
        const bool unwanted = deadline.cancel().isCancelled() || deadline.expired();
        if (fallback == nullptr) {
            if (!unwanted) flight->failure = ErrorData::shared(error);
            complete(flight, nullptr);
            throw;
        }
        const Clock::Steady failedAt = context_.clock->now();
        // Before the line is logged: a logger that takes its time must not let all others ask meanwhile.
        complete(flight, nullptr, failedAt + pauseAfterFailedRefresh);
        if (failedAt >= fallback->expiresAt()) return nullptr;
        if (!unwanted)
            context_.log(LogLevel::warning,
                         std::string("the access token could not be refreshed; continuing with the current one: ")
                             + error.what());
        return fallback;
    } catch (...) {
        complete(flight, nullptr);
        throw;
    }
    complete(flight, token);
    if (store_ != nullptr && !token->fromStore()) save(token, deadline);
    return token;
}

/// Ends the flight. A flight that clear() or setCredentials() has cut off still serves its followers, but what it
/// brings is not kept.
void TokenCache::complete(const std::shared_ptr<Flight>& flight, std::shared_ptr<const AccessToken> token,
                          Clock::Steady refreshNotBefore) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (flight_ == flight) {
            flight_ = nullptr;
            refreshNotBefore_ = std::max(refreshNotBefore_, refreshNotBefore);
            if (token != nullptr) {
                current_ = token;
                refreshNotBefore_ = {};
            }
        }
    }
    const std::lock_guard<std::mutex> lock(flight->mutex);
    flight->token = std::move(token);
    flight->completed = true;
    flight->changed.notify_all();
}

std::shared_ptr<const AccessToken> TokenCache::fetch(const CallDeadline& deadline, bool fresh,
                                                     const AccessToken* inUse) {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        credentials = credentials_;
        fresh = fresh || storeIsStale_;
    }
    if (store_ != nullptr && !fresh)
        // What is to be replaced is no replacement; another process may have put one there.
        if (auto stored = fromStore(source_->key(*credentials));
            stored != nullptr && (inUse == nullptr || stored->secret() != inUse->secret()))
            return stored;

    storeMayRefuse_ = false;
    // A token's life counts from when it was asked for: the response's way back is not to lengthen it.
    const Clock::Steady asked = context_.clock->now();
    IssuedToken issued = source_->issue(*credentials, deadline);
    const Clock::Steady expiresAt = asked + issued.lifetime;
    return std::make_shared<const AccessToken>(std::move(issued.token), expiresAt - refreshMargin(issued.lifetime),
                                               expiresAt, false);
}

/// Puts the token into the store if it is in use. While the store is at work the token may be refused, cleared or
/// replaced, and whoever did that may have been at the store first: then it is taken out again. A newer one may go with
/// it, which costs the next process a request; a token that should not be there would cost it a 401.
void TokenCache::save(const std::shared_ptr<const AccessToken>& token, const CallDeadline& deadline) {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (current_ != token) return;
        credentials = credentials_;
    }
    const nanoseconds left = token->expiresAt() - context_.clock->now();
    const StoredToken stored{token->secret(),
                             context_.clock->wallNow()
                                 + std::chrono::duration_cast<std::chrono::system_clock::duration>(left)};
    bool saved = false;
    try {
        saveWithin(*store_, source_->key(*credentials), stored, deadline);
        saved = true;
        storeIsBroken_ = false;
    } catch (...) {
        warnOfException("save");
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (current_ == token) {
            storeIsStale_ = storeIsStale_ && !saved;
            return;
        }
    }
    forget(*credentials, &token->secret(), deadline);
}

std::shared_ptr<const AccessToken> TokenCache::fromStore(const std::string& key) {
    std::optional<StoredToken> stored;
    try {
        stored = store_->load(key);
    } catch (const ConfigError&) {
        if (storeMayRefuse_) throw;
        warnOfException("load");
    } catch (...) {
        warnOfException("load");
    }
    storeMayRefuse_ = false;
    const auto wallNow = context_.clock->wallNow();
    if (!stored || stored->expiresAt <= wallNow) return nullptr;
    if (!isToken(stored->accessToken.reveal())) {
        warnOfStore("the token store contains a malformed token; ignoring it");
        return nullptr;
    }
    // Its whole lifetime is not known; what is left of it stands in.
    const nanoseconds left = stored->expiresAt - wallNow;
    const nanoseconds usable = left - refreshMargin(left);
    if (usable <= seconds(1)) return nullptr;
    const Clock::Steady now = context_.clock->now();
    return std::make_shared<const AccessToken>(std::move(stored->accessToken), now + usable, now + left, true);
}

void TokenCache::invalidate(const AccessToken& token, const CallDeadline& deadline) {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (current_ == nullptr || current_->generation() != token.generation()) return;
        current_ = nullptr;
        storeIsStale_ = true;
        credentials = credentials_;
    }
    forget(*credentials, &token.secret(), deadline);
}

void TokenCache::clear() {
    std::shared_ptr<const Credentials> credentials;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        drop();
        credentials = credentials_;
    }
    forget(*credentials, nullptr, CallDeadline(*context_.clock, std::chrono::milliseconds::max(), 0, {}));
}

void TokenCache::setCredentials(Credentials credentials) {
    auto next = std::make_shared<const Credentials>(std::move(credentials));
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::swap(credentials_, next);
        drop();
    }
    forget(*next, nullptr, CallDeadline(*context_.clock, std::chrono::milliseconds::max(), 0, {}));
}

/// Under the lock: what is in use and what is on its way.
void TokenCache::drop() {
    current_ = nullptr;
    flight_ = nullptr;
    storeIsStale_ = true;
}

/// Out of the store too; with a token, only if it is that one: another process may have put a better one there.
void TokenCache::forget(const Credentials& credentials, const Secret* token, const CallDeadline& deadline) {
    if (store_ == nullptr) return;
    const std::string key = source_->key(credentials);
    try {
        if (token != nullptr) {
            const auto stored = store_->load(key);
            if (!stored || stored->accessToken != *token) return;
        }
        removeWithin(*store_, key, deadline);
    } catch (...) {
        warnOfException("remove");
    }
}

/// Says what was caught.
void TokenCache::warnOfException(const char* operation) {
    std::string what = "an exception that is not a std::exception";
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::exception& error) {
        what = error.what();
    } catch (...) { // NOLINT(bugprone-empty-catch): its text is above
    }
    warnOfStore(std::string("the token store failed to ") + operation + " the token: " + what);
}

/// A warning the first time, since a disk that is full stays so for a while.
void TokenCache::warnOfStore(const std::string& line) {
    context_.log(storeIsBroken_.exchange(true) ? LogLevel::debug : LogLevel::warning, line);
}

KONTEXT_END_NAMESPACE
