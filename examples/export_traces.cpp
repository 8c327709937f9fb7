// Writes all traces to standard output, one JSON object a line, and its progress to standard error.
//
//     export_traces >traces.jsonl
//     export_traces --cursor 'CURSOR' >>traces.jsonl
//
// Each page is written out before the next one is fetched. So after a failure, or a Ctrl-C, the last cursor on standard
// error is where to go on: nothing is lost, and nothing comes twice unless a page was half written.

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <kontext/json.hpp>
#include <kontext/management.hpp>

namespace {

void write(const kontext::Page<kontext::Trace>& page) {
    for (const kontext::Trace& trace : page.items)
        std::puts(kontext::toJson(trace).dump().c_str());
    // A disk that is full shows here at the latest.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        throw std::runtime_error("cannot write to standard output");
}

int run(const kontext::ListTracesParams& params) {
    const kontext::KontextManagementClient client(kontext::ClientConfig::fromEnvironment());
    const auto pager = client.traces.listAll(params);
    std::size_t count = 0;
    try {
        for (const kontext::Page<kontext::Trace>& page : pager.pages()) {
            write(page);
            count += page.items.size();
            if (page.nextCursor)
                std::fprintf(stderr, "%zu traces; resume with --cursor '%s'\n", count, page.nextCursor->c_str());
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        // The pager knows which page is not done: the one that could not be written, or not be fetched.
        const std::optional<std::string> cursor = pager.cursor();
        const std::string where = cursor ? "resume with --cursor '" + *cursor + "'" : "start again";
        std::fprintf(stderr, "Stopped after %zu traces; %s\n", count, where.c_str());
        return 1;
    }
    std::fprintf(stderr, "%zu traces; done\n", count);
    return 0;
}

/// The number, or 0 if it is none.
std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

/// Nothing if the arguments make no sense.
std::optional<kontext::ListTracesParams> parse(const std::vector<std::string>& arguments) {
    kontext::ListTracesParams params{.limit = 200};
    if (arguments.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        const std::string& value = arguments[i + 1];
        if (arguments[i] == "--cursor" && !value.empty())
            params.cursor = value;
        else if (arguments[i] == "--page-size" && number(value) > 0)
            params.limit = number(value);
        else
            return std::nullopt;
    }
    return params;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto params = parse(std::vector<std::string>(argv + 1, argv + argc));
        if (!params) {
            std::fprintf(stderr, "usage: export_traces [--cursor CURSOR] [--page-size COUNT]\n");
            return 2;
        }
        return run(*params);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
