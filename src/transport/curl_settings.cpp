#include "transport/curl_settings.hpp"

#include <string_view>
#include <utility>

#include <kontext/errors.hpp>

#include "transport/libcurl.hpp"
#include "transport/url.hpp"
#include "values/stray.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

void checkProxy(const ProxyOptions& proxy) {
    if (!proxy.url.empty()) {
        if (const auto stray = describeStray(proxy.url, &isStrayInUrl))
            throw ConfigError("proxy.url", "proxy.url " + *stray);
        const auto url = parseUrl(proxy.url);
        if (!url || (url->scheme != "http" && url->scheme != "https"))
            throw ConfigError("proxy.url", "proxy.url must be http://host:port or https://host:port");
        if (url->userinfo)
            throw ConfigError("proxy.url", "proxy.url must not contain a user name or password: set proxy.credentials");
        // libcurl would take 1080, the port of SOCKS.
        if (!url->portGiven)
            throw ConfigError("proxy.url", "proxy.url must name the port: http://host:port or https://host:port");
        if (!isAscii(url->host))
            throw ConfigError("proxy.url",
                              "proxy.url has a host name that is not ASCII: write it in its encoded form, xn--...");
    }
    if (const auto stray = describeStray(proxy.noProxy, &isLineBreak))
        throw ConfigError("proxy.noProxy", "proxy.noProxy " + *stray); // its last host would not be one
    const std::string_view credentials = proxy.credentials.reveal();
    if (!credentials.empty() && credentials.find(':') == std::string_view::npos)
        throw ConfigError("proxy.credentials", "proxy.credentials must be user:password");
    if (const auto stray = describeStray(credentials, &isLineBreakOrEdge))
        throw ConfigError("proxy.credentials", "proxy.credentials " + *stray);
}

} // namespace

CurlSettings checkSettings(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion) {
    const Libcurl& curl = libcurl();
    if (httpVersion == HttpVersion::http2 && !curl.http2)
        throw ConfigError("httpVersion", "this libcurl (" + curl.version + ") does not speak HTTP/2");
    tls = withAbsolutePaths(std::move(tls));
    checkTls(tls);
    checkProxy(proxy);
    CaSource caSource = chooseCaSource(tls);
    return {std::move(tls), std::move(proxy), httpVersion, std::move(caSource), curl.number};
}

} // namespace transport
KONTEXT_END_NAMESPACE
