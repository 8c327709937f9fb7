// The error of a response: one that is not a success, or that cannot be read.
#pragma once

#include <string>

#include "call/call_context.hpp"
#include "call/prepared_request.hpp"
#include "errors/error_data.hpp"
#include "json/decode.hpp"

KONTEXT_BEGIN_NAMESPACE

/// What every error about a response holds: status, headers, body, message, code, attempts. Secrets of the request are
/// redacted.
detail::ErrorData errorOf(const PreparedRequest& request, const CallResult& result, detail::ErrorData::Kind kind);

/// Logs and throws the error of a 2xx that cannot be read. Its text may hold secrets that nobody knows of, so none of
/// it gets into the error.
[[noreturn]] void throwDecodeError(const CallContext& context, const PreparedRequest& request, const CallResult& result,
                                   json::Fault fault, std::string code);

KONTEXT_END_NAMESPACE
