// A C++20 program on the C++17 library, with the opt-in JSON header.
#include <chrono>
#include <memory>

#include <kontext/json.hpp>
#include <kontext/mock.hpp>

int main() {
    using namespace std::chrono_literals;
    auto mock = std::make_shared<kontext::mock::MockTransport>();
    mock->on("POST", "/api/v1/applications").fail(kontext::NetworkErrorKind::receive);
    mock->on("GET", "/api/v1/traces/stats").reply(503).thenReply(200, R"({"totalTraces":3,"latency":{"p95":12.5}})");
    kontext::KontextManagementClient client({.baseUrl = "https://api.test",
                                             .credentials = {.clientId = "a", .clientSecret = "b"},
                                             .retry = {.initialDelay = 0ms},
                                             .transport = mock});
    auto [stats] = client.traces.stats({.period = "7d"});
    if (kontext::toJson(stats).at("latency").at("p95") != 12.5) return 1;
    try {
        client.applications.create({.name = "x", .oauth = {.redirectUris = {"https://a.test"}}});
    } catch (const kontext::NetworkError& error) {
        return error.requestMayHaveBeenProcessed() ? 0 : 2;
    }
    return 3;
}
