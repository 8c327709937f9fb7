// Which tools fail, and how often: a table made of the events of the latest traces, the worst tool first.
//
//     report_error_rates --max-traces 200

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <kontext/management.hpp>

namespace {

struct Tally {
    std::int64_t calls = 0;
    std::int64_t warnings = 0;
    std::map<kontext::EventStatus, std::int64_t> errors{}; // by what failed
    std::int64_t failed() const {
        std::int64_t sum = 0;
        for (const auto& [status, count] : errors)
            sum += count;
        return sum;
    }
    double rate() const { return calls == 0 ? 0 : 100.0 * static_cast<double>(failed()) / static_cast<double>(calls); }
};

void add(Tally& tally, const kontext::EventStatus& status) {
    ++tally.calls;
    if (status == kontext::EventStatus::warn) ++tally.warnings;
    // Statuses are open: this counts an error_… that is newer than this program, too.
    if (status.isError()) ++tally.errors[status];
}

void printRow(const std::string& name, const Tally& tally) {
    const auto count = [&tally](const kontext::EventStatus& status) {
        const auto found = tally.errors.find(status);
        return found == tally.errors.end() ? 0 : found->second;
    };
    std::printf("%-28s %7" PRId64 " %6" PRId64 " %7" PRId64 " %7" PRId64 " %7" PRId64 " %6.1f %%\n", name.c_str(),
                tally.calls, tally.warnings, count(kontext::EventStatus::errorRemote),
                count(kontext::EventStatus::errorProxy), count(kontext::EventStatus::errorAuth), tally.rate());
}

int run(std::size_t maxTraces) {
    const kontext::KontextManagementClient client(kontext::ClientConfig::fromEnvironment());
    std::map<std::string, Tally> tools;
    Tally all;
    std::size_t traces = 0;
    // A request for each trace: at 120 a minute a long report waits now and then, as `Retry-After` tells the client to.
    for (const kontext::Trace& each : client.traces.listAll({.limit = 200}).maxItems(maxTraces)) {
        const auto [trace, events] = client.traces.get(each.traceId);
        ++traces;
        for (const kontext::TraceEvent& event : events) {
            if (!event.toolName) continue; // not every event is about a tool
            add(tools[*event.toolName], event.status);
            add(all, event.status);
        }
    }

    std::vector<std::pair<std::string, Tally>> rows(tools.begin(), tools.end());
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.rate() != b.second.rate() ? a.second.rate() > b.second.rate() : a.first < b.first;
    });
    std::printf("%-28s %7s %6s %7s %7s %7s %8s\n", "tool", "calls", "warn", "remote", "proxy", "auth", "errors");
    for (const auto& [name, tally] : rows)
        printRow(name, tally);
    printRow("all of " + std::to_string(traces) + " traces", all);
    return 0;
}

/// The number, or 0 if it is none.
std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        const bool given = arguments.size() == 2 && arguments[0] == "--max-traces";
        const std::int64_t maxTraces = given ? number(arguments[1]) : 100;
        if ((!arguments.empty() && !given) || maxTraces < 1) {
            std::fprintf(stderr, "usage: report_error_rates [--max-traces COUNT]\n");
            return 2;
        }
        return run(static_cast<std::size_t>(maxTraces));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
