// What all requests of a CurlTransport have in common.
#pragma once

#include <kontext/config.hpp>

#include "transport/ca_source.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

struct CurlSettings {
    TlsOptions tls{};
    ProxyOptions proxy{};
    HttpVersion httpVersion = HttpVersion::http1_1;
    CaSource caSource{};
    unsigned libcurlVersion = 0; // Libcurl::number
};

/// Starts libcurl, once a process, and checks the options against what this libcurl can do. Throws ConfigError.
CurlSettings checkSettings(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion);

} // namespace transport
KONTEXT_END_NAMESPACE
