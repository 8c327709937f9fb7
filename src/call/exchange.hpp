// The retry loop: get a token, send, decide, wait, again, until there is one answer.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <kontext/call_options.hpp>

#include "call/attempt.hpp"
#include "call/call_context.hpp"
#include "call/prepared_request.hpp"
#include "call/retry.hpp"
#include "errors/error_data.hpp"
#include "values/deadline.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Where bearer tokens come from; a token request itself has none.
class Tokens {
public:
    virtual ~Tokens() = default;
    /// A token that is good now. Throws what a token request throws.
    virtual std::shared_ptr<const AccessToken> get(const CallDeadline& deadline) = 0;
    /// The API refused it.
    virtual void invalidate(const AccessToken& token, const CallDeadline& deadline) = 0;
};

class Exchange {
public:
    /// `tokens` may be null. `info` may be null; it is filled in whatever happens.
    Exchange(const CallContext& context, PreparedRequest& request, const CallDeadline& deadline, Tokens* tokens,
             ResponseInfo* info);

    /// Throws NetworkError, TimeoutError, CancelledError, and what the tokens throw.
    CallResult run();

private:
    CallResult loop();
    void authorize();
    Attempt send();
    bool renewToken(Attempt& attempt);
    Decision judge(const Attempt& attempt);
    void tell(const Attempt& attempt, const Decision& decision) const;
    CallResult finish(Attempt attempt, Decision decision);
    [[noreturn]] void fail(const detail::ErrorData& failure, std::string reason) const;
    void throwIfCancelledOrExpired() const;
    bool isAlreadyDeleted(const HttpResponse& response) const;
    int maxAttempts() const noexcept { return 1 + deadline_.maxRetries() + (replayed_ ? 1 : 0); }

    const CallContext& context_;
    PreparedRequest& request_;
    const CallDeadline& deadline_;
    Tokens* tokens_;
    ResponseInfo* info_;
    std::shared_ptr<const AccessToken> token_{};
    int retries_ = 0;
    bool replayed_ = false;
    bool outcomeUnknown_ = false;       // of an earlier attempt: a 404 may be its doing
    bool mayHaveBeenProcessed_ = false; // by any attempt so far
    std::optional<std::chrono::seconds> retryAfter_{};
};

KONTEXT_END_NAMESPACE
