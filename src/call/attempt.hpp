// One attempt of a call.
#pragma once

#include <chrono>
#include <memory>

#include <kontext/transport.hpp>

#include "call/call_context.hpp"
#include "call/prepared_request.hpp"
#include "errors/error_data.hpp"
#include "values/deadline.hpp"

KONTEXT_BEGIN_NAMESPACE

/// What became of one send.
struct Attempt {
    HttpResponse response{};
    std::shared_ptr<const detail::ErrorData> failure{}; // null: there is a response
    Clock::Steady startedAt{};
    std::chrono::nanoseconds duration{};

    bool cancelled() const noexcept {
        return failure != nullptr && failure->kind == detail::ErrorData::Kind::cancelled;
    }
};

/// Sends the request once, within what the call has left of its time. Whatever a Transport may throw becomes a failure,
/// except std::bad_alloc and errors that have nothing to do with the network, which pass through.
Attempt sendOnce(const CallContext& context, PreparedRequest& request, const CallDeadline& deadline);

KONTEXT_END_NAMESPACE
