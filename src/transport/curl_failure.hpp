// What a failure of libcurl means.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include <kontext/export.hpp>

#include "errors/error_data.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// A transfer without a response.
struct CurlFailure {
    CURLcode code = CURLE_OK;
    std::string_view text{}; // libcurl's own, may be empty
    int sends = 0;           // how often the request went out or was about to: 0 means that nothing was sent
    bool cancelled = false;
    bool headersTooLarge = false;
    std::chrono::milliseconds elapsed{};
    std::chrono::milliseconds connectTimeout{};
    std::chrono::milliseconds timeout{};
    std::string_view trusted{}; // CaSource::description
};

/// Pure.
detail::ErrorData toNetworkError(const CurlFailure& failure);

} // namespace transport
KONTEXT_END_NAMESPACE
