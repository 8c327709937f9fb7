#include "transport/url.hpp"

#include <algorithm>
#include <memory>
#include <new>

#include <curl/curl.h>

#include "values/ascii.hpp"
#include "values/scanner.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

struct Free {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
    void operator()(char* text) const noexcept { curl_free(text); }
};

/// A lack of memory says nothing about the URL.
bool worked(CURLUcode code) {
    if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
    return code == CURLUE_OK;
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (!worked(curl_url_get(url, which, &text, flags))) return {};
    const std::unique_ptr<char, Free> owner(text);
    return text;
}

/// libcurl lets `https:/host` and `https:///host` pass; we do not guess.
bool hasAuthority(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos || text.substr(colon, 3) != "://") return false;
    return text.size() > colon + 3 && text[colon + 3] != '/';
}

/// ".0" to ".255"
bool takeByte(Scanner& text) {
    if (!text.take(".") || !text.nextIsDigit()) return false;
    int value = 0;
    for (int digits = 0; digits < 3 && text.nextIsDigit(); ++digits)
        value = 10 * value + *text.number(1);
    return value <= 255;
}

} // namespace

std::optional<Url> parseUrl(std::string_view text) {
    if (!hasAuthority(text)) return std::nullopt;
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }))
        return std::nullopt;
    const std::unique_ptr<CURLU, Free> url(curl_url());
    if (url == nullptr) throw std::bad_alloc();
    if (!worked(curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME)))
        return std::nullopt;
    Url parsed;
    parsed.scheme = part(url.get(), CURLUPART_SCHEME);
    parsed.host = part(url.get(), CURLUPART_HOST);
    parsed.port = part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    parsed.portGiven = !part(url.get(), CURLUPART_PORT).empty();
    parsed.path = part(url.get(), CURLUPART_PATH);
    parsed.query = part(url.get(), CURLUPART_QUERY);
    parsed.fragment = part(url.get(), CURLUPART_FRAGMENT);
    const std::string_view authority = text.substr(text.find("://") + 3);
    parsed.userinfo = authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos;
    if (parsed.host.size() > 2 && parsed.host.front() == '[')
        parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    if (parsed.host.empty()) return std::nullopt;
    return parsed;
}

std::string_view originOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    return url.substr(0, url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3));
}

bool isLoopback(std::string_view host) {
    if (equalsIgnoringCase(host, "localhost") || host == "::1") return true;
    // An address, which libcurl has normalized, and not a name such as 127.example.com or 127.0.0.1.5.
    Scanner rest(host);
    return rest.take("127") && takeByte(rest) && takeByte(rest) && takeByte(rest) && rest.atEnd();
}

bool isAscii(std::string_view host) {
    return std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool sameOrigin(const Url& a, const Url& b) {
    return a.scheme == b.scheme && equalsIgnoringCase(a.host, b.host) && a.port == b.port;
}

} // namespace transport
KONTEXT_END_NAMESPACE
