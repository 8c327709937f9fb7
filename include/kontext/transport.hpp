/// @file
/// The seam between the client and the network.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <kontext/cancellation.hpp>
#include <kontext/config.hpp>
#include <kontext/errors.hpp>
#include <kontext/export.hpp>
#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE

/// One HTTP request, complete: a Transport adds nothing but what HTTP itself needs.
struct HttpRequest {
    std::string method{};                       ///< "GET", "POST", …
    std::string url{};                          ///< Absolute, percent-encoded.
    Headers headers{};                          ///< All headers, Authorization included. No CR, LF or NUL.
    std::string body{};                         ///< May be empty.
    std::chrono::milliseconds connectTimeout{}; ///< For name, connection and TLS handshake together. At least 1 ms.
    std::chrono::milliseconds timeout{};        ///< For the whole attempt. At least 1 ms.
    std::size_t maxResponseBytes = 0;           ///< Read at most one byte more than this of a body, then stop.
    CancellationToken cancel{}; ///< Wakes the transfer; `send` then throws anything derived from std::exception.
};

/// One HTTP response.
struct HttpResponse {
    int statusCode = 0; ///< The final status; never a 1xx.
    Headers headers{};  ///< In the order of the wire.
    std::string body{}; ///< Decompressed; longer than HttpRequest::maxResponseBytes if, and only if, it was cut.
};

/// Sends one request and returns its one response, whatever its status. It does not retry, does not follow redirects
/// and does not throw for a status. Called from many threads at once.
class KONTEXT_API Transport {
public:
    Transport() = default;
    virtual ~Transport();
    Transport(const Transport&) = delete;            ///< Not copyable.
    Transport& operator=(const Transport&) = delete; ///< Not copyable.
    /// Sends. Throws NetworkError or TimeoutError if there is no response.
    virtual HttpResponse send(const HttpRequest& request) = 0;
};

/// The transport on libcurl that a client makes for itself if ClientConfig::transport is not set. Make one to wrap it
/// in a Transport of yours, or to let several clients share its connections. Relative paths are made absolute here. It
/// may be used by many threads at once, and after `fork()` in the child. Throws ConfigError as the client's constructor
/// does, such as for `tls.caFile`.
[[nodiscard]] KONTEXT_API std::shared_ptr<Transport> makeCurlTransport(TlsOptions tls = {}, ProxyOptions proxy = {},
                                                                       HttpVersion version = HttpVersion::http1_1);

KONTEXT_END_NAMESPACE
