#include "transport/libcurl.hpp"

#include <memory>

#include <curl/curl.h>

#include <kontext/errors.hpp>

#include "platform/exit.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

std::string orEmpty(const char* text) { return text != nullptr ? text : ""; }

bool usesOpenSsl(const Libcurl& libcurl) noexcept { return libcurl.tls.compare(0, 8, "OpenSSL/") == 0; }

/// There is no curl_global_cleanup: other parts of the program may use libcurl as well.
std::unique_ptr<const Libcurl> start() {
    const curl_version_info_data& info = *curl_version_info(CURLVERSION_NOW);
    auto libcurl = std::make_unique<Libcurl>();
    libcurl->number = info.version_num;
    libcurl->version = info.version;
    libcurl->tls = orEmpty(info.ssl_version);
    // The callback that keeps libcurl from sending a request twice is of that version.
    if (libcurl->number < 0x075000)
        throw ConfigError("transport", "libcurl 7.80.0 or newer is required, but this is " + libcurl->version);
    libcurl->caFile = orEmpty(info.cainfo);
    libcurl->caPath = orEmpty(info.capath);
    libcurl->http2 = (info.features & CURL_VERSION_HTTP2) != 0;
    libcurl->gzip = (info.features & CURL_VERSION_LIBZ) != 0;
    if (usesOpenSsl(*libcurl)) platform::keepOpenSslAtExit();
    if (const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT); result != CURLE_OK)
        throw ConfigError("transport", std::string("libcurl initialization failed: ") + curl_easy_strerror(result));
    return libcurl;
}

} // namespace

const Libcurl& libcurl() {
    static const Libcurl* const started = start().release(); // never destroyed: there are calls at exit
    return *started;
}

bool takesProtocolNames(unsigned number) noexcept { return number >= 0x075500; }

bool takesQuickExit(unsigned number) noexcept { return number >= 0x075700; }

bool raisesSigpipe(const Libcurl& libcurl) noexcept { return libcurl.number < 0x075800 || !usesOpenSsl(libcurl); }

} // namespace transport
KONTEXT_END_NAMESPACE
