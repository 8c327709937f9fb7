#include "call/display_path.hpp"

#include <algorithm>
#include <array>

KONTEXT_BEGIN_NAMESPACE
namespace {

/// Those whose values tell nothing about anybody.
bool isHarmless(std::string_view name) {
    constexpr std::array<std::string_view, 6> harmless{"limit", "offset", "period", "status", "all", "includeInactive"};
    return std::find(harmless.begin(), harmless.end(), name) != harmless.end();
}

/// `?a=...&b=...`; what has no '=' may be a value as well as a name, and is not shown.
void appendQuery(std::string& shown, std::string_view query, bool harmlessValues) {
    shown.push_back('?');
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (shown.back() != '?') shown.push_back('&');
        if (harmlessValues && isHarmless(pair.substr(0, equals)))
            shown.append(pair);
        else if (equals != std::string_view::npos)
            shown.append(pair.substr(0, equals)).append("=...");
        else if (!pair.empty())
            shown.append("...");
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

} // namespace

std::string displayPath(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t slash = url.find_first_of("/?", scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos) return "/";
    const std::string_view target = url.substr(slash);
    const std::size_t mark = target.find('?');
    std::string shown(target.substr(0, mark));
    if (mark != std::string_view::npos) appendQuery(shown, target.substr(mark + 1), true);
    return shown;
}

std::string displayUrl(std::string_view url) {
    url = url.substr(0, url.find('#'));
    const std::size_t mark = url.find('?');
    const std::string_view place = url.substr(0, mark);
    std::string shown(place);
    std::size_t host = place.substr(0, 2) == "//" ? 2 : 0;
    if (const std::size_t scheme = place.find("://"); scheme != std::string_view::npos) host = scheme + 3;
    const std::string_view authority = place.substr(host, place.find('/', host) - host);
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) shown.erase(host, at + 1);
    if (mark != std::string_view::npos) appendQuery(shown, url.substr(mark + 1), false);
    return shown;
}

KONTEXT_END_NAMESPACE
