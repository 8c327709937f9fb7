// What an observer hears of and adds, over real connections and from many threads.
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "support/wire_client.hpp"
#include "support/wire_server.hpp"

namespace {

using namespace kontext_test;
using Client = kontext::KontextManagementClient;
using testing::Each;
using testing::Pair;
using testing::SizeIs;

/// Notes who was told, by call.
class Notes : public kontext::CallObserver {
public:
    kontext::Headers onSend(const kontext::AttemptInfo& attempt) override {
        const std::lock_guard<std::mutex> lock(mutex);
        threads[attempt.callId].insert(std::this_thread::get_id());
        return {{"X-Call", std::to_string(attempt.callId)}};
    }
    void onAttempt(const kontext::AttemptInfo& attempt) override {
        const std::lock_guard<std::mutex> lock(mutex);
        threads[attempt.callId].insert(std::this_thread::get_id());
        if (attempt.route == "token") ++tokenRequests;
    }
    void onCall(const kontext::CallInfo& call) override {
        const std::lock_guard<std::mutex> lock(mutex);
        threads[call.callId].insert(std::this_thread::get_id());
        ++calls[call.callId];
        routes.emplace(call.method, call.route);
    }

    std::mutex mutex{};
    std::map<std::uint64_t, std::set<std::thread::id>> threads{};
    std::map<std::uint64_t, int> calls{};
    std::set<std::pair<std::string, std::string>> routes{};
    int tokenRequests = 0;
};

class Observed : public testing::Test {
protected:
    Observed() {
        config.observer = notes;
        server.respond(Response::json(R"({"application":{"id":"app-1"}})"));
    }

    WireServer server{};
    std::shared_ptr<Notes> notes = std::make_shared<Notes>();
    kontext::ClientConfig config{configFor(server)};
};

TEST_F(Observed, CallsOfManyThreadsAreToldApart) {
    const Client client(config);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&client] {
            for (int call = 0; call < 10; ++call)
                client.applications.get("app-1");
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_THAT(notes->calls, SizeIs(40));
    EXPECT_THAT(notes->calls, Each(Pair(testing::Gt(0U), 1))) << "each once";
    EXPECT_THAT(notes->threads, SizeIs(40)) << "the token request belongs to one of them";
    EXPECT_THAT(notes->threads, Each(Pair(testing::_, SizeIs(1)))) << "each on one thread";
    EXPECT_EQ(notes->tokenRequests, 1);
    std::set<std::string> seen;
    for (const Request& request : server.requests())
        seen.insert(request.header("X-Call"));
    EXPECT_THAT(seen, SizeIs(40)) << "the headers of a call went with no other";
}

TEST_F(Observed, CallsAreKnownByTheirRoutes) {
    const Client client(config);
    client.applications.get("app-1");
    client.applications.archive("app-1");
    client.request("OPTIONS", "/anything?a=b");
    EXPECT_THAT(notes->routes,
                testing::UnorderedElementsAre(Pair("GET", "/applications/{id}"), Pair("DELETE", "/applications/{id}"),
                                              Pair("OPTIONS", "raw")));
}

TEST_F(Observed, TokenRequestsCarryNoHeadersOfTheObserver) {
    Client(config).applications.get("app-1");
    ASSERT_THAT(server.tokenRequests(), SizeIs(1));
    EXPECT_EQ(server.tokenRequests()[0].count("X-Call"), 0U);
}

} // namespace
