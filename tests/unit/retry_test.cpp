#include "call/retry.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::retry_test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A GET that got a 503, at the first attempt of a call with time and retries left.
Failure failureOf(int status = 503) {
    Failure failure;
    failure.method = "GET";
    failure.retryable = true;
    failure.status = status;
    failure.maxRetries = 2;
    failure.remaining = 120s;
    return failure;
}

Failure noResponse(bool mayHaveBeenProcessed, bool transient = true) {
    Failure failure = failureOf(0);
    failure.mayHaveBeenProcessed = mayHaveBeenProcessed;
    failure.transient = transient;
    return failure;
}

TEST(Retry, RepeatsByMethodAndStatus) {
    struct Case {
        int status;
        bool retryable; // that a GET, PUT, DELETE, … is tried again
        bool creating;  // that a POST is
    };
    const std::vector<Case> cases{
        {200, false, false}, {301, false, false}, {302, false, false}, {304, false, false}, {400, false, false},
        {401, false, false}, {403, false, false}, {404, false, false}, {405, false, false}, {408, true, false},
        {409, false, false}, {410, false, false}, {412, false, false}, {422, false, false}, {425, false, false},
        {429, true, true},   {500, true, false},  {501, false, false}, {502, true, false},  {503, true, false},
        {504, true, false},  {505, false, false}, {599, false, false},
    };
    for (const Case& c : cases) {
        Failure failure = failureOf(c.status);
        EXPECT_EQ(decide(failure, {}, 1).again, c.retryable) << c.status;
        failure.method = "POST";
        failure.retryable = false;
        EXPECT_EQ(decide(failure, {}, 1).again, c.creating) << c.status;
    }
}

TEST(Retry, RepeatsByWhatWasSentWhereThereIsNoResponse) {
    struct Case {
        bool retryable;
        bool mayHaveBeenProcessed;
        bool transient;
        bool again;
    };
    const std::vector<Case> cases{
        {true, false, true, true},    {true, true, true, true},    {false, false, true, true},
        {false, true, true, false},   {true, false, false, false}, {true, true, false, false},
        {false, false, false, false}, {false, true, false, false},
    };
    for (const Case& c : cases) {
        Failure failure = noResponse(c.mayHaveBeenProcessed, c.transient);
        failure.retryable = c.retryable;
        EXPECT_EQ(decide(failure, {}, 1).again, c.again)
            << c.retryable << ' ' << c.mayHaveBeenProcessed << ' ' << c.transient;
    }
}

TEST(Retry, AStatusIsTransientWhateverTheFailureSays) {
    Failure failure = failureOf(503);
    failure.transient = false;
    EXPECT_TRUE(decide(failure, {}, 1).again);
}

TEST(Retry, IsSilentWhereARetryIsOutOfTheQuestion) {
    for (const int status : {301, 400, 401, 403, 404, 409, 412, 422, 501})
        EXPECT_THAT(decide(failureOf(status), {}, 1).reason, IsEmpty()) << status;
}

TEST(Retry, SaysWhyItTriesAgain) {
    EXPECT_EQ(decide(failureOf(503), {}, 1).reason, "status 503");
    EXPECT_EQ(decide(noResponse(false), {}, 1).reason, "no response");
    Failure failure = failureOf(429);
    failure.retryAfter = 3s;
    EXPECT_EQ(decide(failure, {}, 1).reason, "status 429, as Retry-After says");
}

TEST(Retry, SaysWhyAPostIsNotRepeated) {
    Failure failure = failureOf(502);
    failure.method = "POST";
    failure.retryable = false;
    EXPECT_EQ(decide(failure, {}, 1).reason, "a POST is not retried after status 502: it may have been processed");
    failure.status = 0;
    failure.mayHaveBeenProcessed = true;
    EXPECT_EQ(decide(failure, {}, 1).reason, "a POST is not retried after no response: it may have been processed");
}

TEST(Retry, SaysThatASecondAttemptWouldFailAlike) {
    EXPECT_EQ(decide(noResponse(false, false), {}, 1).reason, "not retryable");
}

TEST(Retry, StopsWhenTheRetriesAreUsedUp) {
    Failure failure = failureOf();
    failure.retries = 1;
    EXPECT_TRUE(decide(failure, {}, 1).again);
    failure.retries = 2;
    EXPECT_FALSE(decide(failure, {}, 1).again);
    EXPECT_EQ(decide(failure, {}, 1).reason, "retry limit (2) reached");
}

TEST(Retry, DoesNotRetryWithRetriesOff) {
    Failure failure = failureOf();
    failure.maxRetries = 0;
    EXPECT_FALSE(decide(failure, {}, 1).again);
    EXPECT_EQ(decide(failure, {}, 1).reason, "retries are disabled");
}

TEST(Retry, GoesByTheMaximumOfTheCallNotOfTheOptions) {
    RetryOptions options;
    options.maxRetries = 0;
    EXPECT_TRUE(decide(failureOf(), options, 1).again);
}

TEST(Retry, WaitsTwiceAsLongEachTimeUpToTheCap) {
    const std::vector<milliseconds> waits{500ms, 1s, 2s, 4s, 8s, 8s, 8s};
    for (std::size_t i = 0; i < waits.size(); ++i) {
        Failure failure = failureOf();
        failure.maxRetries = 100;
        failure.retries = static_cast<int>(i);
        EXPECT_EQ(decide(failure, {}, 1).wait, waits[i]) << i;
    }
}

TEST(Retry, WaitsAtMostTheCapHoweverManyRetriesThereWere) {
    for (const int retries : {31, 62, 63, 64, 1000, std::numeric_limits<int>::max() - 1}) {
        Failure failure = failureOf();
        failure.maxRetries = std::numeric_limits<int>::max();
        failure.retries = retries;
        EXPECT_EQ(decide(failure, {}, 1).wait, 8s) << retries;
    }
}

TEST(Retry, AFirstDelayAboveTheCapIsTheCap) {
    RetryOptions options;
    options.initialDelay = 1min;
    EXPECT_EQ(decide(failureOf(), options, 1).wait, 8s);
}

TEST(Retry, MultipliesTheWaitByTheJitter) {
    EXPECT_EQ(decide(failureOf(), {}, 0.5).wait, 250ms);
    EXPECT_EQ(decide(failureOf(), {}, 0.75).wait, 375ms);
    Failure failure = failureOf();
    failure.maxRetries = 10;
    failure.retries = 9;
    EXPECT_EQ(decide(failure, {}, 0.5).wait, 4s);
}

TEST(Retry, DoesNotWaitWithDelaysOfZero) {
    RetryOptions options;
    options.initialDelay = 0ms;
    const Decision decision = decide(failureOf(), options, 1);
    EXPECT_TRUE(decision.again);
    EXPECT_EQ(decision.wait, 0ms);
}

TEST(Retry, BearsTheLongestDelaysThatThereAre) {
    RetryOptions options;
    options.initialDelay = milliseconds::max();
    options.maxDelay = milliseconds::max();
    const Decision decision = decide(failureOf(), options, 0.9);
    EXPECT_FALSE(decision.again);
    EXPECT_THAT(decision.reason, HasSubstr("would exceed the call timeout"));
}

TEST(Retry, WaitsAsLongAsRetryAfterSays) {
    for (const int status : {429, 503}) {
        Failure failure = failureOf(status);
        failure.retryAfter = 17s;
        EXPECT_EQ(decide(failure, {}, 0.5).wait, 17s) << status;
    }
}

TEST(Retry, WaitsForTheLongerOfRetryAfterAndBackOff) {
    struct Case {
        seconds retryAfter; // 0 also for a date gone by
        int retries;
        double jitter;
        milliseconds wait;
        bool serverNamesIt;
    };
    const std::vector<Case> cases{
        {0s, 0, 1, 500ms, false}, {0s, 0, 0.5, 250ms, false}, {0s, 3, 1, 4s, false},  {1s, 0, 1, 1s, true},
        {1s, 1, 1, 1s, true},     {1s, 2, 1, 2s, false},      {1s, 2, 0.5, 1s, true}, {7s, 9, 1, 8s, false},
        {8s, 9, 1, 8s, true},     {9s, 9, 1, 9s, true},       {60s, 0, 1, 60s, true},
    };
    for (const Case& c : cases)
        for (const int status : {408, 429, 500, 502, 503, 504}) {
            Failure failure = failureOf(status);
            failure.maxRetries = 10;
            failure.retries = c.retries;
            failure.retryAfter = c.retryAfter;
            const Decision decision = decide(failure, {}, c.jitter);
            EXPECT_TRUE(decision.again);
            EXPECT_EQ(decision.wait, c.wait) << c.retryAfter.count() << ' ' << c.retries << ' ' << c.jitter;
            EXPECT_EQ(decision.reason,
                      "status " + std::to_string(status) + (c.serverNamesIt ? ", as Retry-After says" : ""));
        }
}

TEST(Retry, DoesNotWaitWithDelaysOfZeroIfTheServerNamesNoWait) {
    RetryOptions options;
    options.initialDelay = 0ms;
    Failure failure = failureOf(429);
    failure.retryAfter = 0s;
    EXPECT_TRUE(decide(failure, options, 1).again);
    EXPECT_EQ(decide(failure, options, 1).wait, 0ms);
}

TEST(Retry, DoesNotBeginABackOffThatOutlastsTheCallThoughTheServerNamesLess) {
    Failure failure = failureOf(429);
    failure.retryAfter = 0s;
    failure.remaining = 500ms;
    EXPECT_EQ(decide(failure, {}, 1).reason, "the 500 ms wait would exceed the call timeout");
}

TEST(Retry, EndsTheCallIfTheServerAsksForMoreThanMaxRetryAfter) {
    Failure failure = failureOf(429);
    failure.retryAfter = 60s;
    EXPECT_TRUE(decide(failure, {}, 1).again);
    failure.retryAfter = 61s;
    EXPECT_FALSE(decide(failure, {}, 1).again);
    EXPECT_EQ(decide(failure, {}, 1).reason, "the server asks to wait 61 s, more than maxRetryAfter (60 s)");
}

TEST(Retry, BearsARetryAfterOfYears) {
    Failure failure = failureOf(429);
    failure.retryAfter = std::chrono::hours(24 * 365 * 10);
    EXPECT_FALSE(decide(failure, {}, 1).again);
}

TEST(Retry, RetryAfterDoesNotMakeAPostRepeatable) {
    Failure failure = failureOf(503);
    failure.method = "POST";
    failure.retryable = false;
    failure.retryAfter = 1s;
    EXPECT_FALSE(decide(failure, {}, 1).again);
}

TEST(Retry, DoesNotBeginAWaitThatOutlastsTheCall) {
    Failure failure = failureOf();
    failure.remaining = 501ms;
    EXPECT_TRUE(decide(failure, {}, 1).again);
    failure.remaining = 500ms;
    EXPECT_FALSE(decide(failure, {}, 1).again);
    EXPECT_EQ(decide(failure, {}, 1).reason, "the 500 ms wait would exceed the call timeout");
    failure.retryAfter = 5s;
    EXPECT_EQ(decide(failure, {}, 1).reason, "the 5 s wait would exceed the call timeout");
}

TEST(Retry, NamesTheFirstThingThatForbidsIt) {
    Failure failure = failureOf(502);
    failure.method = "POST";
    failure.retryable = false;
    failure.maxRetries = 0;
    EXPECT_THAT(decide(failure, {}, 1).reason, HasSubstr("may have been processed"));
    EXPECT_THAT(decide(failure, {}, 1).reason, Not(HasSubstr("retries")));
}

TEST(Retry, KnowsWhichStatusLeavesOpenWhetherItWasDone) {
    for (const int status : {500, 502, 504})
        EXPECT_TRUE(leavesOutcomeUnknown(status)) << status;
    for (const int status : {0, 200, 400, 401, 404, 408, 409, 429, 501, 503, 505})
        EXPECT_FALSE(leavesOutcomeUnknown(status)) << status;
}

} // namespace
} // namespace kontext::retry_test
