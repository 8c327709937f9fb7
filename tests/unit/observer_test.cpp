#include <kontext/observer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "client/core.hpp"
#include "fake_clock.hpp"
#include "transport/header_fields.hpp"
#include "json/mapping.hpp"

namespace kontext {
namespace {

struct ObservedItem {
    std::string id{};
};

struct ObservedItemParams {
    std::optional<std::string> cursor{};
};

} // namespace

namespace json {
template <>
struct Fields<ObservedItem> {
    static constexpr FieldList list{required<&ObservedItem::id>("id")};
};
template <>
struct Fields<ObservedItemParams> {
    static constexpr FieldList list{field<&ObservedItemParams::cursor>("cursor")};
};
} // namespace json

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

/// An API of one step a request, the last one again and again, and its token endpoint. A request takes 100 ms, one for
/// a token 300 ms.
class ScriptedApi : public Transport {
public:
    using Step = std::function<HttpResponse()>;

    explicit ScriptedApi(std::shared_ptr<test::FakeClock> clock) : clock_(std::move(clock)) {}

    HttpResponse send(const HttpRequest& request) override {
        if (request.url == "https://api.test/oauth2/token") {
            tokenRequests.push_back(request);
            clock_->advance(300ms);
            return token();
        }
        requests.push_back(request);
        clock_->advance(100ms);
        const Step step = steps.front();
        if (steps.size() > 1) steps.pop_front();
        return step();
    }

    std::deque<Step> steps{};
    Step token = [] { return HttpResponse{200, {}, R"({"access_token":"t0ken-of-the-test","expires_in":3600})"}; };
    std::vector<HttpRequest> requests{};
    std::vector<HttpRequest> tokenRequests{};

private:
    std::shared_ptr<test::FakeClock> clock_;
};

ScriptedApi::Step response(int status, std::string body = {}, Headers headers = {}) {
    return [status, body, headers] { return HttpResponse{status, headers, body}; };
}

ScriptedApi::Step broken() {
    return []() -> HttpResponse { throw NetworkError(NetworkErrorKind::connect, "it broke", false); };
}

/// A notice of a call, that lives on.
struct Call {
    CallInfo info{};
    std::string method{};
    std::string route{};
    std::string errorCode{};
    std::string requestId{};
    std::thread::id thread = std::this_thread::get_id();
};

class Recorder : public CallObserver {
public:
    Headers onSend(const AttemptInfo& attempt) override {
        events.push_back("send " + describe(attempt));
        sendIds.push_back(attempt.callId);
        if (whileSending) whileSending(attempt);
        return headers ? headers(attempt.attempt) : CallObserver::onSend(attempt);
    }
    void onAttempt(const AttemptInfo& attempt) override {
        events.push_back("sent " + describe(attempt) + ' ' + std::to_string(attempt.statusCode));
        attemptIds.push_back(attempt.callId);
    }
    void onCall(const CallInfo& call) override {
        events.push_back("call " + std::string(call.method) + ' ' + std::string(call.route) + ' '
                         + std::to_string(call.statusCode));
        calls.push_back({call, std::string(call.method), std::string(call.route), std::string(call.errorCode),
                         std::string(call.requestId)});
        if (throwsFromCall) throw std::runtime_error("from onCall");
    }

    std::function<Headers(int attempt)> headers{};
    std::function<void(const AttemptInfo&)> whileSending{};
    bool throwsFromCall = false;
    std::vector<std::string> events{};
    std::vector<std::uint64_t> sendIds{};
    std::vector<std::uint64_t> attemptIds{};
    std::vector<Call> calls{};

private:
    static std::string describe(const AttemptInfo& attempt) {
        return std::to_string(attempt.attempt) + ' ' + std::string(attempt.method) + ' ' + std::string(attempt.route);
    }
};

/// One of a program that was written before there were calls to hear of.
class AttemptsOnly : public CallObserver {
public:
    void onAttempt(const AttemptInfo&) override { ++attempts; }
    int attempts = 0;
};

class WarningLines : public Logger {
public:
    void log(LogLevel level, std::string_view message) override {
        if (level == LogLevel::warning) lines.emplace_back(message);
    }
    std::vector<std::string> lines{};
};

/// Does not even try.
class UnsafeStore : public TokenStore {
public:
    std::optional<StoredToken> load(const std::string&) override { throw ConfigError("tokenStore", "it is unsafe"); }
    void save(const std::string&, const StoredToken&) override {}
    void remove(const std::string&) override {}
};

class ObserverTest : public testing::Test {
protected:
    ObserverTest() { core = makeCore(); }

    std::shared_ptr<const detail::Core> makeCore(std::shared_ptr<TokenStore> store = nullptr) const {
        ClientConfig config;
        config.baseUrl = "https://api.test";
        config.credentials = {"sa_1", Secret("hush-of-the-test")};
        config.transport = api;
        config.observer = observer;
        config.logger = logger;
        config.tokenStore = std::move(store);
        config.maxResponseBytes = 1000;
        return std::make_shared<const detail::Core>(std::move(config), clock);
    }
    void script(std::deque<ScriptedApi::Step> steps) { api->steps = std::move(steps); }
    RawResponse get(const CallOptions& options = {}) const { return core->raw("GET", "/items", {}, options); }
    ObservedItem getItem(const std::string& id = "1") const {
        return core->fetch<ObservedItem>(Request("GET", "/items/{id}", {id}), {});
    }
    /// The only call so far.
    Call call() const {
        EXPECT_THAT(observer->calls, SizeIs(1));
        return observer->calls.empty() ? Call{} : observer->calls.front();
    }
    /// How it was reported: "503 kontext_server_error, 3 attempts".
    std::string outcome() const {
        const Call last = call();
        return std::to_string(last.info.statusCode) + ' ' + last.errorCode + ", " + std::to_string(last.info.attempts)
               + " attempts";
    }
    std::vector<std::string> sentValues(const std::string& header) const {
        std::vector<std::string> values;
        for (const HttpRequest& request : api->requests)
            values.push_back(headerOr(request.headers, header));
        return values;
    }

    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    std::shared_ptr<ScriptedApi> api = std::make_shared<ScriptedApi>(clock);
    std::shared_ptr<Recorder> observer = std::make_shared<Recorder>();
    std::shared_ptr<WarningLines> logger = std::make_shared<WarningLines>();
    std::shared_ptr<const detail::Core> core{};
};

// onCall

TEST_F(ObserverTest, IsToldOfEachCallOnceAndLast) {
    script({response(503), response(401), response(200)});
    get();
    EXPECT_THAT(observer->events, ElementsAre("sent 1 POST token 200", "send 1 GET raw", "sent 1 GET raw 503",
                                              "send 2 GET raw", "sent 2 GET raw 401", "sent 1 POST token 200",
                                              "send 3 GET raw", "sent 3 GET raw 200", "call GET raw 200"));
}

TEST_F(ObserverTest, IsToldWhatTheCallWas) {
    script({response(200, R"({"id":"1"})", {{"X-Request-Id", "req_1"}})});
    getItem();
    EXPECT_EQ(call().method, "GET");
    EXPECT_EQ(call().route, "/items/{id}");
    EXPECT_EQ(call().requestId, "req_1");
    EXPECT_EQ(outcome(), "200 , 1 attempts");
}

TEST_F(ObserverTest, IsToldOnTheThreadOfTheCall) {
    script({response(200)});
    std::thread::id caller;
    std::thread thread([&] {
        caller = std::this_thread::get_id();
        get();
    });
    thread.join();
    EXPECT_EQ(call().thread, caller);
}

TEST_F(ObserverTest, IsToldHowLongTheCallTookWithTokensAndWaits) {
    script({response(503), response(200)});
    const auto before = clock->now();
    get();
    EXPECT_EQ(call().info.startedAt, before);
    EXPECT_EQ(call().info.duration, 300ms + 100ms + 500ms + 100ms) << "token, attempt, wait, attempt";
}

TEST_F(ObserverTest, IsToldOfAnErrorOfTheServer) {
    script({response(404, R"({"code":"app_not_found"})", {{"X-Request-Id", "req_1"}})});
    EXPECT_THROW(getItem(), NotFoundError);
    EXPECT_EQ(outcome(), "404 app_not_found, 1 attempts");
    EXPECT_EQ(call().requestId, "req_1");
}

TEST_F(ObserverTest, IsToldOfTheLastOfManyAttempts) {
    script({broken(), response(503, "", {{"X-Request-Id", "req_1"}})});
    EXPECT_THROW(get(), ServerError);
    EXPECT_EQ(outcome(), "503 kontext_server_error, 3 attempts");
}

TEST_F(ObserverTest, IsToldOfACallThatEndsWithoutAResponse) {
    script({response(503, "", {{"X-Request-Id", "req_1"}}), broken()});
    EXPECT_THROW(get(), NetworkError);
    EXPECT_EQ(outcome(), "0 kontext_network_error, 3 attempts");
    EXPECT_EQ(call().requestId, "");
}

TEST_F(ObserverTest, IsToldOfAResponseThatCannotBeRead) {
    script({response(200, R"({"id":1})", {{"X-Request-Id", "req_1"}})});
    EXPECT_THROW(getItem(), DecodeError);
    EXPECT_EQ(outcome(), "200 kontext_decode_error, 1 attempts");
    EXPECT_EQ(call().requestId, "req_1");
}

TEST_F(ObserverTest, IsToldOfAResponseThatIsTooLarge) {
    script({response(200, std::string(1001, 'x'))});
    EXPECT_THROW(get(), DecodeError);
    EXPECT_EQ(outcome(), "200 kontext_response_too_large, 1 attempts");
}

TEST_F(ObserverTest, TakesA404OfARepeatedDeleteForASuccess) {
    script({response(502), response(404)});
    core->run(Request("DELETE", "/items/{id}", {"1"}), {});
    EXPECT_EQ(outcome(), "404 , 2 attempts");
}

TEST_F(ObserverTest, IsToldOfACallThatWasCancelledBeforeItWasSent) {
    CancellationSource cancellation;
    cancellation.cancel();
    CallOptions options;
    options.cancel = cancellation.token();
    EXPECT_THROW(get(options), CancelledError);
    EXPECT_EQ(outcome(), "0 kontext_cancelled, 0 attempts");
}

TEST_F(ObserverTest, IsToldOfACallThatGotNoToken) {
    api->token = response(401, R"({"error":"invalid_client"})", {{"X-Request-Id", "req_1"}});
    EXPECT_THROW(get(), OAuthError);
    EXPECT_EQ(outcome(), "0 kontext_oauth_token_exchange_failed, 0 attempts");
    EXPECT_EQ(call().requestId, "") << "it is not of the API's response";
    EXPECT_EQ(call().info.duration, 300ms);
}

TEST_F(ObserverTest, CountsNoAttemptsOfTokenRequests) {
    api->token = broken();
    EXPECT_THROW(get(), NetworkError);
    EXPECT_EQ(outcome(), "0 kontext_network_error, 0 attempts");
    EXPECT_THAT(api->tokenRequests, SizeIs(3));
}

TEST_F(ObserverTest, IsToldOfACallThatGotNoTokenForItsReplay) {
    script({[this] {
        api->token = response(400, R"({"error":"invalid_client"})");
        return HttpResponse{401, {}, {}};
    }});
    EXPECT_THROW(get(), OAuthError);
    EXPECT_EQ(outcome(), "0 kontext_oauth_token_exchange_failed, 1 attempts");
}

TEST_F(ObserverTest, IsToldOfACallWhoseTokenStoreIsUnsafe) {
    core = makeCore(std::make_shared<UnsafeStore>());
    EXPECT_THROW(get(), ConfigError);
    EXPECT_EQ(outcome(), "0 kontext_config_invalid, 0 attempts");
}

TEST_F(ObserverTest, IsToldOfACallThatEndsWithAnotherException) {
    script({[]() -> HttpResponse { throw std::bad_alloc(); }});
    EXPECT_THROW(get(), std::bad_alloc);
    EXPECT_EQ(outcome(), "0 exception, 1 attempts");
}

TEST_F(ObserverTest, IsNotToldOfACallWithABadArgument) {
    script({response(200)});
    CallOptions options;
    options.timeout = 0ms;
    EXPECT_THROW(get(options), ConfigError);
    options = {};
    options.maxRetries = -1;
    EXPECT_THROW(get(options), ConfigError);
    options = {};
    options.headers = {{"Host", "x"}};
    EXPECT_THROW(get(options), ConfigError);
    EXPECT_THROW(getItem(".."), ConfigError);
    EXPECT_THROW(core->raw("get", "/items", {}, {}), ConfigError);
    EXPECT_THROW(core->raw("GET", "items", {}, {}), ConfigError);
    EXPECT_THAT(observer->events, IsEmpty());
}

TEST_F(ObserverTest, IsToldOfEachPage) {
    script({response(200, R"({"items":[{"id":"1"}],"nextCursor":"2"})"), response(200, R"({"items":[{"id":"2"}]})")});
    for (const ObservedItem& item : detail::listAll<ObservedItem>(core, "/items", {}, ObservedItemParams{}, {}))
        EXPECT_EQ(observer->calls.size(), item.id == "1" ? 1U : 2U);
    EXPECT_THAT(observer->calls, SizeIs(2));
}

TEST_F(ObserverTest, IsNotToldThatARefreshIsACall) {
    core->refreshToken({});
    EXPECT_THAT(observer->events, ElementsAre("sent 1 POST token 200"));
    EXPECT_THAT(observer->attemptIds, ElementsAre(0U));
}

TEST_F(ObserverTest, IsToldNoSecretThatTheServerEchoes) {
    script({response(200, "", {{"X-Request-Id", "t0ken-of-the-test"}})});
    get();
    EXPECT_EQ(call().requestId, "[redacted]");
}

TEST_F(ObserverTest, ChangesNothingByThrowingFromOnCall) {
    observer->throwsFromCall = true;
    script({response(200, "body"), response(404)});
    EXPECT_EQ(get().body, "body");
    EXPECT_THROW(get(), NotFoundError);
    EXPECT_THAT(observer->calls, SizeIs(2));
}

// callId

TEST_F(ObserverTest, CanTellToWhichCallAnAttemptBelongs) {
    script({response(503), response(200)});
    get();
    get();
    ASSERT_THAT(observer->calls, SizeIs(2));
    const std::uint64_t first = observer->calls[0].info.callId;
    const std::uint64_t second = observer->calls[1].info.callId;
    EXPECT_NE(first, 0U);
    EXPECT_NE(second, 0U);
    EXPECT_NE(first, second);
    EXPECT_THAT(observer->attemptIds, ElementsAre(first, first, first, second)) << "the token request too";
    EXPECT_THAT(observer->sendIds, ElementsAre(first, first, second));
}

TEST_F(ObserverTest, CanTellCallsOfTwoClientsApart) {
    script({response(200)});
    get();
    core = makeCore();
    get();
    ASSERT_THAT(observer->calls, SizeIs(2));
    EXPECT_NE(observer->calls[0].info.callId, observer->calls[1].info.callId);
}

TEST_F(ObserverTest, CanTellWhichCallRefreshedATokenThatWasStillGood) {
    script({response(200)});
    get();
    clock->advance(3560s); // a minute before its end a refresh is an offer
    get();
    ASSERT_THAT(observer->calls, SizeIs(2));
    EXPECT_THAT(api->tokenRequests, SizeIs(2));
    EXPECT_EQ(observer->attemptIds[2], observer->calls[1].info.callId);
}

// onSend

TEST_F(ObserverTest, AddsHeadersToEachAttemptOfTheApiRequestAlone) {
    observer->headers = [](int attempt) { return Headers{{"traceparent", "attempt " + std::to_string(attempt)}}; };
    script({response(503), response(401), response(200)});
    get();
    EXPECT_THAT(sentValues("traceparent"), ElementsAre("attempt 1", "attempt 2", "attempt 3"));
    for (const HttpRequest& request : api->requests)
        EXPECT_EQ(headerOr(request.headers, "Authorization"), "Bearer t0ken-of-the-test");
    EXPECT_THAT(api->tokenRequests, SizeIs(2));
    for (const HttpRequest& request : api->tokenRequests)
        EXPECT_EQ(findHeader(request.headers, "traceparent"), nullptr);
}

TEST_F(ObserverTest, KnowsBeforeAnAttemptWhatItIsAndNothingOfItsEnd) {
    script({response(503, "", {{"X-Request-Id", "req_1"}}), response(200)});
    observer->whileSending = [](const AttemptInfo& attempt) {
        EXPECT_NE(attempt.callId, 0U);
        EXPECT_EQ(attempt.statusCode, 0);
        EXPECT_EQ(attempt.errorCode, "");
        EXPECT_EQ(attempt.requestId, "");
        EXPECT_EQ(attempt.startedAt, std::chrono::steady_clock::time_point{});
        EXPECT_EQ(attempt.duration, 0ns);
        EXPECT_EQ(attempt.retryDelay, std::nullopt);
        EXPECT_EQ(attempt.retryReason, "");
    };
    get();
    EXPECT_THAT(observer->events, AllOf(Contains("send 1 GET raw"), Contains("send 2 GET raw")));
}

TEST_F(ObserverTest, SetsHeadersInPlaceOfThoseOfTheCallAndTheClient) {
    observer->headers = [](int) { return Headers{{"x-tag", "observer"}, {"user-agent", "observer"}}; };
    CallOptions options;
    options.headers = {{"X-Tag", "call"}, {"X-Other", "call"}};
    script({response(200)});
    get(options);
    EXPECT_THAT(api->requests.front().headers,
                ElementsAre(Pair("Authorization", "Bearer t0ken-of-the-test"), Pair("Accept", "application/json"),
                            Pair("X-Other", "call"), Pair("x-tag", "observer"), Pair("user-agent", "observer")));
}

TEST_F(ObserverTest, MaySendTwoHeadersOfOneName) {
    observer->headers = [](int) { return Headers{{"Baggage", "a=1"}, {"baggage", "b=2"}}; };
    script({response(200)});
    get();
    EXPECT_THAT(api->requests.front().headers,
                AllOf(Contains(Pair("Baggage", "a=1")), Contains(Pair("baggage", "b=2"))));
}

TEST_F(ObserverTest, SetsHeadersForOneAttemptAlone) {
    observer->headers = [](int attempt) {
        return attempt == 1 ? Headers{{"X-Tag", "observer"}, {"X-First", "1"}, {"X-Second", "2"}} : Headers{};
    };
    CallOptions options;
    options.headers = {{"X-Tag", "call"}, {"X-Tag", "call again"}};
    script({response(503), response(200)});
    get(options);
    ASSERT_THAT(api->requests, SizeIs(2));
    EXPECT_THAT(sentValues("X-First"), ElementsAre("1", ""));
    EXPECT_THAT(api->requests[1].headers,
                ElementsAre(Pair("Authorization", "Bearer t0ken-of-the-test"), Pair("Accept", "application/json"),
                            Pair("User-Agent", testing::_), Pair("X-Tag", "call"), Pair("X-Tag", "call again")));
}

TEST_F(ObserverTest, CannotSetWhatACallMayNotSet) {
    observer->headers = [](int) {
        return Headers{{"authorization", "Bearer mine"},
                       {"Host", "evil.test"},
                       {"Content-Length", "1"},
                       {"Transfer-Encoding", "chunked"},
                       {"Connection", "close"},
                       {"X-A", "a\r\nX-Evil: 1"},
                       {"X B", "b"},
                       {"X-Fine", "fine"}};
    };
    script({response(200)});
    get();
    EXPECT_THAT(api->requests.front().headers,
                ElementsAre(Pair("Authorization", "Bearer t0ken-of-the-test"), Pair("Accept", "application/json"),
                            Pair("User-Agent", testing::_), Pair("X-Fine", "fine")));
    EXPECT_THAT(
        logger->lines,
        ElementsAre(
            R"(onSend: "authorization" is set by the client and cannot be overridden; the header is dropped)",
            R"(onSend: "Host" is set by the client and cannot be overridden; the header is dropped)",
            R"(onSend: "Content-Length" is set by the client and cannot be overridden; the header is dropped)",
            R"(onSend: "Transfer-Encoding" is set by the client and cannot be overridden; the header is dropped)",
            R"(onSend: "Connection" is set by the client and cannot be overridden; the header is dropped)",
            R"(onSend: the value of "X-A" must not contain CR, LF or NUL; the header is dropped)",
            R"(onSend: "X B" is not a valid header name; the header is dropped)"));
}

TEST_F(ObserverTest, LosesItsHeadersByThrowing) {
    observer->headers = [](int attempt) -> Headers {
        if (attempt == 1) throw std::runtime_error("from onSend");
        return {{"traceparent", "x"}};
    };
    script({response(503), response(200)});
    get();
    EXPECT_THAT(sentValues("traceparent"), ElementsAre("", "x"));
    EXPECT_THAT(logger->lines, ElementsAre("onSend threw an exception; the attempt is sent without its headers"));
}

TEST_F(ObserverTest, EndsACallByTakingAllOfItsTime) {
    observer->whileSending = [this](const AttemptInfo&) { clock->advance(2min); };
    EXPECT_THROW(core->raw("POST", "/items", {}, {}), TimeoutError);
    EXPECT_THAT(api->requests, IsEmpty());
    EXPECT_EQ(outcome(), "0 kontext_network_error, 0 attempts");
    EXPECT_THAT(observer->events, ElementsAre("sent 1 POST token 200", "send 1 POST raw", "call POST raw 0"));
}

TEST_F(ObserverTest, MayCancelTheCallBeforeItIsSent) {
    CancellationSource cancellation;
    observer->whileSending = [&](const AttemptInfo&) { cancellation.cancel(); };
    CallOptions options;
    options.cancel = cancellation.token();
    EXPECT_THROW(core->raw("POST", "/items", {}, options), CancelledError);
    EXPECT_THAT(api->requests, IsEmpty());
}

TEST_F(ObserverTest, NeedsNoMoreThanOnAttempt) {
    ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials = {"sa_1", Secret("hush-of-the-test")};
    config.transport = api;
    const auto old = std::make_shared<AttemptsOnly>();
    config.observer = old;
    core = std::make_shared<const detail::Core>(std::move(config), clock);
    script({response(200, "body")});
    EXPECT_EQ(get().body, "body");
    EXPECT_EQ(old->attempts, 2) << "a token request, and the request";
}

} // namespace
} // namespace kontext
