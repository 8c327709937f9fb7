#include "call/exchange.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "call/access_token.hpp"
#include "call/response_error.hpp"
#include "fake_clock.hpp"
#include "transport/header_fields.hpp"
#include "transport/method.hpp"

namespace kontext::exchange_test {
namespace {

using namespace std::chrono_literals;
using detail::ErrorData;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Does one step a request, the last one again and again.
class ScriptedTransport : public Transport {
public:
    using Step = std::function<HttpResponse(const HttpRequest&)>;

    HttpResponse send(const HttpRequest& request) override {
        sent.push_back(request);
        const Step step = steps.front();
        if (steps.size() > 1) steps.pop_front();
        return step(request);
    }

    std::deque<Step> steps{};
    std::vector<HttpRequest> sent{};
};

ScriptedTransport::Step response(int status, std::string body = {}, Headers headers = {}) {
    return [status, body, headers](const HttpRequest&) { return HttpResponse{status, headers, body}; };
}

ScriptedTransport::Step fail(NetworkErrorKind kind, bool mayHaveBeenProcessed) {
    return [kind, mayHaveBeenProcessed](const HttpRequest&) -> HttpResponse {
        throw NetworkError(kind, "it broke", mayHaveBeenProcessed);
    };
}

/// Brings "token-1" until it is told that it is no good, then "token-2", …
class FakeTokens : public Tokens {
public:
    std::shared_ptr<const AccessToken> get(const CallDeadline&) override {
        if (whileAsked) whileAsked();
        if (++asked_ == failsAt) throw NetworkError(NetworkErrorKind::connect, "no token", false);
        if (asked_ == refusedAt) {
            detail::ErrorData refusal;
            refusal.kind = detail::ErrorData::Kind::oauth;
            detail::raise(std::move(refusal));
        }
        if (current_ == nullptr)
            current_ = std::make_shared<AccessToken>(Secret("token-" + std::to_string(++number_)), Clock::Steady{},
                                                     Clock::Steady{}, false);
        return current_;
    }
    void invalidate(const AccessToken& token, const CallDeadline&) override {
        if (token.generation() == current_->generation()) current_ = nullptr;
    }

    int failsAt = 0; // which time it is asked
    int refusedAt = 0;
    std::function<void()> whileAsked{};

private:
    int asked_ = 0;
    std::shared_ptr<const AccessToken> current_{};
    int number_ = 0;
};

class Notes : public CallObserver {
public:
    void onAttempt(const AttemptInfo& info) override {
        std::string note = std::to_string(info.attempt) + ' ' + std::string(info.method) + ' ' + std::string(info.route)
                           + ' ' + std::to_string(info.statusCode);
        if (!info.errorCode.empty()) note += ' ' + std::string(info.errorCode);
        if (!info.requestId.empty()) note += " id " + std::string(info.requestId);
        if (info.retryDelay) note += " in " + std::to_string(info.retryDelay->count());
        if (!info.retryReason.empty()) note += " (" + std::string(info.retryReason) + ')';
        notes.push_back(std::move(note));
        durations.push_back(info.duration);
        if (throws) throw std::runtime_error("from an observer");
    }

    std::vector<std::string> notes{};
    std::vector<std::chrono::nanoseconds> durations{};
    bool throws = false;
};

class Lines : public Logger {
public:
    void log(LogLevel level, std::string_view message) override {
        static constexpr const char* names[] = {"debug: ", "info: ", "warning: ", "error: "};
        lines.push_back(names[static_cast<int>(level)] + std::string(message));
        if (throws) throw std::runtime_error("from a logger");
    }

    std::vector<std::string> lines{};
    bool throws = false;
};

/// Leaves a call of 120 s 100 ms.
class SlowLogger : public Logger {
public:
    explicit SlowLogger(std::shared_ptr<test::FakeClock> clock) : clock_(std::move(clock)) {}
    void log(LogLevel, std::string_view) override { clock_->advance(119'900ms); }

private:
    std::shared_ptr<test::FakeClock> clock_;
};

class ExchangeTest : public testing::Test {
protected:
    ExchangeTest() {
        context.transport = transport;
        context.clock = clock;
        context.observer = observer;
        context.logger = logger;
        describe("GET");
        prepared.http.url = "https://api.test/api/v1/applications/x?cursor=abc";
        prepared.http.maxResponseBytes = 1000;
        prepared.route = "/applications/{id}";
    }

    void describe(const std::string& method) {
        prepared.http.method = method;
        prepared.retryable = isRetryableMethod(method);
        prepared.deletes = method == "DELETE";
    }
    void script(std::deque<ScriptedTransport::Step> steps) { transport->steps = std::move(steps); }

    CallResult run() {
        const CallDeadline deadline(*clock, whole, maxRetries, cancellation.token());
        return Exchange(context, prepared, deadline, &tokens, &info).run();
    }
    /// The error of a run that fails.
    template <class T>
    T failure() {
        try {
            run();
        } catch (const T& error) {
            return error;
        }
        throw std::logic_error("there was an answer");
    }

    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    std::shared_ptr<Notes> observer = std::make_shared<Notes>();
    std::shared_ptr<Lines> logger = std::make_shared<Lines>();
    CallContext context{};
    PreparedRequest prepared{};
    FakeTokens tokens{};
    ResponseInfo info{};
    CancellationSource cancellation{};
    milliseconds whole = 120s;
    int maxRetries = 2;
};

TEST_F(ExchangeTest, EndsWithTheFirstSuccess) {
    script({response(200, "body")});
    const CallResult result = run();
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.http.body, "body");
    EXPECT_EQ(result.attempts, 1);
    EXPECT_EQ(result.maxAttempts, 3);
    EXPECT_EQ(result.reason, "");
    EXPECT_THAT(clock->waits(), IsEmpty());
}

TEST_F(ExchangeTest, TakesEvery2xxForSuccess) {
    for (const int status : {200, 201, 204, 299}) {
        script({response(status)});
        EXPECT_TRUE(run().succeeded()) << status;
    }
    for (const int status : {300, 304, 400, 404}) {
        script({response(status)});
        EXPECT_FALSE(run().succeeded()) << status;
    }
}

TEST_F(ExchangeTest, SendsTheToken) {
    prepared.http.headers = {{"Authorization", ""}, {"Accept", "x"}};
    script({response(200)});
    run();
    EXPECT_THAT(transport->sent[0].headers,
                ElementsAre(testing::Pair("Authorization", "Bearer token-1"), testing::Pair("Accept", "x")));
}

TEST_F(ExchangeTest, TriesAgainAfterAWait) {
    script({response(503), fail(NetworkErrorKind::connect, false), response(200)});
    const CallResult result = run();
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.attempts, 3);
    EXPECT_THAT(clock->waits(), ElementsAre(500ms, 1s));
}

TEST_F(ExchangeTest, WaitsAsLongAsTheServerAsks) {
    script({response(429, "", {{"retry-after", "7"}}),
            response(503, "",
                     {{"Date", "Sat, 31 Jan 2026 11:00:00 GMT"}, {"Retry-After", "Sat, 31 Jan 2026 11:00:09 GMT"}}),
            response(200)});
    run();
    EXPECT_THAT(clock->waits(), ElementsAre(7s, 9s));
}

TEST_F(ExchangeTest, DoesNotUseUpItsRetriesAtOnceIfTheServerNamesNoWait) {
    script({response(429, "", {{"Retry-After", "0"}}),
            response(503, "", {{"Retry-After", "Fri, 30 Jan 2026 11:00:00 GMT"}}), response(200)});
    run();
    EXPECT_THAT(clock->waits(), ElementsAre(500ms, 1s));
}

TEST_F(ExchangeTest, EndsWhenTheRetriesAreUsedUp) {
    script({response(503, "busy", {{"Retry-After", "1"}})});
    const CallResult result = run();
    EXPECT_FALSE(result.succeeded());
    EXPECT_EQ(result.http.statusCode, 503);
    EXPECT_EQ(result.attempts, 3);
    EXPECT_EQ(result.reason, "retry limit (2) reached");
    EXPECT_EQ(result.retryAfter, 1s);
}

TEST_F(ExchangeTest, ForgetsTheRetryAfterOfAResponseBefore) {
    script({response(503, "", {{"Retry-After", "1"}}), response(404)});
    EXPECT_EQ(run().retryAfter, std::nullopt);
}

TEST_F(ExchangeTest, MakesAsManyAttemptsAsTheCallSays) {
    maxRetries = 0;
    script({response(503)});
    EXPECT_EQ(run().attempts, 1);
    maxRetries = 5;
    EXPECT_EQ(run().attempts, 6);
}

TEST_F(ExchangeTest, DoesNotRepeatAPostThatMayHaveBeenProcessed) {
    describe("POST");
    for (const int status : {408, 500, 502, 503, 504}) {
        script({response(status), response(200)});
        const CallResult result = run();
        EXPECT_EQ(result.attempts, 1) << status;
        EXPECT_THAT(result.reason, HasSubstr("it may have been processed")) << status;
    }
    script({fail(NetworkErrorKind::receive, true), response(200)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, RepeatsAPostThatWasNotProcessed) {
    describe("POST");
    script({response(429), fail(NetworkErrorKind::connect, false), response(201)});
    EXPECT_EQ(run().attempts, 3);
}

TEST_F(ExchangeTest, ReplaysOnceWithANewTokenAfterA401) {
    for (const char* method : {"GET", "POST"}) {
        describe(method);
        transport->sent.clear();
        script({response(401), response(200)});
        maxRetries = 0; // it is no retry
        const CallResult result = run();
        EXPECT_TRUE(result.succeeded()) << method;
        EXPECT_EQ(result.attempts, 2);
        EXPECT_EQ(result.maxAttempts, 2);
        ASSERT_EQ(transport->sent.size(), 2U);
        EXPECT_NE(*findHeader(transport->sent[0].headers, "Authorization"),
                  *findHeader(transport->sent[1].headers, "Authorization"));
        EXPECT_THAT(clock->waits(), IsEmpty());
    }
}

TEST_F(ExchangeTest, TakesASecond401ForTheAnswer) {
    script({response(401)});
    const CallResult result = run();
    EXPECT_EQ(result.http.statusCode, 401);
    EXPECT_EQ(result.attempts, 2);
}

TEST_F(ExchangeTest, CountsRetriesBeforeAndBehindTheReplay) {
    script({response(503), response(401), response(503), response(401)});
    const CallResult result = run();
    EXPECT_EQ(result.http.statusCode, 401);
    EXPECT_EQ(result.attempts, 4);
    EXPECT_EQ(result.maxAttempts, 4);
}

TEST_F(ExchangeTest, TakesA401OfATokenRequestForTheAnswer) {
    script({response(401)});
    const CallDeadline deadline(*clock, whole, maxRetries, {});
    EXPECT_EQ(Exchange(context, prepared, deadline, nullptr, nullptr).run().attempts, 1);
    EXPECT_EQ(findHeader(transport->sent[0].headers, "Authorization"), nullptr);
}

TEST_F(ExchangeTest, TakesA404OfADeleteForDoneIfAnEarlierAttemptMayHaveDoneIt) {
    describe("DELETE");
    const std::vector<ScriptedTransport::Step> ambiguous{response(500), response(502), response(504),
                                                         fail(NetworkErrorKind::receive, true)};
    for (const auto& first : ambiguous) {
        script({first, response(404)});
        const CallResult result = run();
        EXPECT_TRUE(result.alreadyDeleted);
        EXPECT_TRUE(result.succeeded());
    }
    const std::vector<ScriptedTransport::Step> refusals{response(503), response(429),
                                                        fail(NetworkErrorKind::connect, false)};
    for (const auto& first : refusals) {
        script({first, response(404)});
        EXPECT_FALSE(run().succeeded());
    }
    script({response(404)});
    EXPECT_FALSE(run().succeeded());
}

TEST_F(ExchangeTest, TakesA404OfAnotherMethodForWhatItIs) {
    script({response(502), response(404)});
    EXPECT_FALSE(run().succeeded());
}

TEST_F(ExchangeTest, SaysAllAboutAFailureOfTheNetwork) {
    script({fail(NetworkErrorKind::connect, false)});
    const auto error = failure<NetworkError>();
    EXPECT_STREQ(error.what(), "GET /api/v1/applications/x?cursor=... -> it broke [kontext_network_error, "
                               "attempt 3/3, gave up: retry limit (2) reached]");
    EXPECT_EQ(error.kind(), NetworkErrorKind::connect);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 3);
}

TEST_F(ExchangeTest, RemembersThatAnEarlierAttemptMayHaveBeenProcessed) {
    describe("PUT");
    script({response(502), fail(NetworkErrorKind::connect, false)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
    script({fail(NetworkErrorKind::receive, true), fail(NetworkErrorKind::connect, false)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, RemembersItAlsoIfNoTokenComesForTheNextAttempt) {
    describe("DELETE");
    script({fail(NetworkErrorKind::receive, true), response(204)});
    tokens.failsAt = 2;
    const auto error = failure<NetworkError>();
    EXPECT_EQ(error.message(), "no token");
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, SaysOfEveryStatusWhetherTheRequestMayHaveBeenProcessed) {
    for (const char* method : {"POST", "PUT", "GET"}) {
        describe(method);
        maxRetries = 0;
        for (const int status : {408, 500, 502, 503, 504}) {
            script({response(status)});
            EXPECT_EQ(run().mayHaveBeenProcessed, isWrite(method)) << method << ' ' << status;
        }
        for (const int status : {200, 301, 400, 401, 403, 404, 409, 412, 422, 429, 501, 505}) {
            script({response(status)});
            EXPECT_FALSE(run().mayHaveBeenProcessed) << method << ' ' << status;
        }
    }
}

TEST_F(ExchangeTest, RemembersWhateverTheLastAnswerIs) {
    describe("PUT");
    for (const int status : {408, 500, 502, 503, 504}) {
        for (const int last : {200, 400, 404, 409, 429}) {
            maxRetries = 1;
            script({response(status), response(last)});
            EXPECT_TRUE(run().mayHaveBeenProcessed) << status << ' ' << last;
        }
    }
    script({fail(NetworkErrorKind::receive, true), response(404)});
    EXPECT_TRUE(run().mayHaveBeenProcessed);
    script({fail(NetworkErrorKind::connect, false), response(404)});
    EXPECT_FALSE(run().mayHaveBeenProcessed);
    script({response(429), response(404)});
    EXPECT_FALSE(run().mayHaveBeenProcessed);
}

TEST_F(ExchangeTest, RemembersItAlsoIfTheTokenIsRefusedThen) {
    describe("PUT");
    script({response(503), response(200)});
    tokens.refusedAt = 2;
    EXPECT_TRUE(failure<OAuthError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, SaysThatNothingWasProcessedIfNoTokenIsIssued) {
    describe("PUT");
    tokens.refusedAt = 1;
    EXPECT_FALSE(failure<OAuthError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, RemembersItAlsoIfTheTransportFindsFaultWithItsSettingsThen) {
    describe("PUT");
    script({response(502), [](const HttpRequest&) -> HttpResponse { throw ConfigError("tls.caFile", "gone"); }});
    const auto error = failure<ConfigError>();
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.field(), "tls.caFile");
}

TEST_F(ExchangeTest, SaysOfATokenRequestThatTheUsersWasNotSent) {
    maxRetries = 0;
    const CallDeadline deadline(*clock, whole, maxRetries, {});
    script({response(503)});
    EXPECT_FALSE(Exchange(context, prepared, deadline, nullptr, nullptr).run().mayHaveBeenProcessed);
}

TEST_F(ExchangeTest, SendsNothingOfACallThatIsCancelled) {
    script({response(200)});
    cancellation.cancel();
    const auto error = failure<CancelledError>();
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_THAT(transport->sent, IsEmpty());
}

TEST_F(ExchangeTest, DoesNotGoOnAfterAWaitThatWasCancelled) {
    script({[this](const HttpRequest&) {
                cancellation.cancel();
                return HttpResponse{503, {}, {}};
            },
            response(200)});
    EXPECT_EQ(failure<CancelledError>().attempts(), 1);
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, IsCancelledWhateverTheTransportThrowsThen) {
    script({[this](const HttpRequest&) -> HttpResponse {
        cancellation.cancel();
        throw std::runtime_error("woken");
    }});
    const auto error = failure<CancelledError>();
    EXPECT_EQ(error.code(), "kontext_cancelled");
    EXPECT_EQ(error.message(), "the call was cancelled");
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_THAT(observer->notes, ElementsAre("1 GET /applications/{id} 0 kontext_cancelled"));
}

TEST_F(ExchangeTest, GivesTheTransportNoMoreTimeThanTheCallHas) {
    context.timeouts.connect = 10s;
    context.timeouts.attempt = 30s;
    whole = 40s;
    script({[this](const HttpRequest&) {
                clock->advance(30s);
                return HttpResponse{503, {}, {}};
            },
            response(200)});
    run();
    ASSERT_EQ(transport->sent.size(), 2U);
    EXPECT_EQ(transport->sent[0].connectTimeout, 10s);
    EXPECT_EQ(transport->sent[0].timeout, 30s);
    EXPECT_EQ(transport->sent[1].connectTimeout, 9500ms);
    EXPECT_EQ(transport->sent[1].timeout, 9500ms);
}

TEST_F(ExchangeTest, SaysThatTheCallsTimeIsUsedUp) {
    script({[this](const HttpRequest&) -> HttpResponse {
        clock->advance(120s);
        throw TimeoutError("no complete response within 30 s", true);
    }});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call timed out after 120 s (the last attempt: no complete response within 30 s)");
    EXPECT_EQ(error.attempts(), 1);
}

TEST_F(ExchangeTest, StartsNoAttemptWhenTheCallsTimeIsUsedUp) {
    script({[this](const HttpRequest&) {
                clock->advance(120s);
                return HttpResponse{401, {}, {}};
            },
            response(200)});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call timed out after 120 s");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, SendsNothingIfTheTokenTookAllOfTheTime) {
    describe("POST");
    whole = 100ms;
    tokens.whileAsked = [this] { clock->advance(250ms); };
    script({response(201)});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call timed out after 100 ms before the request was sent");
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_EQ(info.attempts, 0);
    EXPECT_THAT(transport->sent, IsEmpty());
    EXPECT_THAT(observer->notes, IsEmpty());
}

TEST_F(ExchangeTest, SendsNothingIfItIsCancelledWhileItGetsAToken) {
    describe("POST");
    tokens.whileAsked = [this] { cancellation.cancel(); };
    script({response(201)});
    const auto error = failure<CancelledError>();
    EXPECT_EQ(error.message(), "the call was cancelled before the request was sent");
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_THAT(transport->sent, IsEmpty());
}

TEST_F(ExchangeTest, SendsNoReplayIfTheNewTokenTookAllOfTheTime) {
    describe("POST");
    script({[this](const HttpRequest&) {
                tokens.whileAsked = [this] { clock->advance(120s); };
                return HttpResponse{401, {}, {}};
            },
            response(201)});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call timed out after 120 s");
    EXPECT_FALSE(error.requestMayHaveBeenProcessed()) << "a 401 was not processed";
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, SendsNoRetryIfTheTokenTookAllOfTheTime) {
    describe("DELETE");
    script({[this](const HttpRequest&) -> HttpResponse {
                tokens.whileAsked = [this] { clock->advance(120s); };
                throw NetworkError(NetworkErrorKind::receive, "it broke", true);
            },
            response(204)});
    const auto error = failure<TimeoutError>();
    EXPECT_TRUE(error.requestMayHaveBeenProcessed()) << "by the attempt before";
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, SendsNoTokenRequestWhoseTimeIsOver) {
    const CallDeadline deadline(*clock, 10s, 2, {});
    clock->advance(10s);
    script({response(200)});
    EXPECT_THROW(Exchange(context, prepared, deadline, nullptr, nullptr).run(), TimeoutError);
    EXPECT_THAT(transport->sent, IsEmpty());
}

/// Whoever reads it takes a millisecond: so time runs out between any two readings.
class TickingClock : public test::FakeClock {
public:
    Steady now() override {
        advance(1ms);
        return FakeClock::now();
    }
};

TEST_F(ExchangeTest, NeverGivesTheTransportATimeoutOfNone) {
    const auto ticking = std::make_shared<TickingClock>();
    context.clock = ticking;
    script({response(200)});
    int late = 0;
    for (int time = 1; time <= 20; ++time) {
        const CallDeadline deadline(*ticking, milliseconds(time), 0, {});
        try {
            Exchange(context, prepared, deadline, &tokens, nullptr).run();
        } catch (const TimeoutError&) {
            ++late;
        }
    }
    EXPECT_GT(late, 0);
    EXPECT_EQ(transport->sent.size(), 20U - static_cast<std::size_t>(late));
    for (const HttpRequest& request : transport->sent) {
        EXPECT_GE(request.timeout, 1ms);
        EXPECT_GE(request.connectTimeout, 1ms);
    }
}

TEST_F(ExchangeTest, DoesNotWaitBeyondTheCallIfTheLoggerTookItsTime) {
    script({response(503)});
    context.logger = std::make_shared<SlowLogger>(clock);
    EXPECT_EQ(failure<TimeoutError>().attempts(), 1);
    EXPECT_THAT(clock->waits(), ElementsAre(100ms));
}

TEST_F(ExchangeTest, DoesNotWaitLongerThanTheCallHas) {
    script({response(503, "", {{"Retry-After", "50"}})});
    whole = 60s;
    const CallResult result = run();
    EXPECT_EQ(result.attempts, 2);
    EXPECT_EQ(result.reason, "the 50 s wait would exceed the call timeout");
}

TEST_F(ExchangeTest, TakesAStatusThatIsNoneForABrokenResponse) {
    maxRetries = 0;
    for (const int status : {0, -1, 100, 101, 199, 600, 999}) {
        script({response(status)});
        EXPECT_EQ(failure<NetworkError>().kind(), NetworkErrorKind::protocol) << status;
    }
}

TEST_F(ExchangeTest, TakesAnyExceptionOfATransportForABrokenConnection) {
    describe("POST");
    script({[](const HttpRequest&) -> HttpResponse { throw std::runtime_error("oops"); }});
    const auto error = failure<NetworkError>();
    EXPECT_EQ(error.message(), "oops");
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 1);
}

TEST_F(ExchangeTest, PassesOnWhatIsNoFailureOfTheNetwork) {
    script({[](const HttpRequest&) -> HttpResponse { throw std::bad_alloc(); }});
    EXPECT_THROW(run(), std::bad_alloc);
    script({[](const HttpRequest&) -> HttpResponse { throw ConfigError("tls.caFile", "gone"); }});
    EXPECT_THROW(run(), ConfigError);
    EXPECT_EQ(transport->sent.size(), 2U);
}

TEST_F(ExchangeTest, FillsInWhatCameBack) {
    script({response(503, "busy"), response(200, "body", {{"X-Request-Id", "req_1"}})});
    run();
    EXPECT_EQ(info.statusCode, 200);
    EXPECT_EQ(info.requestId, "req_1");
    EXPECT_EQ(info.body, "body");
    EXPECT_EQ(info.headers.size(), 1U);
    EXPECT_EQ(info.attempts, 2);
}

TEST_F(ExchangeTest, FillsInWhatCameBackOfACallThatFails) {
    info.statusCode = 200;
    info.body = "of the call before";
    script({fail(NetworkErrorKind::connect, false)});
    failure<NetworkError>();
    EXPECT_EQ(info.statusCode, 0);
    EXPECT_EQ(info.body, "");
    EXPECT_EQ(info.attempts, 3);
    script({response(404, "gone")});
    run();
    EXPECT_EQ(info.statusCode, 404);
    EXPECT_EQ(info.body, "gone");
}

TEST_F(ExchangeTest, CutsTheBodyOfAnErrorAtTheLargestSize) {
    prepared.http.maxResponseBytes = 4;
    script({response(404, "abcde")});
    EXPECT_EQ(run().http.body, "abcd");
    script({response(200, "abcde")}); // one byte more shows that it was cut
    EXPECT_EQ(run().http.body, "abcde");
}

TEST_F(ExchangeTest, TellsTheObserverOfEveryAttempt) {
    script({response(503), response(401), fail(NetworkErrorKind::receive, true),
            response(200, "", {{"x-request-id", "req_1"}})});
    run();
    EXPECT_THAT(observer->notes, ElementsAre("1 GET /applications/{id} 503 in 500 (status 503)",
                                             "2 GET /applications/{id} 401 in 0 (status 401, with a new token)",
                                             "3 GET /applications/{id} 0 kontext_network_error in 1000 (no response)",
                                             "4 GET /applications/{id} 200 id req_1"));
}

TEST_F(ExchangeTest, TellsTheObserverHowLongAnAttemptTook) {
    script({[this](const HttpRequest&) {
        clock->advance(1500ms);
        return HttpResponse{200, {}, {}};
    }});
    run();
    EXPECT_THAT(observer->durations, ElementsAre(1500ms));
}

TEST_F(ExchangeTest, IsNotStoppedByAnObserverOrALoggerThatThrows) {
    observer->throws = true;
    logger->throws = true;
    script({response(503), response(200)});
    EXPECT_TRUE(run().succeeded());
}

TEST_F(ExchangeTest, LogsEveryAttempt) {
    script({[this](const HttpRequest&) {
                clock->advance(1500ms);
                return HttpResponse{503, {{"x-request-id", "req_1"}}, {}};
            },
            response(200)});
    run();
    script({response(404)});
    run();
    EXPECT_THAT(logger->lines,
                ElementsAre("info: GET /api/v1/applications/x?cursor=... -> 503 (1.5 s, attempt 1/3, request req_1), "
                            "retrying in 500 ms: status 503",
                            "debug: GET /api/v1/applications/x?cursor=... -> 200 (0 ms, attempt 2/3)",
                            "error: GET /api/v1/applications/x?cursor=... -> 404 (0 ms, attempt 1/3)"));
}

TEST_F(ExchangeTest, KeepsSecretsOutOfLogsAndErrors) {
    prepared.secrets = {Secret("hushhush")};
    maxRetries = 0;
    script({[](const HttpRequest&) -> HttpResponse {
        throw NetworkError(NetworkErrorKind::receive, "got token-1 and hushhush\nand a line", true);
    }});
    const auto error = failure<NetworkError>();
    EXPECT_EQ(error.message(), "got [redacted] and [redacted]\nand a line");
    ASSERT_EQ(logger->lines.size(), 1U);
    EXPECT_THAT(logger->lines[0], AllOf(Not(HasSubstr("token-1")), Not(HasSubstr("hushhush")), Not(HasSubstr("\n"))));
}

TEST_F(ExchangeTest, HandsTheSecretsToWhoeverMakesAnErrorOfTheAnswer) {
    prepared.secrets = {Secret("hushhush")};
    script({response(404)});
    EXPECT_THAT(secretsOf(prepared, run().token), ElementsAre(Secret("hushhush"), Secret("token-1")));
    EXPECT_THAT(secretsOf(prepared, nullptr), ElementsAre(Secret("hushhush"))) << "a token request has none";
}

class ErrorOfTest : public testing::Test {
protected:
    ErrorOfTest() {
        prepared.http.method = "GET";
        prepared.http.url = "https://api.test/api/v1/x";
        result.attempts = 2;
        result.maxAttempts = 3;
    }
    ErrorData errorFor(int status, std::string body, Headers headers = {}) {
        result.http = {status, std::move(headers), std::move(body)};
        return errorOf(prepared, result, ErrorData::Kind::http);
    }

    PreparedRequest prepared{};
    CallResult result{};
};

TEST_F(ErrorOfTest, HoldsWhatTheServerSaid) {
    result.reason = "reason";
    result.retryAfter = 3s;
    const ErrorData data = errorFor(422, R"({"message":"m","code":"c","errors":["e"],"missingScopes":["s"],"more":1})",
                                    {{"X-Request-Id", "req_1"}});
    EXPECT_EQ(data.status, 422);
    EXPECT_EQ(data.message, "m");
    EXPECT_EQ(data.code, "c");
    EXPECT_EQ(data.requestId, "req_1");
    EXPECT_EQ(data.method, "GET");
    EXPECT_EQ(data.path, "/api/v1/x");
    EXPECT_EQ(data.attempts, 2);
    EXPECT_EQ(data.maxAttempts, 3);
    EXPECT_EQ(data.reason, "reason");
    EXPECT_EQ(data.retryAfter, 3s);
    EXPECT_EQ(data.validationErrors.size(), 1U);
    EXPECT_THAT(data.missingScopes, ElementsAre("s"));
    EXPECT_THAT(data.meta.text(), HasSubstr(R"("more":1)"));
    EXPECT_EQ(data.headers.size(), 1U);
    EXPECT_THAT(data.body, StartsWith(R"({"message")"));
}

TEST_F(ErrorOfTest, QuotesAResponseThatIsNoJsonInOneLine) {
    EXPECT_EQ(errorFor(502, "\r\n<html>\n  <h1>Bad\tGateway</h1>\n</html>\n ").message,
              "<html> <h1>Bad Gateway</h1> </html>");
    EXPECT_EQ(errorFor(502, "[1]").message, "[1]");
}

TEST_F(ErrorOfTest, QuotesJsonWithoutWordsThatItKnows) {
    EXPECT_EQ(errorFor(400, R"({ "status": 400,
                                 "reason": "too odd" })")
                  .message,
              R"({"status":400,"reason":"too odd"})");
    EXPECT_EQ(errorFor(400, R"({"clientSecret":"hush"})").message, R"({"clientSecret":"[redacted]"})");
    const std::string many = '[' + std::string(1000, '1') + ']';
    EXPECT_EQ(errorFor(400, many).message, many.substr(0, 300) + "...");
}

TEST_F(ErrorOfTest, QuotesNoMoreThanALine) {
    EXPECT_EQ(errorFor(502, std::string(300, 'x')).message, std::string(300, 'x'));
    EXPECT_EQ(errorFor(502, std::string(301, 'x')).message, std::string(300, 'x') + "...");
    EXPECT_EQ(errorFor(502, std::string(1'000'000, 'x')).message, std::string(300, 'x') + "...");
}

TEST_F(ErrorOfTest, DoesNotCutWithinACharacter) {
    EXPECT_EQ(errorFor(502, std::string(299, 'x') + "\xc3\xa9 and more").message, std::string(299, 'x') + "...");
    EXPECT_EQ(errorFor(502, std::string(298, 'x') + "\xc3\xa9 and more").message,
              std::string(298, 'x') + "\xc3\xa9...");
    EXPECT_EQ(errorFor(502, std::string(1000, '\x80')).message, "...");
}

TEST_F(ErrorOfTest, NamesTheStatusOfAResponseThatSaysNothing) {
    EXPECT_EQ(errorFor(503, "").message, "HTTP 503");
    EXPECT_EQ(errorFor(503, " \n").message, "HTTP 503");
    EXPECT_EQ(errorFor(503, "{}").message, "HTTP 503");
}

TEST_F(ErrorOfTest, ShowsWhereARedirectLeads) {
    for (const int status : {300, 301, 302, 308, 399})
        EXPECT_EQ(errorFor(status, "", {{"location", "https://b.test/"}}).message,
                  "HTTP " + std::to_string(status) + " (redirects are not followed; Location: https://b.test/)");
    EXPECT_EQ(errorFor(302, "").message, "HTTP 302");
    EXPECT_EQ(errorFor(404, "", {{"Location", "https://b.test/"}}).message, "HTTP 404");
}

} // namespace
} // namespace kontext::exchange_test
