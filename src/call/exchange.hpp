// One request on its way to one answer: token, send, judge, wait, again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/call_options.hpp>
#include <kontext/secret.hpp>
#include <kontext/transport.hpp>

#include "call/call_context.hpp"
#include "call/retry.hpp"
#include "errors/error_data.hpp"
#include "values/deadline.hpp"

namespace kontext {

class AccessToken;

/// Where bearer tokens come from; a token request itself has none.
class Tokens {
public:
    virtual ~Tokens() = default;
    /// A token that is good now. Throws what a token request throws.
    virtual std::shared_ptr<const AccessToken> get(const Budget& budget) = 0;
    /// The API refused it.
    virtual void invalidate(const AccessToken& token) = 0;
};

/// The request, and what the loop must know beside its bytes.
struct Outgoing {
    HttpRequest http{};
    std::string_view route{}; // for observers: the template
    bool repeatable = false;
    bool deletes = false;          // so that a 404 after an ambiguous attempt means: done
    std::vector<Secret> secrets{}; // within the request; never to be shown

    Outgoing() = default;
    Outgoing(const Outgoing&) = delete;
    Outgoing& operator=(const Outgoing&) = delete;
    ~Outgoing(); // wipes
};

/// The final answer, whatever its status, and how it was come by.
struct Answer {
    HttpResponse http{};
    int attempts = 0;
    int maxAttempts = 0;
    std::string reason{}; // why there was no other attempt
    std::optional<std::chrono::seconds> retryAfter{};
    bool doneBefore = false; // a 404 of a DELETE whose earlier attempt did it
    std::shared_ptr<const AccessToken> token{};

    Answer() = default;
    Answer(Answer&&) = default;
    Answer& operator=(Answer&&) = default;
    ~Answer(); // wipes what nobody took
    bool succeeded() const noexcept { return doneBefore || (http.statusCode >= 200 && http.statusCode <= 299); }
};

class Exchange {
public:
    /// `tokens` may be null. `info` may be null; it is filled in whatever happens.
    Exchange(const Wiring& wiring, Outgoing& out, const Budget& budget, Tokens* tokens, ResponseInfo* info);

    /// Throws NetworkError, TimeoutError, CancelledError, and what the tokens throw.
    Answer run();

private:
    struct Attempt {
        HttpResponse response{};
        std::shared_ptr<const detail::ErrorData> failure{}; // null: there is a response
        Time::Steady startedAt{};
        std::chrono::nanoseconds duration{};
    };

    void authorize();
    Attempt send();
    bool renewToken(Attempt& attempt);
    Decision judge(const Attempt& attempt);
    void report(const Attempt& attempt, const Decision& decision) const;
    bool isDoneBefore(const HttpResponse& response) const;
    Answer finish(Attempt attempt, Decision decision);
    [[noreturn]] void fail(const detail::ErrorData& failure, std::string reason);
    void checkWanted();
    std::string summary(const Attempt& attempt) const;
    int maxAttempts() const noexcept { return 1 + budget_.maxRetries() + (replayed_ ? 1 : 0); }
    const Wiring& wiring_;
    Outgoing& out_;
    const Budget& budget_;
    Tokens* tokens_;
    ResponseInfo* info_;
    std::shared_ptr<const AccessToken> token_{};
    int attempts_ = 0;
    int retries_ = 0;
    bool replayed_ = false;
    bool ambiguous_ = false; // an earlier attempt may have been executed
    std::optional<std::chrono::seconds> retryAfter_{};
};

/// What no text about the request may hold: the secrets in it, and the token that went with it (may be null).
std::vector<Secret> secretsOf(const Outgoing& out, const std::shared_ptr<const AccessToken>& token);

/// The path of a URL and its query, with the values left out of all parameters but harmless ones: cursors and user ids
/// have no business in a log.
std::string displayPath(std::string_view url);

/// What every error about an answer holds: status, headers, body, message, code, attempts. Secrets of the request are
/// redacted.
detail::ErrorData errorOf(const Outgoing& out, const Answer& answer, detail::ErrorData::Kind kind);

} // namespace kontext
