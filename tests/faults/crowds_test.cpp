// Many threads, many requests.

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "emulator/server.hpp"
#include "faults/scenario.hpp"

namespace kontext_test {
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
        EXPECT_EQ(server.tokensMinted(), 1 + round);
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
    EXPECT_EQ(server.tokensMinted(), 1);
}

/// Executes each POST, and then resets every hundredth connection, or closes it.
class Executor {
public:
    FaultServer::Script script() {
        return [this](Peer& peer) {
            while (peer.receive()) {
                const int number = execute(peer.request().body);
                if (number % 200 == 0) return peer.reset();
                if (number % 200 == 100) return;
                if (!peer.send(reply_)) return;
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

    const string reply_ = goodReply(R"({"ok":true})");
    std::mutex mutex_{};
    std::map<string, int> executed_{};
    int count_ = 0;
};

TEST(Crowds, OfTenThousandPostsOnConnectionsThatDieNoneIsExecutedTwice) {
    constexpr int threads = 8;
    constexpr int each = 1'250;
    const World world;
    Executor executor;
    const FaultServer server(executor.script());
    kontext::ClientConfig config = world.config(server.url());
    config.logger = nullptr;
    config.observer = nullptr;
    config.timeouts = {};
    const Client client(std::move(config));
    std::mutex mutex;
    std::map<string, string> outcomes; // by name: "" for a success
    std::atomic<int> unexpected{0};
    onThreads(threads, [&](int thread) {
        for (int i = 0; i < each; ++i) {
            const string body = "{\"name\":\"post-" + std::to_string(thread) + '-' + std::to_string(i) + "\"}";
            const Result result = observe([&] { client.request("POST", "/applications", {.body = body}); });
            if (!result.error.empty() && (result.error != "NetworkError" || result.processed != true)) {
                ++unexpected;
                ADD_FAILURE() << result.what;
            }
            if (!result.error.empty() && result.attempts != 1) ADD_FAILURE() << result.what;
            const std::lock_guard<std::mutex> lock(mutex);
            outcomes[body] = result.error;
        }
    });
    EXPECT_EQ(unexpected, 0);
    const auto executed = executor.executed();
    EXPECT_EQ(executed.size(), static_cast<std::size_t>(threads * each));
    int twice = 0;
    for (const auto& [body, count] : executed)
        if (count != 1) ++twice;
    EXPECT_EQ(twice, 0);
    int lost = 0;
    for (const auto& [body, error] : outcomes)
        if (!error.empty()) ++lost;
    EXPECT_EQ(lost, threads * each / 100);
}

} // namespace
} // namespace kontext_test
