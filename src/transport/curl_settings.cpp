#include "transport/curl_settings.hpp"

#include <mutex>
#include <string_view>
#include <utility>

#include <kontext/errors.hpp>

#include "transport/url.hpp"
#include "values/stray.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

/// There is no curl_global_cleanup: other parts of the program may use libcurl as well.
void startCurl() {
    static std::once_flag once;
    static CURLcode result = CURLE_OK;
    std::call_once(once, [] { result = curl_global_init(CURL_GLOBAL_DEFAULT); });
    if (result != CURLE_OK)
        throw ConfigError("transport", std::string("libcurl initialization failed: ") + curl_easy_strerror(result));
}

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
    startCurl();
    const curl_version_info_data& curl = *curl_version_info(CURLVERSION_NOW);
    // The callback that keeps libcurl from sending a request twice is of that version.
    if (curl.version_num < 0x075000)
        throw ConfigError("transport", std::string("libcurl 7.80.0 or newer is required, but this is ") + curl.version);
    if (httpVersion == HttpVersion::http2 && (curl.features & CURL_VERSION_HTTP2) == 0)
        throw ConfigError("httpVersion", std::string("this libcurl (") + curl.version + ") does not speak HTTP/2");
    checkTls(tls);
    checkProxy(proxy);
    CaSource caSource = chooseCaSource(tls);
    return {std::move(tls), std::move(proxy), httpVersion, std::move(caSource), curl.version_num};
}

bool takesProtocolNames(unsigned libcurlVersion) noexcept { return libcurlVersion >= 0x075500; }

bool takesQuickExit(unsigned libcurlVersion) noexcept { return libcurlVersion >= 0x075700; }

bool raisesSigpipe(const curl_version_info_data& libcurl) noexcept {
    const std::string_view tls = libcurl.ssl_version != nullptr ? libcurl.ssl_version : "";
    return libcurl.version_num < 0x075800 || tls.substr(0, 8) != "OpenSSL/";
}

} // namespace transport
KONTEXT_END_NAMESPACE
