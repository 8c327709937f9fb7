// A fault, and what must come of it: the rows of the tables in this directory.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <typeinfo>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "faults/secrets.hpp"
#include "support/fault_server.hpp"
#include "support/leftovers.hpp"
#include "support/wire_server.hpp"

namespace kontext_test {

using std::chrono::milliseconds;

inline const std::string clientId = "sa_9c1f2d3e-fault";
/// With every character that some encoding spells otherwise.
inline const std::string clientSecret = "sa_secret_Zq9+/=%&\"\\ fault";
inline const std::string accessToken = "ory_at_kQ3vT9mW2xR7yB5nP8sD1fG4hJ6kL0z.firstTokenOfTheTest";

inline std::string application() { return R"({"application":{"id":"42","name":"Answer"}})"; }

/// Head and body of a good response.
inline std::string goodResponse(const std::string& body = application(), const std::string& moreHeaders = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + moreHeaders
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Answers each request with these bytes, and keeps the connection.
inline FaultServer::Script always(std::string response) {
    return [response = std::move(response)](Peer& peer) {
        while (peer.receive() && peer.send(response)) {
        }
    };
}

/// The same with what this makes: for what is so large that each test of the program would be slower for it.
inline FaultServer::Script alwaysMade(std::string (*make)()) {
    return [make](Peer& peer) { always(make())(peer); };
}

/// Answers each request with these bytes, and then closes.
inline FaultServer::Script andClose(std::string response) {
    return [response = std::move(response)](Peer& peer) {
        if (peer.receive()) peer.send(response);
        peer.sayGoodbye();
    };
}

/// Answers each request with these bytes, and then waits for the client to go.
inline FaultServer::Script andHang(std::string response) {
    return [response = std::move(response)](Peer& peer) {
        if (peer.receive() && peer.send(response)) peer.hang();
    };
}

/// An error's class without the namespace; "" for none.
inline std::string nameOf(const std::exception& error) {
    const std::type_info& type = typeid(error);
    const std::pair<const std::type_info&, const char*> names[] = {
        {typeid(kontext::HttpError), "HttpError"},
        {typeid(kontext::BadRequestError), "BadRequestError"},
        {typeid(kontext::UnauthorizedError), "UnauthorizedError"},
        {typeid(kontext::ForbiddenError), "ForbiddenError"},
        {typeid(kontext::NotFoundError), "NotFoundError"},
        {typeid(kontext::ConflictError), "ConflictError"},
        {typeid(kontext::PreconditionFailedError), "PreconditionFailedError"},
        {typeid(kontext::UnprocessableEntityError), "UnprocessableEntityError"},
        {typeid(kontext::RateLimitError), "RateLimitError"},
        {typeid(kontext::ServerError), "ServerError"},
        {typeid(kontext::OAuthError), "OAuthError"},
        {typeid(kontext::NetworkError), "NetworkError"},
        {typeid(kontext::TimeoutError), "TimeoutError"},
        {typeid(kontext::DecodeError), "DecodeError"},
        {typeid(kontext::CancelledError), "CancelledError"},
        {typeid(kontext::ConfigError), "ConfigError"},
    };
    for (const auto& [known, name] : names)
        if (known == type) return name;
    return type.name();
}

/// What came of a call.
struct Result {
    std::string error{}; // the class; "": it succeeded
    std::optional<kontext::NetworkErrorKind> kind{};
    std::optional<bool> processed{};
    std::string because{};
    std::string message{};
    std::string code{};
    std::string what{};
    std::string body{};
    int statusCode = 0;
    int attempts = 0;
    std::optional<std::chrono::seconds> retryAfter{};
    milliseconds took{};
    milliseconds computed{}; // the processor's time of the calling thread
    Said said{};
};

/// Of this thread.
inline milliseconds processorTime() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

template <class Call>
Result observe(const Call& call) {
    Result result;
    const auto started = std::chrono::steady_clock::now();
    const auto computed = processorTime();
    const auto stop = [&] {
        result.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
        result.computed = processorTime() - computed;
    };
    try {
        call();
        stop();
    } catch (const kontext::KontextError& error) {
        stop();
        result.error = nameOf(error);
        result.because = error.retryStopReason();
        result.message = error.message();
        result.code = error.code();
        result.what = error.what();
        result.statusCode = error.statusCode();
        result.attempts = error.attempts();
        result.retryAfter = error.retryAfter();
        if (const auto* network = dynamic_cast<const kontext::NetworkError*>(&error)) {
            result.kind = network->kind();
            result.processed = network->requestMayHaveBeenProcessed();
        }
        if (const auto* cancelled = dynamic_cast<const kontext::CancelledError*>(&error))
            result.processed = cancelled->requestMayHaveBeenProcessed();
        if (const auto* http = dynamic_cast<const kontext::HttpError*>(&error)) result.body = http->body();
        collect(error, result.said);
    } catch (const std::exception& error) {
        stop();
        result.error = nameOf(error);
        result.what = error.what();
        result.said.emplace_back("what()", error.what());
    }
    return result;
}

/// What must come of a call. What is not set is not looked at.
struct Expected {
    std::string error{}; // the exact class; "": it succeeds
    std::optional<kontext::NetworkErrorKind> kind{};
    std::optional<bool> processed{};
    std::string because{}; // within retryStopReason()
    std::string says{};    // within message()
    std::string code{};
    int status = 0;
    std::size_t requests = 1; // that arrived at the server
    std::optional<int> attempts{};
    milliseconds atLeast{0};
    std::optional<milliseconds> atMost{}; // as the configuration has it, to which comes the slack; none: 1.5 s
    milliseconds computesFor{20'000};     // at most; in a debug build
    std::optional<milliseconds> waits{};  // before the second attempt, as the client decides
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(KONTEXT_COUNTS_LINES)
constexpr bool isInstrumented = true;
#elif defined(__has_feature)
constexpr bool isInstrumented = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool isInstrumented = false;
#endif

/// Of nested JSON: more than any stack holds.
constexpr std::size_t manyLevels = 200'000;

/// What a busy machine may add to a time: never so much that a timeout could be missed unseen.
inline milliseconds slack() {
    double load = 0;
    if (::getloadavg(&load, 1) != 1) load = 0;
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    return milliseconds(static_cast<long>(1'500 * std::clamp(load / cores, 1.0, 2.0) * (isInstrumented ? 2 : 1)));
}

inline void check(const Result& result, const Expected& expected) {
    EXPECT_EQ(result.error, expected.error) << result.what;
    if (expected.kind) {
        ASSERT_TRUE(result.kind.has_value()) << result.what;
        EXPECT_STREQ(toString(*result.kind), toString(*expected.kind)) << result.what;
    }
    if (expected.processed) {
        EXPECT_EQ(result.processed, expected.processed) << result.what;
    }
    EXPECT_NE(result.because.find(expected.because), std::string::npos) << '"' << result.because << '"';
    EXPECT_NE(result.message.find(expected.says), std::string::npos) << '"' << result.message << '"';
    EXPECT_EQ(result.code, expected.code.empty() ? result.code : expected.code);
    EXPECT_EQ(result.statusCode, expected.status == 0 ? result.statusCode : expected.status);
    EXPECT_EQ(result.attempts, expected.attempts.value_or(result.attempts)) << result.what;
    EXPECT_GE(result.took, expected.atLeast) << result.what;
    EXPECT_LE(result.took, expected.atMost.value_or(milliseconds(1'500)) + slack()) << result.what;
    if (!isInstrumented) {
        EXPECT_LE(result.computed, expected.computesFor) << result.what;
    }
}

/// A token endpoint that works, so that faults are those of the API alone, and a client's configuration that notes all
/// that the client says.
class World {
public:
    World() {
        identity.token(Response::json(R"({"access_token":")" + accessToken
                                      + R"(","token_type":"bearer","expires_in":3600,"scope":"management:all"})"));
        secrets.add(clientId, clientSecret);
        secrets.add(accessToken);
    }

    /// Retries wait for a millisecond or two. Nothing times out, however busy the machine: that is for impatient().
    kontext::ClientConfig config(const std::string& baseUrl) const {
        return {.baseUrl = baseUrl,
                .credentials = {.clientId = clientId, .clientSecret = clientSecret},
                .tokenUrl = identity.url() + "/oauth2/token",
                .timeouts = {.connect = milliseconds(20'000),
                             .attempt = milliseconds(30'000),
                             .call = milliseconds(60'000)},
                .retry = {.maxRetries = 2, .initialDelay = milliseconds(1), .maxDelay = milliseconds(2)},
                .logger = log,
                .observer = notices};
    }

    /// The wait before the second attempt that was made of anything.
    std::optional<milliseconds> waited() const {
        for (const auto& notice : notices->notices())
            if (notice.retryDelay) return notice.retryDelay;
        return std::nullopt;
    }

    void expectNothingLeaked(const Result& result) const {
        Said said = result.said;
        collect(*log, said);
        collect(*notices, said);
        expectNoSecret(secrets, said);
    }
    /// No attempt outlives its time.
    void expectAttemptsWithin(milliseconds limit) const {
        for (const auto& notice : notices->notices())
            EXPECT_LE(notice.duration, limit + slack()) << notice.all;
    }

    Leftovers leftovers{}; // first, so that it dies last
    WireServer identity{};
    Secrets secrets{};
    std::shared_ptr<CapturedLog> log = std::make_shared<CapturedLog>();
    std::shared_ptr<CapturedNotices> notices = std::make_shared<CapturedNotices>();
};

/// For tests of what does time out, so that they do not take long. An attempt that outlives its timeout ends with the
/// call's, far beyond the slack.
inline void impatient(kontext::ClientConfig& config) {
    config.timeouts = {.connect = milliseconds(2'000), .attempt = milliseconds(1'000), .call = milliseconds(20'000)};
}

using Client = kontext::KontextManagementClient;

inline void getApplication(const Client& client) { client.applications.get("42"); }
inline void createAccount(const Client& client) { client.serviceAccounts.create({.name = "robot"}); }
inline void archiveApplication(const Client& client) { client.applications.archive("42"); }
/// More than the buffers of two sockets take.
constexpr std::size_t postedBytes = 16u << 20;
inline void postMuch(const Client& client) {
    client.request("POST", "/applications", {.body = "\"" + std::string(postedBytes, 'x') + '"'});
}

struct Scenario {
    std::string name{};
    FaultServer::Script script{};
    Expected expected{};
    void (*call)(const Client&) = &getApplication;
    std::function<void(kontext::ClientConfig&)> configure{};
    std::optional<FaultTls> tls{};
};

inline std::ostream& operator<<(std::ostream& out, const Scenario& scenario) { return out << scenario.name; }

inline std::string nameOfScenario(const ::testing::TestParamInfo<Scenario>& info) { return info.param.name; }

class FaultTable : public ::testing::TestWithParam<Scenario> {
protected:
    void run(const std::string& host = "127.0.0.1") {
        const Scenario& scenario = GetParam();
        World world;
        FaultServer server(scenario.script, scenario.tls);
        kontext::ClientConfig config = world.config(server.url(host));
        if (scenario.expected.error == "TimeoutError") impatient(config);
        if (scenario.configure) scenario.configure(config);
        const milliseconds attempt = config.timeouts.attempt;
        Expected expected = scenario.expected;
        if (expected.error == "TimeoutError" && !expected.atMost)
            expected.atMost = static_cast<int>(expected.requests) * attempt;
        const Client client(std::move(config));
        const Result result = observe([&] { scenario.call(client); });
        check(result, expected);
        if (expected.waits) {
            EXPECT_EQ(world.waited(), expected.waits);
        }
        EXPECT_EQ(server.requests().size(), expected.requests) << result.what;
        world.expectAttemptsWithin(attempt);
        world.expectNothingLeaked(result);
    }
};

} // namespace kontext_test
