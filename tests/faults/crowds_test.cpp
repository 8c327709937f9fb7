// Many threads, many requests.

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "emulator/server.hpp"
#include "faults/scenario.hpp"

namespace kontext_test::crowds_test {
namespace {

using std::string;

/// All threads leave at once.
class Gate {
public:
    explicit Gate(int count) : missing_(count) {}
    void pass() {
        --missing_;
        while (missing_ > 0)
            std::this_thread::yield();
    }

private:
    std::atomic<int> missing_;
};

template <class Function>
void onThreads(int count, const Function& function) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&function, i] { function(i); });
    for (std::thread& thread : threads)
        thread.join();
}

// Each notes that its token was refused at a time of its own; the token that one of them then gets is good for all.
TEST(Crowds, SixtyFourThreadsWhoseTokenIsRevokedMintOnce) {
    constexpr int count = 64;
    kontext_emulator::Server server;
    const Client client({.baseUrl = server.url(),
                         .credentials = {.clientId = server.clientId(), .clientSecret = server.clientSecret()},
                         .retry = {.maxRetries = 0}});
    for (int round = 1; round <= 5; ++round) {
        std::atomic<int> failed{0};
        Gate ready(count);
        Gate revoked(count);
        onThreads(count, [&](int number) {
            const auto call = [&] {
                if (!observe([&] { client.applications.list({.limit = 1}); }).error.empty()) ++failed;
            };
            call(); // each has its connection and the token
            ready.pass();
            if (number == 0) server.expireTokens();
            revoked.pass();
            call();
            call();
        });
        EXPECT_EQ(failed, 0);
        EXPECT_EQ(server.tokensIssued(), 1 + round);
    }
}

TEST(Crowds, SixtyFourThreadsThatBeginTogetherMintOnce) {
    constexpr int count = 64;
    kontext_emulator::Server server;
    const Client client({.baseUrl = server.url(),
                         .credentials = {.clientId = server.clientId(), .clientSecret = server.clientSecret()}});
    Gate ready(count);
    std::atomic<int> failed{0};
    onThreads(count, [&](int) {
        ready.pass();
        if (!observe([&] { client.applications.list({.limit = 1}); }).error.empty()) ++failed;
    });
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(server.tokensIssued(), 1);
}

/// How a connection ends in which every hundredth POST was executed and not answered.
struct Death {
    const char* name = "";
    bool reset = false; // or else a FIN
    bool tls = false;
    int posts = 10'000;
};

std::ostream& operator<<(std::ostream& out, const Death& death) { return out << death.name; }

/// Executes each POST, and then ends every hundredth connection in place of an answer.
class Executor {
public:
    explicit Executor(bool reset) : reset_(reset) {}

    FaultServer::Script script() {
        return [this](Peer& peer) {
            while (peer.receive()) {
                const bool last = execute(peer.request().body) % 100 == 0;
                if (last && reset_) return peer.reset();
                if (last || !peer.send(response_)) return;
            }
        };
    }
    std::map<string, int> executed() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return executed_;
    }

private:
    int execute(const string& body) {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++executed_[body];
        return ++count_;
    }

    const bool reset_;
    const string response_ = goodResponse(R"({"ok":true})");
    std::mutex mutex_{};
    std::map<string, int> executed_{};
    int count_ = 0;
};

/// What a thread heard of its POSTs.
struct Outcome {
    int lost = 0;
    Said said{};
};

class CrowdOfPosts : public ::testing::TestWithParam<Death> {};
TEST_P(CrowdOfPosts, NoneIsExecutedTwiceAndEachLostAnswerIsTold) {
    constexpr int threads = 8;
    const Death& death = GetParam();
    const int each = death.posts / threads;
    const World world;
    const KeyPair authority = makeAuthority();
    Executor executor(death.reset);
    std::optional<FaultTls> tls;
    if (death.tls) tls = FaultTls{.certificate = makeCertificate({}, &authority)};
    const FaultServer server(executor.script(), tls);
    kontext::ClientConfig config = world.config(server.url());
    config.tls.caPem = authority.certificate;
    config.timeouts = {};
    const Client client(std::move(config));
    std::array<Outcome, threads> outcomes;
    onThreads(threads, [&](int thread) {
        Outcome& outcome = outcomes[static_cast<std::size_t>(thread)];
        for (int i = 0; i < each; ++i) {
            const string body = "{\"name\":\"post-" + std::to_string(thread) + '-' + std::to_string(i) + "\"}";
            Result result = observe([&] { client.request("POST", "/applications", {.body = body}); });
            if (result.error.empty()) continue;
            ++outcome.lost;
            EXPECT_EQ(result.error, "NetworkError") << result.what;
            EXPECT_EQ(result.processed, true) << result.what;
            EXPECT_EQ(result.attempts, 1) << result.what;
            std::move(result.said.begin(), result.said.end(), std::back_inserter(outcome.said));
        }
    });
    const auto executed = executor.executed();
    EXPECT_EQ(executed.size(), static_cast<std::size_t>(death.posts));
    EXPECT_TRUE(std::all_of(executed.begin(), executed.end(), [](const auto& post) { return post.second == 1; }));
    EXPECT_EQ(server.requests().size(), static_cast<std::size_t>(death.posts));
    Result all;
    int lost = 0;
    for (Outcome& outcome : outcomes) {
        lost += outcome.lost;
        std::move(outcome.said.begin(), outcome.said.end(), std::back_inserter(all.said));
    }
    EXPECT_EQ(lost, death.posts / 100);
    world.expectNothingLeaked(all);
}
INSTANTIATE_TEST_SUITE_P(Faults, CrowdOfPosts,
                         ::testing::Values(Death{"OfTenThousandWithOneInAHundredReset", true},
                                           Death{"OfTwoThousandWithOneInAHundredClosed", false, false, 2'000},
                                           Death{"OfTwoThousandOverTlsWithOneInAHundredReset", true, true, 2'000}),
                         [](const auto& death) { return string(death.param.name); });

} // namespace
} // namespace kontext_test::crowds_test
