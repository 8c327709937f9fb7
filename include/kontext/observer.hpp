/// @file
/// Notices of calls and of their attempts, for metrics and traces.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <kontext/export.hpp>
#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What an attempt was and how it ended. It holds no secret, no id of a resource and no query. The views live during
/// the notice only. In onSend, where the attempt is still to come, `method`, `route`, `attempt` and `callId` are filled
/// in, and all other fields have their defaults. An attempt ends with its response, before the body is read: one that
/// cannot be decoded is a 200 like any other here, and a DecodeError in CallInfo.
struct AttemptInfo {
    std::string_view method{}; ///< "GET", "POST", …
    std::string_view route{};  ///< The template, such as `/applications/{id}`: of low cardinality. Raw requests: "raw";
                               ///< token requests: "token".
    int attempt = 0;           ///< 1 for the first send of an API request, or of a token request.
    int statusCode = 0;        ///< 0: no response.
    std::string_view errorCode{}; ///< Without a response: `kontext_network_error` or `kontext_cancelled`; else "".
    std::string_view requestId{}; ///< The response's `x-request-id`, or "".
    std::chrono::steady_clock::time_point startedAt{};     ///< When it began.
    std::chrono::nanoseconds duration{};                   ///< How long it took.
    std::optional<std::chrono::milliseconds> retryDelay{}; ///< Set if another attempt follows: after this wait.
    std::string_view retryReason{}; ///< Why there is, or is not, another attempt; "" after a success.
    std::uint64_t callId = 0; ///< The call that it was made for; a token request has the id of the call that sent it.
                              ///< 0: a token request of refreshToken(), which is no API call.
};

/// What a call was and how it ended. It holds no secret, no id of a resource and no query. The views live during the
/// notice only.
struct CallInfo {
    std::uint64_t callId = 0;     ///< Not 0. No two calls of a process have the same, whichever client makes them.
    std::string_view method{};    ///< "GET", "POST", …
    std::string_view route{};     ///< The template, such as `/applications/{id}`; "raw" for raw requests.
    int statusCode = 0;           ///< Of the API's response that decided the call. 0: the call ended without one, which
                                  ///< is so too where no token could be had.
    std::string_view errorCode{}; ///< KontextError::code() of what the call throws; "exception" if it throws something
                                  ///< else, such as std::bad_alloc; "" if and only if it succeeded.
    int attempts = 0; ///< Sends of the API request, the replay after a 401 included and token requests not; may be 0.
    std::chrono::steady_clock::time_point startedAt{}; ///< When it began.
    std::chrono::nanoseconds
        duration{};               ///< All of it: token requests, waits, attempts and the reading of the response.
    std::string_view requestId{}; ///< The `x-request-id` of the response of `statusCode`, or "".
};

/// Is told of every call and of every attempt, for metrics and traces, and may add headers to a request.
///
/// Thread-safety: called from many threads at once, on the thread that makes the call, which waits for it. What it
/// throws is swallowed. A thread that is within a call must not be cancelled by `pthread_cancel`: an observer that is a
/// cancellation point would end the process.
class KONTEXT_API CallObserver {
public:
    CallObserver() = default;
    virtual ~CallObserver();
    CallObserver(const CallObserver&) = delete;            ///< Not copyable.
    CallObserver& operator=(const CallObserver&) = delete; ///< Not copyable.

    /// An attempt of an API request is about to be sent; none of a token request is announced. Returns headers for this
    /// attempt alone, such as `traceparent`, in place of those of their names; the default returns none.
    ///
    /// What CallOptions::headers refuses is dropped, and a log line of level warning says so; if it throws, the attempt
    /// is sent without its headers, with a warning too. No onAttempt follows for an attempt that is not sent after all,
    /// because the call was cancelled or ran out of time meanwhile, or that std::bad_alloc ended; onCall follows in any
    /// case.
    virtual Headers onSend(const AttemptInfo& attempt);
    /// An attempt has ended, of an API request or of a token request. Comes before the wait for the next.
    virtual void onAttempt(const AttemptInfo& attempt) = 0;
    /// A call has ended. Exactly one notice for each call, each page of a Pager being one, after those of its attempts
    /// and before the method returns or throws.
    ///
    /// A call that is refused for its arguments (ConfigError) is none. One that was cancelled, ran out of time or got
    /// no token before anything was sent is one, with no attempts. refreshToken() is none.
    virtual void onCall(const CallInfo& call);
};

KONTEXT_END_NAMESPACE
