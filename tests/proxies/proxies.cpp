// proxies: a row of the table that `./dev proxies` prints. Threads create, read, change and remove objects of an
// emulator behind a proxy that is already running, and pause now and then for about as long as it keeps an idle
// connection. What the calls said is then compared with the requests that the emulator received.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <kontext/management.hpp>
#include <nlohmann/json.hpp>

#include "emulator/server.hpp"
#include "proxies/slow_line.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Options {
    std::string name{};
    int emulator = 0; // the port on which the proxies expect it
    int port = 0;     // what the client talks to: a reverse proxy, or what is behind the forward proxy
    int forward = 0;  // the forward proxy, if there is one
    bool tls = false;
    bool http2 = false;
    milliseconds delay{0};    // each way between client and proxy
    milliseconds pause{1000}; // for how long a proxy keeps an idle connection
    long calls = 3000;
    std::string reload{};  // a command that must not disturb anyone, run three times on the way
    std::string restart{}; // one that may: what fails meanwhile is no fault
};

constexpr int threads = 8;

/// What the calls said of a create.
enum class Said { created, refused, unknown };

/// When the server was down: from when, and until when.
class Outages {
public:
    void during(const std::function<void()>& action) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            outages_.emplace_back(Clock::now(), Clock::time_point::max());
        }
        action();
        const std::lock_guard<std::mutex> lock(mutex_);
        outages_.back().second = Clock::now();
    }
    /// Whether there was one between then and now.
    bool since(Clock::time_point start) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return std::any_of(outages_.begin(), outages_.end(),
                           [&](const auto& outage) { return outage.second >= start; });
    }

private:
    mutable std::mutex mutex_{};
    std::vector<std::pair<Clock::time_point, Clock::time_point>> outages_{};
};

struct Counts {
    std::atomic<long> calls{0};
    std::atomic<long> succeeded{0};
    std::atomic<long> mixedUp{0};
    std::atomic<long> failed{0};
};

/// Tells of what must not be; the first few times.
void complain(const Options& options, const std::string& what) {
    static std::mutex mutex;
    static int said = 0;
    const std::lock_guard<std::mutex> lock(mutex);
    if (++said <= 20) std::fprintf(stderr, "proxies: %s: %s\n", options.name.c_str(), what.c_str());
}

class Worker {
public:
    Worker(int number, const Options& options, const kontext::KontextManagementClient& client, const Outages& outages,
           Counts& counts)
        : number_(number), options_(options), client_(client), outages_(outages), counts_(counts),
          dice_(static_cast<std::uint64_t>(number)) {}

    /// One call, after a pause or not.
    void step() {
        constexpr int burst = 20;
        const bool paused = ++steps_ % burst == 0;
        if (paused) pause();
        const int roll = static_cast<int>(dice_() % 100);
        // A create is what a connection that has just been closed harms.
        if (roll < 30 || (paused && roll < 60)) return create();
        if (objects_.empty()) return list();
        const std::size_t index = dice_() % objects_.size();
        if (roll < 60) return read(objects_[index]);
        if (roll < 75) return update(objects_[index]);
        const Object object = objects_[index];
        objects_.erase(objects_.begin() + static_cast<std::ptrdiff_t>(index));
        remove(object);
    }
    const std::map<std::string, Said>& creates() const { return creates_; }

private:
    struct Object {
        std::string name{};
        std::string id{};
        bool isApplication = false;
    };

    /// Until just before, or just behind, the moment at which the proxy's news that it has closed arrives.
    void pause() {
        const milliseconds spread = milliseconds(40) + 2 * options_.delay;
        const auto early = milliseconds(dice_() % static_cast<std::uint64_t>(spread.count()));
        std::this_thread::sleep_for(options_.pause + spread / 4 - early);
    }

    void expect(const std::string& asked, const std::string& got) {
        if (asked == got) return;
        ++counts_.mixedUp;
        complain(options_, "asked for " + asked + ", got " + got);
    }

    void create() {
        const std::string name = "proxies-" + std::to_string(number_) + '-' + std::to_string(creates_.size());
        Object object{.name = name, .isApplication = dice_() % 2 == 0};
        ++counts_.calls;
        Said said = Said::created;
        try {
            if (object.isApplication) {
                const auto made =
                    client_.applications.create({.name = name, .oauth = {.redirectUris = {"http://localhost/cb"}}});
                object.id = made.application.id;
                expect(name, made.application.name);
            } else {
                const auto made = client_.serviceAccounts.create({.name = name});
                object.id = made.serviceAccount.id;
                expect(name, made.serviceAccount.name);
            }
            ++counts_.succeeded;
            objects_.push_back(object);
        } catch (const kontext::NetworkError& error) {
            said = error.requestMayHaveBeenProcessed() ? Said::unknown : Said::refused;
        } catch (const kontext::ServerError&) {
            said = Said::unknown;
        } catch (const kontext::DecodeError& error) {
            said = Said::unknown;
            expect(name, error.what());
        } catch (const kontext::KontextError&) {
            said = Said::refused;
        }
        creates_[name] = said;
    }

    /// Runs a call that is retried, and must therefore succeed.
    void mustSucceed(const char* what, const Object& object, const std::function<void()>& call) {
        ++counts_.calls;
        const auto started = Clock::now();
        try {
            call();
            ++counts_.succeeded;
        } catch (const kontext::KontextError& error) {
            if (outages_.since(started)) return;
            ++counts_.failed;
            complain(options_, std::string(what) + ' ' + object.name + ": " + error.what());
        }
    }

    void list() {
        mustSucceed("list", {}, [&] { client_.applications.list({.limit = 20}); });
    }

    void read(const Object& object) {
        mustSucceed("read", object, [&] {
            expect(object.name, object.isApplication ? client_.applications.get(object.id).application.name
                                                     : client_.serviceAccounts.get(object.id).serviceAccount.name);
        });
    }

    void update(const Object& object) {
        if (!object.isApplication) return read(object);
        mustSucceed("update", object, [&] {
            const std::string text = "change " + std::to_string(steps_) + " of " + object.name;
            expect(text,
                   client_.applications.update(object.id, {.description = text}).application.description.value_or(""));
        });
    }

    void remove(const Object& object) {
        mustSucceed("remove", object, [&] {
            if (object.isApplication)
                client_.applications.archive(object.id);
            else
                client_.serviceAccounts.revoke(object.id);
        });
    }

    int number_;
    const Options& options_;
    const kontext::KontextManagementClient& client_;
    const Outages& outages_;
    Counts& counts_;
    std::mt19937_64 dice_;
    std::vector<Object> objects_{};
    std::map<std::string, Said> creates_{};
    long steps_ = 0;
};

void run(const std::string& command) {
    // Not system(), which would keep Ctrl-C from this program.
    std::FILE* pipe = popen(command.c_str(), "w");
    if (pipe != nullptr && pclose(pipe) == 0) return;
    std::fprintf(stderr, "proxies: failed: %s\n", command.c_str());
    std::_Exit(2); // there are threads, which would not notice
}

/// The client, as somebody would set it up who has read no more than the first page.
kontext::ClientConfig configFor(const Options& options, const kontext_emulator::Server& server, int port, int forward) {
    // A host of loopback is never reached through a proxy; the forward proxy knows where this one is.
    const std::string host = forward != 0 ? "emulator.test" : "127.0.0.1";
    kontext::ClientConfig config;
    config.baseUrl = (options.tls ? "https://" : "http://") + host + ':' + std::to_string(port);
    config.credentials = {.clientId = server.clientId(), .clientSecret = server.clientSecret()};
    config.allowInsecureHttp = true;
    if (options.http2) config.httpVersion = kontext::HttpVersion::http2;
    if (forward != 0) config.proxy.url = "http://127.0.0.1:" + std::to_string(forward);
    return config;
}

/// How often each create arrived, and how often it was executed.
struct Arrived {
    int times = 0;
    int executed = 0;
};

std::map<std::string, Arrived> arrivals(const kontext_emulator::Server& server) {
    std::map<std::string, Arrived> arrived;
    const auto requests = nlohmann::json::parse(server.requests());
    for (const auto& request : requests.at("items")) {
        if (request.at("method") != "POST" || !request.contains("body")) continue;
        Arrived& create = arrived[request.at("body").at("name")];
        ++create.times;
        if (request.at("status") == 201) ++create.executed;
    }
    return arrived;
}

int row(const Options& options) {
    kontext_emulator::Options emulated;
    emulated.port = options.emulator;
    emulated.seed = false;
    emulated.requestsKept = 10'000'000;
    const kontext_emulator::Server server(emulated);

    int port = options.port;
    int forward = options.forward;
    std::optional<kontext_test::SlowLine> line;
    if (options.delay.count() > 0) {
        int& near = forward != 0 ? forward : port;
        line.emplace(near, options.delay);
        near = line->port();
    }
    const kontext::KontextManagementClient client(configFor(options, server, port, forward));

    Counts counts;
    Outages outages;
    std::vector<std::unique_ptr<Worker>> workers;
    for (int i = 0; i < threads; ++i)
        workers.push_back(std::make_unique<Worker>(i, options, client, outages, counts));
    const auto started = Clock::now();
    std::vector<std::thread> running;
    for (const auto& worker : workers)
        running.emplace_back([&, worker = worker.get()] {
            while (counts.calls < options.calls)
                worker->step();
        });
    for (int part = 1; part < 4; ++part) {
        while (counts.calls < options.calls * part / 4)
            std::this_thread::sleep_for(milliseconds(10));
        if (!options.reload.empty()) run(options.reload);
        if (!options.restart.empty()) outages.during([&] { run(options.restart); });
    }
    for (std::thread& thread : running)
        thread.join();
    const double took = std::chrono::duration<double>(Clock::now() - started).count();

    long twice = 0;
    long denied = 0;
    long ambiguous = 0;
    long executed = 0;
    auto arrived = arrivals(server);
    for (const auto& worker : workers) {
        for (const auto& [name, said] : worker->creates()) {
            const Arrived create = arrived[name];
            if (create.times > 1) ++twice;
            if (said == Said::refused && create.executed > 0) ++denied;
            if (said == Said::unknown) ++ambiguous;
            if (said == Said::unknown && create.executed > 0) ++executed;
            if (said == Said::created && create.executed == 0) ++counts.mixedUp;
        }
    }
    // The head of the table is in tools/proxies.sh.
    std::printf("%-42s %6ld %9ld %6ld %6ld %6ld %6ld %9ld %8ld %7.1f\n", options.name.c_str(), counts.calls.load(),
                counts.succeeded.load(), twice, counts.mixedUp.load(), counts.failed.load(), denied, ambiguous,
                executed, took);
    return twice + counts.mixedUp + counts.failed + denied == 0 ? 0 : 1;
}

/// Throws std::runtime_error about what it does not know.
Options parsed(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--tls") {
            options.tls = true;
            continue;
        }
        if (option == "--http2") {
            options.http2 = true;
            continue;
        }
        if (++i == argc) throw std::runtime_error(std::string(option) + " takes a value");
        const std::string value = argv[i];
        if (option == "--name")
            options.name = value;
        else if (option == "--reload")
            options.reload = value;
        else if (option == "--restart")
            options.restart = value;
        else if (option == "--emulator")
            options.emulator = std::stoi(value);
        else if (option == "--port")
            options.port = std::stoi(value);
        else if (option == "--forward")
            options.forward = std::stoi(value);
        else if (option == "--delay-ms")
            options.delay = milliseconds(std::stoi(value));
        else if (option == "--pause-ms")
            options.pause = milliseconds(std::stoi(value));
        else if (option == "--calls")
            options.calls = std::stol(value);
        else
            throw std::runtime_error("unknown option " + std::string(option));
    }
    if (options.emulator == 0 || options.port == 0) throw std::runtime_error("--emulator and --port must be given");
    return options;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const int failed = row(parsed(argc, argv));
        std::fflush(stdout);
        std::_Exit(failed); // what is still on the slow line has nowhere to go
    } catch (const std::exception& error) {
        std::fprintf(stderr, "proxies: %s\n", error.what());
        return 2;
    }
}
