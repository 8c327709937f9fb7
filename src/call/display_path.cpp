#include "call/display_path.hpp"

#include <algorithm>
#include <array>

KONTEXT_BEGIN_NAMESPACE

std::string displayPath(std::string_view url) {
    constexpr std::array<std::string_view, 6> shownParameters{"limit",  "offset", "period",
                                                              "status", "all",    "includeInactive"};
    const std::size_t scheme = url.find("://");
    const std::size_t slash = url.find_first_of("/?", scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos) return "/";
    const std::string_view target = url.substr(slash);
    const std::size_t mark = target.find('?');
    std::string shown(target.substr(0, mark));
    if (mark == std::string_view::npos) return shown;
    shown.push_back('?');
    for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        const std::string_view name = pair.substr(0, pair.find('='));
        if (shown.back() != '?') shown.push_back('&');
        if (std::find(shownParameters.begin(), shownParameters.end(), name) != shownParameters.end())
            shown.append(pair);
        else
            shown.append(name).append("=...");
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return shown;
}

KONTEXT_END_NAMESPACE
