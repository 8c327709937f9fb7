/// @file
/// What one call may say for itself, and what comes back beside its result.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <kontext/cancellation.hpp>
#include <kontext/export.hpp>
#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What came back. Of a call that was tried more than once: the last response.
struct ResponseInfo {
    int statusCode = 0;      ///< 0: there was no response.
    std::string requestId{}; ///< `x-request-id`, which the vendor's support asks for.
    Headers headers{};       ///< All headers of the response.
    std::string body{};      ///< The body as it came, unknown fields and secrets included: do not log it.
    int attempts = 0;        ///< All attempts, the replay after a 401 included.
};

/// Options of one call; the last parameter of every method.
struct CallOptions {
    std::optional<std::chrono::milliseconds>
        timeout{}; ///< The whole call, token and waits included; overrides Timeouts::call. Greater than zero.
    std::optional<int> maxRetries{}; ///< Overrides RetryOptions::maxRetries. 0 or more.
    CancellationToken cancel{};      ///< Default: never cancelled. Wakes the wait and the transfer.
    Headers headers{};               ///< Added to the request, or in place of the client's own of that name, those of
                       ///< ClientConfig::headers included; two of one name are both sent. Not Authorization, Host,
                       ///< Content-Length, Transfer-Encoding or Connection.
    ResponseInfo* info = nullptr; ///< Filled in with what came back, also when the call throws.
};

/// The body and the query of a raw request.
struct RawRequest {
    Headers query{};    ///< Names and values, not yet encoded.
    std::string body{}; ///< Sent as it is, as `application/json` unless `headers` says otherwise; empty: no body.
    Headers headers{};  ///< Like CallOptions::headers, and in place of those of that name.
};

/// The response to a raw request. Another status than 2xx throws, but for the 404 of a DELETE that was repeated after
/// an attempt that may have been executed: it says that the deed is done.
struct RawResponse {
    int statusCode = 0; ///< 200 to 299, or that 404.
    Headers headers{};  ///< All headers of the response.
    std::string body{}; ///< As it came.
};

KONTEXT_END_NAMESPACE
