// One token for all threads of a client.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <kontext/config.hpp>
#include <kontext/token_store.hpp>

#include "call/access_token.hpp"
#include "call/call_context.hpp"
#include "call/exchange.hpp"
#include "values/deadline.hpp"

KONTEXT_BEGIN_NAMESPACE

/// What the token endpoint gave.
struct IssuedToken {
    Secret token{};
    std::chrono::seconds lifetime{};
};

/// Asks the token endpoint.
class TokenSource {
public:
    virtual ~TokenSource() = default;
    virtual IssuedToken issue(const Credentials& credentials, const CallDeadline& deadline) = 0;
    /// Under which a TokenStore keeps tokens of these credentials: all that a token depends on, and no secret.
    virtual std::string key(const Credentials& credentials) const = 0;
};

/// Whoever finds no token leads a flight to the token endpoint, outside the lock; all others wait for that flight, each
/// with its own deadline and cancellation. A leader that is cancelled or out of time hands over to one of them; a
/// failure is shared with those that were already waiting, and with nobody who comes later. A new token is in use
/// before the leader saves it: a store may be slow, and only the leader's call pays for that.
///
/// A store is a cache. That it fails is a warning, not the end of a call, except where it may be unsafe and nobody has
/// relied on it yet: a ConfigError of its first load, before anything is sent.
class TokenCache : public Tokens {
public:
    TokenCache(const CallContext& context, std::shared_ptr<TokenSource> source, std::shared_ptr<TokenStore> store,
               Credentials credentials);
    /// For the child of a fork: the same credentials, no token and no flight; the parent's threads are not here.
    explicit TokenCache(TokenCache& parent);

    std::shared_ptr<const AccessToken> get(const CallDeadline& deadline) override;
    void invalidate(const AccessToken& token, const CallDeadline& deadline) override;
    /// A new token, though the current one may be good; a request that is under way is joined.
    void refresh(const CallDeadline& deadline);
    void clear();
    void setCredentials(Credentials credentials);

private:
    struct Flight;

    std::shared_ptr<const AccessToken> obtain(const CallDeadline& deadline, bool fresh);
    std::shared_ptr<const AccessToken> follow(Flight& flight, const CallDeadline& deadline);
    std::shared_ptr<const AccessToken> lead(const std::shared_ptr<Flight>& flight,
                                            const std::shared_ptr<const AccessToken>& fallback,
                                            const CallDeadline& deadline, bool fresh);
    std::shared_ptr<const AccessToken> fetch(const CallDeadline& deadline, bool fresh, const AccessToken* inUse);
    void drop();
    std::shared_ptr<const AccessToken> fromStore(const std::string& key);
    void complete(const std::shared_ptr<Flight>& flight, std::shared_ptr<const AccessToken> token,
                  Clock::Steady refreshNotBefore = {});
    void save(const std::shared_ptr<const AccessToken>& token, const CallDeadline& deadline);
    void forget(const Credentials& credentials, const Secret* token, const CallDeadline& deadline);
    void warnOfException(const char* operation);
    void warnOfStore(const std::string& line);

    const CallContext& context_;
    std::shared_ptr<TokenSource> source_;
    std::shared_ptr<TokenStore> store_;
    std::mutex mutex_{};
    std::shared_ptr<const Credentials> credentials_;
    std::shared_ptr<const AccessToken> current_{};
    std::shared_ptr<Flight> flight_{};
    // The store may still hold a token that was refused or that was to be forgotten: none is taken from it until
    // another has been saved in its place.
    bool storeIsStale_ = false;
    std::atomic<bool> storeMayRefuse_{true}; // until it has been asked for a token, or one was issued
    std::atomic<bool> storeIsBroken_{false}; // and the log says so; until a token was saved
    Clock::Steady refreshNotBefore_{};       // after a refresh failed while the token still lived
};

/// When to refresh a token of that lifetime: a minute before its end, or a tenth of it if that is less, so that a token
/// of 60 seconds is not fetched on every call.
std::chrono::nanoseconds refreshMargin(std::chrono::nanoseconds lifetime);

KONTEXT_END_NAMESPACE
