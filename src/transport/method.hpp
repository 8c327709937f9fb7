// What a request's method says about sending it twice.
#pragma once

#include <initializer_list>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// GET, HEAD, OPTIONS, PUT, PATCH and DELETE. Not "idempotent", since PATCH is in it: those of this API set fields to
/// values, so that a second one changes nothing.
inline bool isRetryableMethod(std::string_view method) noexcept {
    for (const std::string_view retryable : {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
        if (method == retryable) return true;
    return false;
}

/// Whether a request with it can change anything.
inline bool isWrite(std::string_view method) noexcept { return method != "GET" && method != "HEAD"; }

KONTEXT_END_NAMESPACE
