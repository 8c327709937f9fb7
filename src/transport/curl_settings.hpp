// What all requests of a CurlTransport have in common.
#pragma once

#include <curl/curl.h>

#include <kontext/config.hpp>

#include "transport/ca_source.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

struct CurlSettings {
    TlsOptions tls{};
    ProxyOptions proxy{};
    HttpVersion httpVersion = HttpVersion::http1_1;
    CaSource caSource{};
    unsigned libcurlVersion = 0; // of the one that runs, which may be older than the headers
};

/// Starts libcurl, once a process, and checks the options against what this libcurl can do. Throws ConfigError.
CurlSettings checkSettings(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion);

/// What libcurl has learned since 7.80: CURLOPT_PROTOCOLS_STR and CURLOPT_QUICK_EXIT.
bool takesProtocolNames(unsigned libcurlVersion) noexcept;
bool takesQuickExit(unsigned libcurlVersion) noexcept;

/// Whether a write of libcurl's can raise SIGPIPE where it has CURLOPT_NOSIGNAL, without which it would change the
/// handler of the whole process. OpenSSL writes without MSG_NOSIGNAL; since 7.88 libcurl writes in its place.
bool raisesSigpipe(const curl_version_info_data& libcurl) noexcept;

} // namespace transport
KONTEXT_END_NAMESPACE
