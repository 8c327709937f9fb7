#include "call/retry.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "values/duration.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

bool isTransient(int status) {
    constexpr std::array<int, 6> transient{408, 429, 500, 502, 503, 504};
    return std::find(transient.begin(), transient.end(), status) != transient.end();
}

std::string what(const Failure& failure) {
    return failure.status != 0 ? "status " + std::to_string(failure.status) : std::string("no response");
}

std::chrono::milliseconds backOff(int retries, const RetryOptions& options, double jitter) {
    const double longest = static_cast<double>(options.maxDelay.count());
    const double grown = std::ldexp(static_cast<double>(options.initialDelay.count()), std::min(retries, 62));
    constexpr double centuries = 9e12; // what nanoseconds in 64 bits can count, as milliseconds
    return std::chrono::milliseconds(std::llround(std::min({grown, longest, centuries}) * jitter));
}

Decision stop(std::string reason) { return {false, {}, std::move(reason)}; }

} // namespace

bool leavesOutcomeUnknown(int status) { return status == 500 || status == 502 || status == 504; }

Decision decide(const Failure& failure, const RetryOptions& options, double jitter) {
    if (failure.status != 0 && !isTransient(failure.status)) return stop({});
    if (failure.status == 0 && !failure.transient) return stop("not retryable");

    // A 429 is a refusal: nothing was done. Of the other statuses nobody knows.
    const bool mayBeDone = failure.status != 0 ? failure.status != 429 : failure.mayHaveBeenProcessed;
    if (mayBeDone && !failure.retryable)
        return stop("a " + std::string(failure.method) + " is not retried after " + what(failure)
                    + ": it may have been processed");
    if (failure.retries >= failure.maxRetries)
        return stop(failure.maxRetries == 0 ? std::string("retries are disabled")
                                            : "retry limit (" + std::to_string(failure.maxRetries) + ") reached");

    std::chrono::milliseconds wait = backOff(failure.retries, options, jitter);
    bool serverNamesWait = false;
    if (failure.retryAfter) {
        if (*failure.retryAfter > options.maxRetryAfter)
            return stop("the server asks to wait " + std::to_string(failure.retryAfter->count())
                        + " s, more than maxRetryAfter (" + formatDuration(options.maxRetryAfter) + ')');
        // 0, or a date gone by, must not use up the retries within milliseconds.
        serverNamesWait = *failure.retryAfter >= wait;
        if (serverNamesWait) wait = *failure.retryAfter;
    }
    if (wait >= failure.remaining) return stop("the " + formatDuration(wait) + " wait would exceed the call timeout");
    return {true, wait, what(failure) + (serverNamesWait ? ", as Retry-After says" : "")};
}

KONTEXT_END_NAMESPACE
