// What all requests of a CurlTransport have in common.
#pragma once

#include <kontext/config.hpp>

#include "transport/ca_source.hpp"

namespace kontext::transport {

struct CurlSettings {
    TlsOptions tls{};
    ProxyOptions proxy{};
    HttpVersion httpVersion = HttpVersion::http1_1;
    Trust trust{};
};

/// Starts libcurl, once a process, and checks the options against what this libcurl can do. Throws ConfigError.
CurlSettings checkSettings(TlsOptions tls, ProxyOptions proxy, HttpVersion httpVersion);

} // namespace kontext::transport
