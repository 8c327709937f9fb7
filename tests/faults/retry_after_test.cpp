// Servers that say when to come back, in every form, and in none.

#include <array>
#include <ctime>

#include <gtest/gtest.h>

#include "client/core.hpp"
#include "faults/scenario.hpp"
#include "unit/fake_clock.hpp"

namespace kontext_test::retry_after_test {
namespace {

using std::string;
using std::chrono::seconds;

constexpr const char* sun = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
constexpr const char* usedUp = "retry limit (2) reached";

string refusal(const string& status, const string& headers) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 0\r\n\r\n";
}

/// The first request is refused, the next ones are not.
FaultServer::Script once(const string& headers, const string& status = "503 Busy") {
    return [response = refusal(status, headers)](Peer& peer) {
        while (peer.receive() && peer.send(peer.served() == 1 ? response : goodResponse())) {
        }
    };
}

FaultServer::Script forever(const string& headers, const string& status = "503 Busy") {
    return always(refusal(status, headers));
}

/// What is refused once, and how long the client waits then.
struct Wait {
    string name{};
    string headers{};
    milliseconds waits{};
    string status = "503 Busy";
    string method = "GET";
};

/// As if nothing had been said: the back-off.
constexpr milliseconds soon(1);
constexpr milliseconds afterASecond(1'000);

const Wait waits[] = {
    {"SecondsNone", "Retry-After: 0\r\n", soon},
    {"SecondsOne", "Retry-After: 1\r\n", afterASecond},
    {"SecondsFifty", "Retry-After: 50\r\n", milliseconds(50'000)},
    {"SecondsWithBlanks", "Retry-After:   1  \r\n", afterASecond},
    {"SecondsWithAFraction", "Retry-After: 0.2\r\n", afterASecond},
    {"DateOfToday", string(sun) + "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n", afterASecond},
    {"DateOfRfc850", string(sun) + "Retry-After: Sunday, 06-Nov-94 08:49:38 GMT\r\n", afterASecond},
    {"DateOfAsctime", string(sun) + "Retry-After: Sun Nov  6 08:49:38 1994\r\n", afterASecond},
    {"DateGoneBy", string(sun) + "Retry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n", soon},
    {"DateWithoutADate", "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n", soon},
    {"Negative", "Retry-After: -5\r\n", soon},
    {"Words", "Retry-After: after lunch\r\n", soon},
    {"Empty", "Retry-After:\r\n", soon},
    {"None", "", soon},
    {"TooManyRequestsForAGet", "Retry-After: 1\r\n", afterASecond, "429 Slow Down"},
    // A 429 was not processed.
    {"TooManyRequestsForAPost", "Retry-After: 1\r\n", afterASecond, "429 Slow Down", "POST"},
    {"RequestTimeout", "", soon, "408 Too Slow"},
    {"BadGateway", "", soon, "502 Bad Gateway"},
    {"GatewayTimeout", "", soon, "504 Gateway Timeout"},
    {"ServerError", "", soon, "500 Oops"},
};

std::ostream& operator<<(std::ostream& out, const Wait& wait) { return out << wait.name; }

class RetryAfterWaits : public ::testing::TestWithParam<Wait> {};
TEST_P(RetryAfterWaits, AsItShould) {
    const Wait& wait = GetParam();
    const World world;
    const FaultServer server(once(wait.headers, wait.status));
    const auto time = std::make_shared<kontext::test::FakeClock>();
    const kontext::detail::Core core(world.config(server.url()), time);
    const Result result = observe([&] { core.raw(wait.method, "/applications/42", {}, {}); });
    check(result, {});
    EXPECT_EQ(time->waits(), std::vector<milliseconds>{wait.waits});
    EXPECT_EQ(world.waited(), wait.waits);
    EXPECT_EQ(server.requests().size(), 2u);
    world.expectNothingLeaked(result);
}
INSTANTIATE_TEST_SUITE_P(Faults, RetryAfterWaits, ::testing::ValuesIn(waits),
                         [](const auto& wait) { return wait.param.name; });

TEST(RetryAfter, IsWaitedForByTheClock) {
    const World world;
    const FaultServer server(once("Retry-After: 1\r\n"));
    const Client client(world.config(server.url()));
    check(observe([&] { getApplication(client); }), {.atLeast = milliseconds(1'000)});
    EXPECT_EQ(server.requests().size(), 2u);
}

/// With what retryAfter() must say.
struct Row {
    Scenario scenario{};
    std::optional<seconds> retryAfter{};
};

const Row ends[] = {
    {{"MoreThanMaxRetryAfter",
      forever("Retry-After: 3600\r\n"),
      {.error = "ServerError",
       .because = "the server asks to wait 3600 s, more than maxRetryAfter (60 s)",
       .attempts = 1}},
     seconds(3600)},
    {{"DateBeyondMaxRetryAfter",
      forever(string(sun) + "Retry-After: Mon, 07 Nov 1994 08:49:37 GMT\r\n"),
      {.error = "ServerError", .because = "more than maxRetryAfter", .attempts = 1}},
     seconds(86'400)},
    {{"SecondsBeyondAllNumbers",
      forever("Retry-After: 99999999999999999999999999\r\n"),
      {.error = "ServerError", .because = "more than maxRetryAfter", .attempts = 1}},
     seconds(315'360'000)},
    {{"MoreThanTheCallsTime",
      forever("Retry-After: 30\r\n"),
      {.error = "ServerError", .because = "the 30 s wait would exceed the call timeout", .attempts = 1}},
     seconds(30)},
    {{"RateLimitThatLasts",
      forever("Retry-After: 0\r\n", "429 Slow Down"),
      {.error = "RateLimitError", .because = usedUp, .requests = 3, .attempts = 3}},
     seconds(0)},
    {{"RateLimitThatLastsForAPost",
      forever("Retry-After: 0\r\n", "429 Slow Down"),
      {.error = "RateLimitError", .because = usedUp, .requests = 3, .attempts = 3},
      &createAccount},
     seconds(0)},
    {{"UnavailableForAPost",
      forever("Retry-After: 7\r\n"),
      {.error = "ServerError",
       .because = "a POST is not retried after status 503: it may have been processed",
       .attempts = 1},
      &createAccount},
     seconds(7)},
    {{"ServerErrorForAPost",
      forever("", "500 Oops"),
      {.error = "ServerError", .because = "a POST is not retried after status 500", .attempts = 1},
      &createAccount},
     {}},
    {{"RequestTimeoutForAPost",
      forever("", "408 Too Slow"),
      {
          .error = "HttpError",
          .because = "a POST is not retried after status 408",
          .attempts = 1,
      },
      &createAccount},
     {}},
    {{"NotImplemented", forever("Retry-After: 1\r\n", "501 No"), {.error = "ServerError", .attempts = 1}}, seconds(1)},
    {{"ForbiddenIsNeverRetried", forever("Retry-After: 0\r\n", "403 No"), {.error = "ForbiddenError", .attempts = 1}},
     seconds(0)},
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.scenario; }

string nameOfRow(const ::testing::TestParamInfo<Row>& row) { return row.param.scenario.name; }

class RetryAfterEnds : public ::testing::TestWithParam<Row> {};
TEST_P(RetryAfterEnds, TheCall) {
    const Scenario& scenario = GetParam().scenario;
    const World world;
    const FaultServer server(scenario.script);
    kontext::ClientConfig config = world.config(server.url());
    impatient(config);
    const Client client(std::move(config));
    const Result result = observe([&] { scenario.call(client); });
    check(result, scenario.expected);
    EXPECT_EQ(result.retryAfter, GetParam().retryAfter);
    EXPECT_EQ(server.requests().size(), scenario.expected.requests);
    world.expectNothingLeaked(result);
}
INSTANTIATE_TEST_SUITE_P(Faults, RetryAfterEnds, ::testing::ValuesIn(ends), nameOfRow);

// Measured against the response's own Date: a server whose clock is an hour ahead asks for two seconds, not for an
// hour.
TEST(RetryAfter, ADateIsMeasuredByTheServersClock) {
    const World world;
    const auto format = [](std::time_t moment) {
        std::tm civil{};
        gmtime_r(&moment, &civil);
        std::array<char, 64> text{};
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &civil);
        return string(text.data());
    };
    const std::time_t ahead = std::time(nullptr) + 3600;
    const FaultServer server(forever("Date: " + format(ahead) + "\r\nRetry-After: " + format(ahead + 2) + "\r\n"));
    kontext::ClientConfig config = world.config(server.url());
    config.retry.maxRetryAfter = milliseconds(1'000);
    const Client client(std::move(config));
    const Result result = observe([&] { getApplication(client); });
    check(result, {.error = "ServerError", .because = "the server asks to wait 2 s", .attempts = 1});
    EXPECT_EQ(result.retryAfter, seconds(2));
    EXPECT_EQ(server.requests().size(), 1u);
}

} // namespace
} // namespace kontext_test::retry_after_test
