/// @file
/// One notice for each attempt, for metrics and traces.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What an attempt was and how it ended. It holds no secret, no id and no query. The views live during the notice only.
/// An attempt ends with its response, before the body is read: one that cannot be decoded is a 200 like any other here,
/// and a DecodeError of the call.
struct AttemptInfo {
    std::string_view method{}; ///< "GET", "POST", …
    std::string_view route{};  ///< The template, such as `/applications/{id}`: of low cardinality. Raw requests: "raw";
                               ///< token requests: "token".
    int attempt = 0;           ///< 1 for the first send of a call.
    int statusCode = 0;        ///< 0: no response.
    std::string_view errorCode{}; ///< Without a response: `kontext_network_error` or `kontext_cancelled`; else "".
    std::string_view requestId{}; ///< The response's `x-request-id`, or "".
    std::chrono::steady_clock::time_point startedAt{};     ///< When it began.
    std::chrono::nanoseconds duration{};                   ///< How long it took.
    std::optional<std::chrono::milliseconds> retryDelay{}; ///< Set if another attempt follows: after this wait.
    std::string_view retryReason{}; ///< Why there is, or is not, another attempt; "" after a success.
};

/// Is told of every attempt, token requests included, right after it ended and before the wait. Called from many
/// threads at once, on the thread of the call; what it throws is swallowed. A thread that is within a call must not be
/// cancelled by `pthread_cancel`: an observer that is a cancellation point would end the process.
class KONTEXT_API CallObserver {
public:
    CallObserver() = default;
    virtual ~CallObserver();
    CallObserver(const CallObserver&) = delete;            ///< Not copyable.
    CallObserver& operator=(const CallObserver&) = delete; ///< Not copyable.
    /// Takes one notice.
    virtual void onAttempt(const AttemptInfo& attempt) = 0;
};

KONTEXT_END_NAMESPACE
