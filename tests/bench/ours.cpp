// The same calls by kontext, and what only a client has: tokens, a pool of handles, errors.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <kontext/management.hpp>

#include "program.hpp"

namespace {

using Clock = std::chrono::steady_clock;

kontext::ClientConfig config(const bench::Arguments& arguments) {
    kontext::ClientConfig config;
    config.baseUrl = arguments.baseUrl;
    config.credentials = {"sa_1", kontext::Secret(std::string(43, 'k'))};
    config.audience = "";
    if (arguments.mode == "http2") config.httpVersion = kontext::HttpVersion::http2;
    return config;
}

/// After it a POST takes a fresh connection, and a GET the one that is there.
constexpr std::chrono::milliseconds pause(600);

std::string id() {
    const std::string path = bench::applicationPath;
    return path.substr(path.rfind('/') + 1);
}

/// One call of the mode; that of "paused_MODE" comes after a pause.
std::function<void()> caller(const kontext::KontextManagementClient& client, const std::string& mode) {
    constexpr std::string_view paused = "paused_";
    if (mode.rfind(paused, 0) == 0)
        return [call = caller(client, mode.substr(paused.size()))] {
            std::this_thread::sleep_for(pause);
            call();
        };
    if (mode == "post") return [client] { client.request("POST", bench::postPath, {{}, R"({"name":"Support"})"}); };
    if (mode == "get")
        return [client, id = id()] {
            if (client.applications.get(id).application.id != id) throw std::runtime_error("no application");
        };
    if (mode == "page")
        return [client] {
            if (client.applications.list().items.size() != 50) throw std::runtime_error("no page of 50");
        };
    if (mode == "rawpage") return [client] { client.request("GET", bench::pagePath); };
    if (mode == "raw" || mode == "http2")
        return [client] {
            if (client.request("GET", bench::applicationPath).headers.size() < 8)
                throw std::runtime_error("headers are missing");
        };
    throw std::runtime_error("unknown mode " + mode);
}

/// CALLS in each of THREADS at once; how long they took together.
double atOnce(const bench::Arguments& arguments, const std::function<void()>& call) {
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    const auto start = Clock::now();
    for (std::size_t i = 0; i < arguments.threads; ++i)
        threads.emplace_back([&] {
            failures += bench::guarded("a thread", [&] {
                for (std::size_t n = 0; n < arguments.calls; ++n)
                    call();
            });
        });
    for (auto& thread : threads)
        thread.join();
    if (failures > 0) throw std::runtime_error("a call failed");
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Fills the pool with a handle for each thread, lets it lie for a little longer than idle handles are kept, and then
/// calls from one thread.
void pool(const bench::Arguments& arguments) {
    const kontext::KontextManagementClient client(config(arguments));
    const std::size_t none = bench::descriptors();
    // Slow, so that each thread needs a handle of its own.
    atOnce(arguments, [&client] { client.request("GET", bench::slowPath); });
    const std::size_t full = bench::descriptors() - none;
    std::this_thread::sleep_for(std::chrono::seconds(61));
    for (std::size_t i = 0; i < 2 * arguments.threads; ++i)
        client.request("GET", bench::applicationPath);
    std::printf("full=%zu shrunk=%zu\n", full, bench::descriptors() - none);
}

/// A call that ends in an error, between two that do not.
void error(const bench::Arguments& arguments) {
    const kontext::KontextManagementClient client(config(arguments));
    client.request("GET", bench::applicationPath);
    kontext::CallOptions hurried;
    hurried.timeout = std::chrono::milliseconds(300);
    hurried.maxRetries = 0;
    try {
        client.request("GET", bench::slowPath, {}, hurried);
    } catch (const kontext::TimeoutError&) {
        client.request("GET", bench::applicationPath);
        return;
    }
    throw std::runtime_error("the slow call did not time out");
}

void run(const bench::Arguments& arguments) {
    if (arguments.mode == "cold") { // nothing but the calls
        const kontext::KontextManagementClient client(config(arguments));
        caller(client, "get")();
    } else if (arguments.mode == "handles") { // a new one each time
        bench::measure(arguments, [&arguments] {
            return [&arguments] {
                const kontext::KontextManagementClient client(config(arguments));
                client.request("GET", bench::applicationPath);
            };
        });
    } else if (arguments.mode == "slow") {
        const kontext::KontextManagementClient client(config(arguments));
        std::printf("seconds=%.3f\n", atOnce(arguments, [&client] { client.request("GET", bench::slowPath); }));
    } else if (arguments.mode == "grow") {
        const auto call = caller(kontext::KontextManagementClient(config(arguments)), "get");
        for (std::size_t i = 0; i < arguments.calls / 10; ++i)
            call();
        const long before = bench::statusKiB("VmRSS:");
        for (std::size_t i = arguments.calls / 10; i < arguments.calls; ++i)
            call();
        std::printf("grown_kib=%ld\n", bench::statusKiB("VmRSS:") - before);
    } else if (arguments.mode == "pool") {
        pool(arguments);
    } else if (arguments.mode == "error") {
        error(arguments);
    } else {
        const kontext::KontextManagementClient client(config(arguments));
        bench::measure(arguments, [&] { return caller(client, arguments.mode); });
    }
}

} // namespace

int main(int count, char** values) {
    return bench::guarded("ours", [&] { run(bench::Arguments(count, values)); });
}
