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
#include "fake_clock.hpp"
#include "transport/header_fields.hpp"

namespace kontext {
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

ScriptedTransport::Step reply(int status, std::string body = {}, Headers headers = {}) {
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
    std::shared_ptr<const AccessToken> get(const Budget&) override {
        if (++asked_ == failsAt) throw NetworkError(NetworkErrorKind::connect, "no token", false);
        if (current_ == nullptr)
            current_ = std::make_shared<AccessToken>(Secret("token-" + std::to_string(++number_)), Time::Steady{},
                                                     Time::Steady{}, false);
        return current_;
    }
    void invalidate(const AccessToken& token) override {
        if (token.generation() == current_->generation()) current_ = nullptr;
    }

    int failsAt = 0; // which time it is asked

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
        if (info.retryIn) note += " in " + std::to_string(info.retryIn->count());
        if (!info.reason.empty()) note += " (" + std::string(info.reason) + ')';
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

class ExchangeTest : public testing::Test {
protected:
    ExchangeTest() {
        wiring.transport = transport;
        wiring.time = time;
        wiring.observer = observer;
        wiring.logger = logger;
        describe("GET");
        out.http.url = "https://api.test/api/v1/applications/x?cursor=abc";
        out.http.maxResponseBytes = 1000;
        out.route = "/applications/{id}";
    }

    void describe(const std::string& method) {
        out.http.method = method;
        out.repeatable = repeatableByKind(method);
        out.deletes = method == "DELETE";
    }
    void script(std::deque<ScriptedTransport::Step> steps) { transport->steps = std::move(steps); }

    Answer run() {
        const Budget budget(*time, whole, maxRetries, cancellation.token());
        return Exchange(wiring, out, budget, &tokens, &info).run();
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
    std::shared_ptr<test::FakeTime> time = std::make_shared<test::FakeTime>();
    std::shared_ptr<Notes> observer = std::make_shared<Notes>();
    std::shared_ptr<Lines> logger = std::make_shared<Lines>();
    Wiring wiring{};
    Outgoing out{};
    FakeTokens tokens{};
    ResponseInfo info{};
    CancellationSource cancellation{};
    milliseconds whole = 120s;
    int maxRetries = 2;
};

TEST_F(ExchangeTest, EndsWithTheFirstSuccess) {
    script({reply(200, "body")});
    const Answer answer = run();
    EXPECT_TRUE(answer.succeeded());
    EXPECT_EQ(answer.http.body, "body");
    EXPECT_EQ(answer.attempts, 1);
    EXPECT_EQ(answer.maxAttempts, 3);
    EXPECT_EQ(answer.reason, "");
    EXPECT_THAT(time->waits(), IsEmpty());
}

TEST_F(ExchangeTest, TakesEvery2xxForSuccess) {
    for (const int status : {200, 201, 204, 299}) {
        script({reply(status)});
        EXPECT_TRUE(run().succeeded()) << status;
    }
    for (const int status : {300, 304, 400, 404}) {
        script({reply(status)});
        EXPECT_FALSE(run().succeeded()) << status;
    }
}

TEST_F(ExchangeTest, SendsTheToken) {
    out.http.headers = {{"Authorization", ""}, {"Accept", "x"}};
    script({reply(200)});
    run();
    EXPECT_THAT(transport->sent[0].headers,
                ElementsAre(testing::Pair("Authorization", "Bearer token-1"), testing::Pair("Accept", "x")));
}

TEST_F(ExchangeTest, TriesAgainAfterAWait) {
    script({reply(503), fail(NetworkErrorKind::connect, false), reply(200)});
    const Answer answer = run();
    EXPECT_TRUE(answer.succeeded());
    EXPECT_EQ(answer.attempts, 3);
    EXPECT_THAT(time->waits(), ElementsAre(500ms, 1s));
}

TEST_F(ExchangeTest, WaitsAsLongAsTheServerAsks) {
    script(
        {reply(429, "", {{"retry-after", "7"}}),
         reply(503, "", {{"Date", "Sat, 31 Jan 2026 11:00:00 GMT"}, {"Retry-After", "Sat, 31 Jan 2026 11:00:09 GMT"}}),
         reply(200)});
    run();
    EXPECT_THAT(time->waits(), ElementsAre(7s, 9s));
}

TEST_F(ExchangeTest, EndsWhenTheRetriesAreUsedUp) {
    script({reply(503, "busy", {{"Retry-After", "1"}})});
    const Answer answer = run();
    EXPECT_FALSE(answer.succeeded());
    EXPECT_EQ(answer.http.statusCode, 503);
    EXPECT_EQ(answer.attempts, 3);
    EXPECT_EQ(answer.reason, "all 2 retries are used up");
    EXPECT_EQ(answer.retryAfter, 1s);
}

TEST_F(ExchangeTest, ForgetsTheRetryAfterOfAReplyBefore) {
    script({reply(503, "", {{"Retry-After", "1"}}), reply(404)});
    EXPECT_EQ(run().retryAfter, std::nullopt);
}

TEST_F(ExchangeTest, MakesAsManyAttemptsAsTheCallSays) {
    maxRetries = 0;
    script({reply(503)});
    EXPECT_EQ(run().attempts, 1);
    maxRetries = 5;
    EXPECT_EQ(run().attempts, 6);
}

TEST_F(ExchangeTest, DoesNotRepeatAPostThatMayHaveBeenProcessed) {
    describe("POST");
    for (const int status : {408, 500, 502, 503, 504}) {
        script({reply(status), reply(200)});
        const Answer answer = run();
        EXPECT_EQ(answer.attempts, 1) << status;
        EXPECT_THAT(answer.reason, HasSubstr("it may have been processed")) << status;
    }
    script({fail(NetworkErrorKind::receive, true), reply(200)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, RepeatsAPostThatWasNotProcessed) {
    describe("POST");
    script({reply(429), fail(NetworkErrorKind::connect, false), reply(201)});
    EXPECT_EQ(run().attempts, 3);
}

TEST_F(ExchangeTest, ReplaysOnceWithANewTokenAfterA401) {
    for (const char* method : {"GET", "POST"}) {
        describe(method);
        transport->sent.clear();
        script({reply(401), reply(200)});
        maxRetries = 0; // it is no retry
        const Answer answer = run();
        EXPECT_TRUE(answer.succeeded()) << method;
        EXPECT_EQ(answer.attempts, 2);
        EXPECT_EQ(answer.maxAttempts, 2);
        ASSERT_EQ(transport->sent.size(), 2U);
        EXPECT_NE(*findHeader(transport->sent[0].headers, "Authorization"),
                  *findHeader(transport->sent[1].headers, "Authorization"));
        EXPECT_THAT(time->waits(), IsEmpty());
    }
}

TEST_F(ExchangeTest, TakesASecond401ForTheAnswer) {
    script({reply(401)});
    const Answer answer = run();
    EXPECT_EQ(answer.http.statusCode, 401);
    EXPECT_EQ(answer.attempts, 2);
}

TEST_F(ExchangeTest, CountsRetriesBeforeAndBehindTheReplay) {
    script({reply(503), reply(401), reply(503), reply(401)});
    const Answer answer = run();
    EXPECT_EQ(answer.http.statusCode, 401);
    EXPECT_EQ(answer.attempts, 4);
    EXPECT_EQ(answer.maxAttempts, 4);
}

TEST_F(ExchangeTest, TakesA401OfATokenRequestForTheAnswer) {
    script({reply(401)});
    const Budget budget(*time, whole, maxRetries, {});
    EXPECT_EQ(Exchange(wiring, out, budget, nullptr, nullptr).run().attempts, 1);
    EXPECT_EQ(findHeader(transport->sent[0].headers, "Authorization"), nullptr);
}

TEST_F(ExchangeTest, TakesA404OfADeleteForDoneIfAnEarlierAttemptMayHaveDoneIt) {
    describe("DELETE");
    const std::vector<ScriptedTransport::Step> ambiguous{reply(500), reply(502), reply(504),
                                                         fail(NetworkErrorKind::receive, true)};
    for (const auto& first : ambiguous) {
        script({first, reply(404)});
        const Answer answer = run();
        EXPECT_TRUE(answer.doneBefore);
        EXPECT_TRUE(answer.succeeded());
    }
    const std::vector<ScriptedTransport::Step> refusals{reply(503), reply(429), fail(NetworkErrorKind::connect, false)};
    for (const auto& first : refusals) {
        script({first, reply(404)});
        EXPECT_FALSE(run().succeeded());
    }
    script({reply(404)});
    EXPECT_FALSE(run().succeeded());
}

TEST_F(ExchangeTest, TakesA404OfAnotherMethodForWhatItIs) {
    script({reply(502), reply(404)});
    EXPECT_FALSE(run().succeeded());
}

TEST_F(ExchangeTest, SaysAllAboutAFailureOfTheNetwork) {
    script({fail(NetworkErrorKind::connect, false)});
    const auto error = failure<NetworkError>();
    EXPECT_STREQ(error.what(), "GET /api/v1/applications/x?cursor=... -> it broke [kontext_network_error, "
                               "attempt 3/3, gave up: all 2 retries are used up]");
    EXPECT_EQ(error.kind(), NetworkErrorKind::connect);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 3);
}

TEST_F(ExchangeTest, RemembersThatAnEarlierAttemptMayHaveBeenProcessed) {
    script({reply(502), fail(NetworkErrorKind::connect, false)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
    script({fail(NetworkErrorKind::receive, true), fail(NetworkErrorKind::connect, false)});
    EXPECT_TRUE(failure<NetworkError>().requestMayHaveBeenProcessed());
}

TEST_F(ExchangeTest, RemembersItAlsoIfNoTokenComesForTheNextAttempt) {
    describe("DELETE");
    script({fail(NetworkErrorKind::receive, true), reply(204)});
    tokens.failsAt = 2;
    const auto error = failure<NetworkError>();
    EXPECT_EQ(error.message(), "no token");
    EXPECT_TRUE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, SendsNothingOfACallThatIsCancelled) {
    script({reply(200)});
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
            reply(200)});
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
    wiring.timeouts.connect = 10s;
    wiring.timeouts.attempt = 30s;
    whole = 40s;
    script({[this](const HttpRequest&) {
                time->advance(30s);
                return HttpResponse{503, {}, {}};
            },
            reply(200)});
    run();
    ASSERT_EQ(transport->sent.size(), 2U);
    EXPECT_EQ(transport->sent[0].connectTimeout, 10s);
    EXPECT_EQ(transport->sent[0].timeout, 30s);
    EXPECT_EQ(transport->sent[1].connectTimeout, 9500ms);
    EXPECT_EQ(transport->sent[1].timeout, 9500ms);
}

TEST_F(ExchangeTest, SaysThatTheCallsTimeIsUsedUp) {
    script({[this](const HttpRequest&) -> HttpResponse {
        time->advance(120s);
        throw TimeoutError("no complete reply within 30 s", true);
    }});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call's time of 120 s is used up: no complete reply within 30 s");
    EXPECT_EQ(error.attempts(), 1);
}

TEST_F(ExchangeTest, StartsNoAttemptWhenTheCallsTimeIsUsedUp) {
    script({[this](const HttpRequest&) {
                time->advance(120s);
                return HttpResponse{401, {}, {}};
            },
            reply(200)});
    const auto error = failure<TimeoutError>();
    EXPECT_EQ(error.message(), "the call's time of 120 s is used up");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(transport->sent.size(), 1U);
}

TEST_F(ExchangeTest, DoesNotWaitLongerThanTheCallHas) {
    script({reply(503, "", {{"Retry-After", "50"}})});
    whole = 60s;
    const Answer answer = run();
    EXPECT_EQ(answer.attempts, 2);
    EXPECT_EQ(answer.reason, "the wait of 50 s would outlast the call's time");
}

TEST_F(ExchangeTest, TakesAStatusThatIsNoneForABrokenReply) {
    maxRetries = 0;
    for (const int status : {0, -1, 100, 101, 199, 600, 999}) {
        script({reply(status)});
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
    script({reply(503, "busy"), reply(200, "body", {{"X-Request-Id", "req_1"}})});
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
    script({reply(404, "gone")});
    run();
    EXPECT_EQ(info.statusCode, 404);
    EXPECT_EQ(info.body, "gone");
}

TEST_F(ExchangeTest, CutsTheBodyOfAnErrorAtTheLargestSize) {
    out.http.maxResponseBytes = 4;
    script({reply(404, "abcde")});
    EXPECT_EQ(run().http.body, "abcd");
    script({reply(200, "abcde")}); // one byte more shows that it was cut
    EXPECT_EQ(run().http.body, "abcde");
}

TEST_F(ExchangeTest, TellsTheObserverOfEveryAttempt) {
    script(
        {reply(503), reply(401), fail(NetworkErrorKind::receive, true), reply(200, "", {{"x-request-id", "req_1"}})});
    run();
    EXPECT_THAT(observer->notes,
                ElementsAre("1 GET /applications/{id} 503 in 500 (status 503)",
                            "2 GET /applications/{id} 401 in 0 (status 401, once more with a new token)",
                            "3 GET /applications/{id} 0 kontext_network_error in 1000 (no reply)",
                            "4 GET /applications/{id} 200 id req_1"));
}

TEST_F(ExchangeTest, TellsTheObserverHowLongAnAttemptTook) {
    script({[this](const HttpRequest&) {
        time->advance(1500ms);
        return HttpResponse{200, {}, {}};
    }});
    run();
    EXPECT_THAT(observer->durations, ElementsAre(1500ms));
}

TEST_F(ExchangeTest, IsNotStoppedByAnObserverOrALoggerThatThrows) {
    observer->throws = true;
    logger->throws = true;
    script({reply(503), reply(200)});
    EXPECT_TRUE(run().succeeded());
}

TEST_F(ExchangeTest, LogsEveryAttempt) {
    script({[this](const HttpRequest&) {
                time->advance(1500ms);
                return HttpResponse{503, {{"x-request-id", "req_1"}}, {}};
            },
            reply(200)});
    run();
    script({reply(404)});
    run();
    EXPECT_THAT(logger->lines,
                ElementsAre("info: GET /api/v1/applications/x?cursor=... -> 503 (1.5 s, attempt 1/3, request req_1), "
                            "again in 500 ms: status 503",
                            "debug: GET /api/v1/applications/x?cursor=... -> 200 (0 ms, attempt 2/3)",
                            "error: GET /api/v1/applications/x?cursor=... -> 404 (0 ms, attempt 1/3)"));
}

TEST_F(ExchangeTest, KeepsSecretsOutOfLogsAndErrors) {
    out.secrets = {Secret("hushhush")};
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
    out.secrets = {Secret("hushhush")};
    script({reply(404)});
    EXPECT_THAT(secretsOf(out, run().token), ElementsAre(Secret("hushhush"), Secret("token-1")));
    EXPECT_THAT(secretsOf(out, nullptr), ElementsAre(Secret("hushhush"))) << "a token request has none";
}

class ErrorOfTest : public testing::Test {
protected:
    ErrorOfTest() {
        out.http.method = "GET";
        out.http.url = "https://api.test/api/v1/x";
        answer.attempts = 2;
        answer.maxAttempts = 3;
    }
    ErrorData errorFor(int status, std::string body, Headers headers = {}) {
        answer.http = {status, std::move(headers), std::move(body)};
        return errorOf(out, answer, ErrorData::Kind::http);
    }

    Outgoing out{};
    Answer answer{};
};

TEST_F(ErrorOfTest, HoldsWhatTheServerSaid) {
    answer.reason = "reason";
    answer.retryAfter = 3s;
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

TEST_F(ErrorOfTest, QuotesAReplyThatIsNoJsonInOneLine) {
    EXPECT_EQ(errorFor(502, "\r\n<html>\n  <h1>Bad\tGateway</h1>\n</html>\n ").message,
              "<html> <h1>Bad Gateway</h1> </html>");
    EXPECT_EQ(errorFor(502, "[1]").message, "[1]");
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

TEST_F(ErrorOfTest, NamesTheStatusOfAReplyThatSaysNothing) {
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
} // namespace kontext
