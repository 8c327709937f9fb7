/// @file
/// How a client is set up.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kontext/export.hpp>
#include <kontext/headers.hpp>
#include <kontext/secret.hpp>

KONTEXT_BEGIN_NAMESPACE

class CallObserver;
class Logger;
class TokenStore;
class Transport;

/// A service account's credentials, from the dashboard or from `serviceAccounts.create`.
struct Credentials {
    std::string clientId{}; ///< "sa_…"
    Secret clientSecret{};  ///< Shown once by the server.

    KONTEXT_VALUE(Credentials);
};

/// How long things may take. Each must be greater than zero.
struct Timeouts {
    std::chrono::milliseconds connect{10'000}; ///< Name, connection and TLS handshake of one attempt.
    std::chrono::milliseconds attempt{30'000}; ///< One attempt, connecting included.
    std::chrono::milliseconds call{
        120'000}; ///< The whole call: token, attempts and waits. CallOptions::timeout overrides it.
};

/// When and how long to wait before trying again. The n-th wait is initialDelay · 2ⁿ, at most maxDelay, times a uniform
/// 0.5 to 1.0, or as long as the server's `Retry-After` says, whichever is longer.
struct RetryOptions {
    int maxRetries = 2; ///< 0 or more. A call makes at most 1 + maxRetries attempts, and one more after a 401.
    std::chrono::milliseconds initialDelay{500};     ///< The first wait, before jitter; 0 or more.
    std::chrono::milliseconds maxDelay{8'000};       ///< The longest wait that we choose; 0 or more.
    std::chrono::milliseconds maxRetryAfter{60'000}; ///< A server that asks for more ends the call at once; 0 or more.
    bool pacing = true; ///< Reserved: it has no effect yet. It will say whether a 429 of one call makes the client's
                        ///< other calls wait too.
};

/// What to trust, and who we are. The server's certificate and host name are always verified, at TLS 1.2 at least;
/// there is no switch for that. With no field set, the system's trust store is used: SSL_CERT_FILE and SSL_CERT_DIR of
/// the environment, else the hashed directory, else the bundle file. Relative paths, also those of the environment, are
/// made absolute when the client is constructed.
struct TlsOptions {
    std::string caFile{};         ///< A PEM bundle to trust instead of the system's.
    std::string caPath{};         ///< A directory of hashed certificates to trust instead of the system's.
    std::string caPem{};          ///< PEM text to trust instead of the system's; not together with caFile.
    std::string clientCertFile{}; ///< Our certificate, PEM, for servers and gateways that ask for one.
    std::string clientKeyFile{};  ///< Its private key, PEM.
    Secret clientKeyPassword{};   ///< The key's passphrase, if it has one.
};

/// The proxy. Loopback hosts are never reached through one.
struct ProxyOptions {
    std::string url{}; ///< `http://host:port` or `https://host:port`, with the port. Unset: HTTPS_PROXY, http_proxy,
                       ///< ALL_PROXY of the environment, as curl reads them.
    std::string noProxy{}; ///< Hosts to reach directly, separated by commas. Unset: NO_PROXY of the environment.
    Secret credentials{};  ///< `user:password`, for Basic authentication at the proxy.
};

/// Which HTTP to speak.
enum class HttpVersion {
    http1_1, ///< HTTP/1.1; cheaper for calls one after the other.
    http2    ///< HTTP/2 where the server agrees to it by ALPN (https only), else HTTP/1.1.
};

/// Everything that a client needs to know. Only baseUrl and credentials have no default. Wrong values are a ConfigError
/// from the client's constructor.
struct ClientConfig {
    std::string baseUrl{}; ///< `https://api.kontext.security` for production. A trailing `/` or `/api/v1` is removed; a
                           ///< path prefix of a gateway stays; a query, fragment or userinfo is refused.
    Credentials credentials{};                            ///< Who we are.
    std::string apiVersion = "v1";                        ///< The version in the path: `{baseUrl}/api/{apiVersion}`.
    std::optional<std::string> tokenUrl{};                ///< Default: `{baseUrl}/oauth2/token`.
    std::vector<std::string> scopes = {"management:all"}; ///< What to ask for; empty: no `scope` is sent.
    std::optional<std::string> audience{};    ///< Default: `{baseUrl}/api/{apiVersion}`; "": no `audience` is sent.
    Timeouts timeouts{};                      ///< connect 10 s, attempt 30 s, call 120 s.
    RetryOptions retry{};                     ///< maxRetries 2, initialDelay 500 ms, maxDelay 8 s, maxRetryAfter 60 s.
    TlsOptions tls{};                         ///< Default: the system's trust store.
    ProxyOptions proxy{};                     ///< Default: the environment's.
    std::size_t maxResponseBytes = 16u << 20; ///< The largest body, after decompression, in bytes; at least 1.
    HttpVersion httpVersion = HttpVersion::http1_1; ///< HTTP/1.1, or HTTP/2 by ALPN.
    std::string appInfo{};          ///< "my-tool/1.2": follows `kontext-cpp/<version>` in the User-Agent.
    Headers headers{};              ///< Sent with every API request, not with token requests, under the rules of
                                    ///< CallOptions::headers, whose headers replace those of the same name here.
    bool allowInsecureHttp = false; ///< Allows plain http (baseUrl and tokenUrl) to hosts other than loopback.
    std::shared_ptr<TokenStore> tokenStore{}; ///< None: the token lives in the client.
    std::shared_ptr<Transport> transport{}; ///< None: libcurl. With one of your own, tls, proxy and httpVersion have no
                                            ///< effect: pass them to makeCurlTransport if yours wraps what it returns.
    std::shared_ptr<Logger> logger{};       ///< None: silent, unless KONTEXT_LOG asks for standard error.
    std::shared_ptr<CallObserver> observer{}; ///< None: nobody is told.

    /// Reads KONTEXT_API_BASE_URL, KONTEXT_SERVICE_ACCOUNT_CLIENT_ID, KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET and, if it
    /// is set, MANAGEMENT_API_RESOURCE (the audience): the names that the vendor's own helpers use. Throws ConfigError
    /// that names the one that is missing or empty.
    KONTEXT_API static ClientConfig fromEnvironment();
};

KONTEXT_END_NAMESPACE
