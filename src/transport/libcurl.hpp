// The libcurl that runs, which may be older than the headers, and what it can do.
#pragma once

#include <string>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

struct Libcurl {
    unsigned number = 0;   // 0x075801 is 7.88.1
    std::string version{}; // "7.88.1"
    std::string tls{};     // the library that speaks TLS: "OpenSSL/3.0.17"
    std::string caFile{};  // where it looks for trusted certificates if it is not told
    std::string caPath{};
    bool http2 = false;
    bool gzip = false;
};

/// Starts libcurl, once a process. Throws ConfigError if that fails, or if it is too old. Nobody else calls
/// curl_version_info(), which writes into buffers that all threads share, each time.
const Libcurl& libcurl();

/// What libcurl has learned since 7.80: CURLOPT_PROTOCOLS_STR and CURLOPT_QUICK_EXIT.
bool takesProtocolNames(unsigned number) noexcept;
bool takesQuickExit(unsigned number) noexcept;

/// Whether a write of libcurl's can raise SIGPIPE where it has CURLOPT_NOSIGNAL, without which it would change the
/// handler of the whole process. OpenSSL writes without MSG_NOSIGNAL; since 7.88 libcurl writes in its place.
bool raisesSigpipe(const Libcurl& libcurl) noexcept;

} // namespace transport
KONTEXT_END_NAMESPACE
