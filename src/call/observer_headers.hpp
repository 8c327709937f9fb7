// The headers that an observer adds to one attempt.
#pragma once

#include <cstddef>
#include <cstdint>

#include <kontext/headers.hpp>

#include "call/call_context.hpp"
#include "call/prepared_request.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Asks the observer for headers of the next attempt and puts them into the request, in place of those of their names.
/// With this object the request has its own again: what was for one attempt must not go with the next.
class ObserverHeaders {
public:
    /// Headers that a user may not set are dropped, and all if the observer throws; a warning says so.
    ObserverHeaders(const CallContext& context, PreparedRequest& request, std::uint64_t callId);
    ~ObserverHeaders();
    ObserverHeaders(const ObserverHeaders&) = delete;
    ObserverHeaders& operator=(const ObserverHeaders&) = delete;

private:
    Headers& headers_;
    Headers replaced_{};
    std::size_t kept_; // how many of the request's own are still in it; they come first
};

KONTEXT_END_NAMESPACE
