// Any bytes as the parameters of a list, and as a raw query: they arrive as they were given, and nothing else does.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kontext/errors.hpp>

#include "recorder.hpp"

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs sent(const std::string& url) {
    Pairs pairs;
    std::string_view rest(url);
    cut(rest, '?');
    while (!rest.empty()) {
        std::string_view pair = cut(rest, '&');
        const std::string_view name = cut(pair, '=');
        pairs.emplace_back(decoded(name), decoded(pair));
    }
    return pairs;
}

bool breaks(const Pairs& pairs) {
    for (const auto& [name, value] : pairs)
        if ((name + value).find_first_of(std::string("\r\n\0", 3)) != std::string::npos) return true;
    return false;
}

template <class Call>
void check(const Pairs& given, const RecordedClient& recorded, Call call) {
    try {
        call();
    } catch (const kontext::ConfigError&) {
        demand(breaks(given), "a value that could be sent was refused");
        return;
    }
    demand(!breaks(given), "a value that ends a line was sent");
    const std::string& url = recorded.recorder->url;
    demand(url.find_first_of("\r\n \"#") == std::string::npos, "the URL is none");
    demand(sent(url) == given, "something else arrives");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const RecordedClient recorded;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const std::string first(cut(rest, '\x01'));
    const std::string second(cut(rest, '\x01'));
    const std::string third(rest);

    kontext::ListTracesParams params;
    params.cursor = first;
    params.userId = second;
    params.applicationId = third;
    Pairs given;
    if (!first.empty()) given.emplace_back("cursor", first);
    given.emplace_back("userId", second);
    given.emplace_back("applicationId", third);
    check(given, recorded, [&] { recorded.client.traces.list(params); });

    check({{first, second}, {"n", third}}, recorded, [&] {
        recorded.client.request("GET", "/x", {{{first, second}, {"n", third}}, {}, {}});
    });
    return 0;
}
