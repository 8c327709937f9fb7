// What a failure of libcurl means.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include <curl/curl.h>

#include <kontext/export.hpp>

#include "errors/error_data.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// A transfer without a response.
struct CurlFailure {
    CURLcode code = CURLE_OK;
    std::string_view text{}; // libcurl's own, may be empty
    int sends = 0;           // 1 if the request went out or was about to, 0 if nothing was sent
    bool resends = false;    // libcurl was about to send it once more, by itself
    bool fresh = false;      // the connection was opened for this transfer
    bool responded = false;  // a part of a response came
    bool cancelled = false;
    bool headersTooLarge = false;
    std::chrono::milliseconds elapsed{};
    std::chrono::milliseconds connectTimeout{};
    std::chrono::milliseconds timeout{};
    std::string_view trusted{};    // CaSource::description
    std::error_code socketError{}; // why there was no socket
    long connectStatus = 0;        // of a proxy's response to CONNECT
    long proxyError = 0;           // CURLproxycode, of a SOCKS proxy
};

/// Pure.
detail::ErrorData toNetworkError(const CurlFailure& failure);

/// It is not asked again, since accounts are locked after some wrong passwords.
detail::ErrorData proxyRefusesCredentials();

} // namespace transport
KONTEXT_END_NAMESPACE
