// Whether an attempt that failed is made again, when, and why not.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <kontext/config.hpp>

KONTEXT_BEGIN_NAMESPACE

/// An attempt that failed, and the state of its call.
struct Failure {
    std::string_view method{};
    bool retryable = false;            // whether sending it twice does no more than sending it once
    int status = 0;                    // 0: no response
    bool mayHaveBeenProcessed = false; // without a response
    bool transient = true;             // without a response: whether a second attempt can end otherwise
    std::optional<std::chrono::seconds> retryAfter{};
    int retries = 0; // already made
    int maxRetries = 0;
    std::chrono::nanoseconds remaining{}; // of the call's time
};

/// What to do. The reason says why there is another attempt, or why there is none; it is empty where another would be
/// out of the question, as after a 404.
struct Decision {
    bool again = false;
    std::chrono::milliseconds wait{};
    std::string reason{};
};

/// Pure: `jitter` is the factor, 0.5 to 1.0, for the waits that we choose ourselves. A `Retry-After` makes a wait
/// longer, never shorter.
Decision decide(const Failure& failure, const RetryOptions& options, double jitter);

/// Whether the server may have executed a request that got this status: a gateway answers 502 and 504 for a server that
/// is still at work, and 500 may come after the deed.
bool leavesOutcomeUnknown(int status);

/// Whether the server may have executed a request that got this status, or none. Beyond leavesOutcomeUnknown, 408 and
/// 503 are no certain refusals: they do not make a 404 a success, but they are no reason to send a POST again.
bool mayHaveBeenProcessed(const Failure& failure);

KONTEXT_END_NAMESPACE
