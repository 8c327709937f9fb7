// soak: threads that create, read, list, change and remove objects, for a while, against the emulator, through a proxy
// that cuts and refuses. In the end every object that was ever asked for must be accounted for: it is there because a
// call said so, gone because a call said so, or a call said that it does not know.
//
// An ambiguous create is dealt with as the documentation says: list, and look for it.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

#include <kontext/management.hpp>

#include "emulator/server.hpp"
#include "support/chaos_proxy.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Options {
    int threads = 8;
    long calls = 20'000;
    long seconds = 0; // set: so long, however many calls that makes
    std::uint64_t seed = 1;
};

/// What the calls have said about an object.
enum class State { present, absent, unknown };

struct Known {
    State state = State::unknown;
    bool isApplication = false;
    std::string id{}; // "" as long as no response named it
};

struct Counts {
    std::atomic<long> calls{0};
    std::atomic<long> succeeded{0};
    std::atomic<long> ambiguous{0}; // NetworkErrors of a create that may have been processed
    std::atomic<long> orphans{0};   // of them, those that turned out to be there
    std::atomic<long> network{0};   // other errors that a user has to expect of such a network
    std::atomic<long> server{0};
    std::atomic<long> token{0};
    std::atomic<long> wrong{0}; // that must not be
};

constexpr seconds longestCall(30);

std::mutex printing;

void complain(Counts& counts, const std::string& about) {
    if (++counts.wrong > 20) return;
    const std::lock_guard<std::mutex> lock(printing);
    std::fprintf(stderr, "soak: %s\n", about.c_str());
}

/// What is allocated and not given back, by all threads. Unlike the resident pages it does not depend on what the
/// allocator keeps for later.
double liveBytes() {
    malloc_trim(0);
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

class Worker {
public:
    Worker(int number, const Options& options, const kontext::KontextManagementClient& client, Counts& counts)
        : number_(number), client_(client), counts_(counts),
          dice_(options.seed * 7919 + static_cast<std::uint64_t>(number)) {}

    /// One call.
    void step() {
        // What is done with would be the growth of the soak itself; the last ones are kept for the reckoning.
        if (known_.size() > 300)
            std::erase_if(known_, [](const auto& entry) { return entry.second.state == State::absent; });
        const int fate = static_cast<int>(dice_() % 100);
        if (unknown_ > 10) return look();
        if (fate < 30 && present_.size() < 40) return create();
        if (fate < 40 || present_.empty()) return list();
        const std::string name = present_[dice_() % present_.size()];
        if (fate < 65) return read(name);
        if (fate < 75) return change(name);
        return remove(name);
    }
    const std::map<std::string, Known>& known() const { return known_; }

private:
    enum class Outcome { succeeded, notProcessed, unknown };

    /// Runs the call, and says what is known of it then.
    template <class Call>
    Outcome run(const char* what, const Call& call) {
        ++counts_.calls;
        const auto started = Clock::now();
        Outcome outcome = Outcome::succeeded;
        try {
            call();
            ++counts_.succeeded;
        } catch (const kontext::OAuthError& error) {
            ++counts_.token;
            outcome = Outcome::notProcessed;
            if (error.statusCode() != 503) complain(counts_, std::string(what) + ": " + error.what());
        } catch (const kontext::NetworkError& error) {
            ++counts_.network;
            outcome = error.requestMayHaveBeenProcessed() ? Outcome::unknown : Outcome::notProcessed;
        } catch (const kontext::ServerError& error) {
            ++counts_.server;
            // The proxy's own, which it sends in the server's place. One attempt before it may have been cut.
            outcome = error.attempts() == 1 ? Outcome::notProcessed : Outcome::unknown;
            if (error.statusCode() != 503) complain(counts_, std::string(what) + ": " + error.what());
        } catch (const std::exception& error) {
            outcome = Outcome::unknown;
            complain(counts_, std::string(what) + ": " + error.what());
        }
        // What timeouts.call allows, and a little for a busy machine.
        if (Clock::now() - started > longestCall + seconds(2))
            complain(counts_, std::string(what) + " took more than " + std::to_string(longestCall.count()) + " s");
        return outcome;
    }

    void create() {
        const std::string name = "soak-" + std::to_string(number_) + '-' + std::to_string(++made_);
        Known known;
        known.isApplication = dice_() % 2 == 0;
        const Outcome outcome = run("create", [&] {
            if (known.isApplication)
                known.id =
                    client_.applications.create({.name = name, .oauth = {.redirectUris = {"http://localhost/cb"}}})
                        .application.id;
            else
                known.id = client_.serviceAccounts.create({.name = name}).serviceAccount.id;
        });
        known.state = outcome == Outcome::succeeded      ? State::present
                      : outcome == Outcome::notProcessed ? State::absent
                                                         : State::unknown;
        if (known.state == State::unknown) {
            ++counts_.ambiguous;
            ++unknown_;
        }
        if (known.state == State::present) present_.push_back(name);
        known_[name] = known;
    }

    void read(const std::string& name) {
        const Known& known = known_[name];
        run("get", [&] {
            const std::string found = known.isApplication ? client_.applications.get(known.id).application.name
                                                          : client_.serviceAccounts.get(known.id).serviceAccount.name;
            if (found != name) complain(counts_, "asked for " + name + ", got " + found);
        });
    }

    void change(const std::string& name) {
        const Known& known = known_[name];
        if (!known.isApplication) return read(name);
        run("update", [&] { client_.applications.update(known.id, {.description = "changed"}); });
    }

    void list() {
        run("list", [&] { client_.applications.list({.limit = 20}); });
    }

    void remove(const std::string& name) {
        Known& known = known_[name];
        const Outcome outcome = run("remove", [&] {
            if (known.isApplication)
                client_.applications.archive(known.id);
            else
                client_.serviceAccounts.revoke(known.id);
        });
        if (outcome == Outcome::notProcessed) return;
        known.state = outcome == Outcome::succeeded ? State::absent : State::unknown;
        if (known.state == State::unknown) ++unknown_;
        std::erase(present_, name);
    }

    /// What became of those of which no call could say it.
    void look() {
        std::map<std::string, std::string> applications;
        std::map<std::string, std::string> accounts;
        const Outcome outcome = run("look", [&] {
            for (const kontext::Application& application : client_.applications.listAll({.limit = 200}))
                applications[application.name] = application.id;
            for (const kontext::ServiceAccount& account : client_.serviceAccounts.listAll({.limit = 200}))
                accounts[account.name] = account.id;
        });
        if (outcome != Outcome::succeeded) return;
        for (auto& [name, known] : known_) {
            if (known.state != State::unknown) continue;
            const auto& there = known.isApplication ? applications : accounts;
            const auto found = there.find(name);
            known.state = found != there.end() ? State::present : State::absent;
            if (found == there.end()) continue;
            if (known.id.empty()) ++counts_.orphans;
            known.id = found->second;
            present_.push_back(name);
        }
        unknown_ = 0;
    }

    int number_;
    const kontext::KontextManagementClient& client_;
    Counts& counts_;
    std::mt19937_64 dice_;
    std::map<std::string, Known> known_{};
    std::vector<std::string> present_{};
    long made_ = 0;
    int unknown_ = 0;
};

kontext::ClientConfig configFor(const std::string& url, const kontext_emulator::Server& server) {
    return {.baseUrl = url,
            .credentials = {.clientId = server.clientId(), .clientSecret = server.clientSecret()},
            .timeouts = {.connect = seconds(5), .attempt = seconds(10), .call = longestCall},
            .retry = {.initialDelay = milliseconds(2), .maxDelay = milliseconds(20)}};
}

/// Whether all that the workers know is so.
void reckon(const std::vector<std::unique_ptr<Worker>>& workers, const kontext_emulator::Server& server,
            Counts& counts) {
    const kontext::KontextManagementClient direct(configFor(server.url(), server));
    std::map<std::string, int> there;
    for (const kontext::Application& application : direct.applications.listAll({.limit = 200}))
        ++there[application.name];
    for (const kontext::ServiceAccount& account : direct.serviceAccounts.listAll({.limit = 200}))
        ++there[account.name];
    std::erase_if(there, [](const auto& entry) { return entry.first.compare(0, 5, "soak-") != 0; });
    for (const auto& [name, count] : there)
        if (count != 1) complain(counts, name + " is there " + std::to_string(count) + " times");
    for (const auto& worker : workers) {
        for (const auto& [name, known] : worker->known()) {
            const bool found = there.erase(name) > 0;
            if (found && known.state == State::absent) complain(counts, name + " is there, and should not be");
            if (!found && known.state == State::present) complain(counts, name + " is not there, and should be");
            if (found && known.state == State::unknown && known.id.empty()) ++counts.orphans;
        }
    }
    for (const auto& [name, count] : there)
        complain(counts, name + " is there, and nobody knows of it");
}

int soak(const Options& options) {
    kontext_emulator::Options emulated;
    emulated.tokenTtl = seconds(2);
    emulated.seed = false;
    kontext_emulator::Server server(emulated);
    const std::string url = server.url();
    kontext_test::ChaosProxy proxy(std::atoi(url.substr(url.rfind(':') + 1).c_str()), {.seed = options.seed});
    const kontext::KontextManagementClient client(configFor(proxy.url(), server));

    Counts counts;
    std::vector<std::unique_ptr<Worker>> workers;
    for (int i = 0; i < options.threads; ++i)
        workers.push_back(std::make_unique<Worker>(i, options, client, counts));

    const auto started = Clock::now();
    const auto share = [&] { // of the soak that is behind us
        if (options.seconds == 0) return static_cast<double>(counts.calls) / static_cast<double>(options.calls);
        return std::chrono::duration<double>(Clock::now() - started) / seconds(options.seconds);
    };
    std::atomic<bool> done{false};
    std::atomic<int> running{options.threads};
    std::vector<std::thread> threads;
    for (const auto& worker : workers)
        threads.emplace_back([&, worker = worker.get()] {
            while (share() < 1)
                worker->step();
            if (--running == 0) done = true;
        });

    // Here, where nothing calls: the memory after the first half, and whether anything moves at all.
    double warm = 0;
    long warmCalls = 0;
    long seen = 0;
    auto moved = Clock::now();
    while (!done) {
        std::this_thread::sleep_for(milliseconds(20));
        if (counts.calls != seen) {
            seen = counts.calls;
            moved = Clock::now();
        } else if (Clock::now() - moved > seconds(120)) {
            std::fprintf(stderr, "soak: FAILED: nothing has moved for two minutes\n");
            std::_Exit(1);
        }
        if (share() < 0.5 || warm > 0) continue;
        warm = liveBytes();
        warmCalls = counts.calls;
    }
    for (std::thread& thread : threads)
        thread.join();
    const double took = std::chrono::duration<double>(Clock::now() - started).count();
    const double end = liveBytes();
    reckon(workers, server, counts);

    // Something that each call loses would be seen; what a few calls keep for the next is not one.
    const auto later = static_cast<double>(counts.calls - warmCalls);
    const double aCall = later > 0 ? std::max(0.0, end - warm) / later : 0;
    if (warm > 0 && aCall > 100 && end > warm + 256 * 1024) complain(counts, "the memory has grown");
    const auto requests = static_cast<double>(proxy.requests());
    const double cut = static_cast<double>(proxy.cutBefore() + proxy.cutBehind()) / requests;
    const double refused = static_cast<double>(proxy.unavailable()) / requests;
    // Of fewer requests chance would make another share now and then.
    if (requests >= 2'000)
        for (const double part : {cut, refused})
            if (part < 0.03 || part > 0.07) complain(counts, "the proxy did not do its part: " + std::to_string(part));
    const bool good = counts.wrong == 0 && counts.ambiguous > 0 && counts.calls > 0;
    std::printf("soak: %s: %ld calls by %d threads in %.1f s: %ld succeeded, %ld creates ambiguous (%ld orphans), "
                "%ld network errors, %ld of the server, %ld of the token endpoint, %ld wrong; "
                "%ld requests, %ld cut before and %ld behind the server (%.1f %%), %ld refused (%.1f %%); "
                "%d tokens; %.0f KiB live after the first half, %.0f at the end, %.1f B a call\n",
                good ? "passed" : "FAILED", counts.calls.load(), options.threads, took, counts.succeeded.load(),
                counts.ambiguous.load(), counts.orphans.load(), counts.network.load(), counts.server.load(),
                counts.token.load(), counts.wrong.load(), proxy.requests(), proxy.cutBefore(), proxy.cutBehind(),
                100 * cut, proxy.unavailable(), 100 * refused, server.tokensIssued(), warm / 1024, end / 1024, aCall);
    return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const long value = i + 1 < argc ? std::atol(argv[i + 1]) : 0;
        if (value > 0 && std::strcmp(argv[i], "--seconds") == 0)
            options.seconds = value;
        else if (value > 0 && std::strcmp(argv[i], "--calls") == 0)
            options.calls = value;
        else if (value > 0 && std::strcmp(argv[i], "--threads") == 0)
            options.threads = static_cast<int>(value);
        else if (value > 0 && std::strcmp(argv[i], "--seed") == 0)
            options.seed = static_cast<std::uint64_t>(value);
        else {
            std::fprintf(stderr, "usage: soak [--calls N | --seconds N] [--threads N] [--seed N]\n");
            return 2;
        }
    }
    try {
        return soak(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "soak: FAILED: %s\n", error.what());
        return 1;
    }
}
