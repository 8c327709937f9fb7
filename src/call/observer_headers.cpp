#include "call/observer_headers.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "transport/header_fields.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

Headers ask(const CallContext& context, const PreparedRequest& request, std::uint64_t callId) {
    AttemptInfo attempt;
    attempt.method = request.http.method;
    attempt.route = request.route;
    attempt.attempt = request.attempts + 1;
    attempt.callId = callId;
    try {
        return context.observer->onSend(attempt);
    } catch (...) {
        context.log(LogLevel::warning, "onSend threw an exception; the attempt is sent without its headers");
        return {};
    }
}

void dropRefused(Headers& fields, const CallContext& context) {
    const auto isRefused = [&context](const auto& field) {
        const auto refusal = refusalOf(field.first, field.second);
        if (refusal) context.log(LogLevel::warning, "onSend: " + *refusal + "; the header is dropped");
        return refusal.has_value();
    };
    fields.erase(std::remove_if(fields.begin(), fields.end(), isRefused), fields.end());
}

} // namespace

ObserverHeaders::ObserverHeaders(const CallContext& context, PreparedRequest& request, std::uint64_t callId)
    : headers_(request.http.headers), kept_(headers_.size()) {
    Headers fields = ask(context, request, callId);
    dropRefused(fields, context);
    if (fields.empty()) return;
    const auto isReplaced = [&fields](const auto& header) { return findHeader(fields, header.first) != nullptr; };
    std::copy_if(headers_.begin(), headers_.end(), std::back_inserter(replaced_), isReplaced);
    headers_.erase(std::remove_if(headers_.begin(), headers_.end(), isReplaced), headers_.end());
    kept_ = headers_.size();
    headers_.insert(headers_.end(), std::make_move_iterator(fields.begin()), std::make_move_iterator(fields.end()));
}

/// Allocates nothing, and so cannot fail: there was room for all that comes back.
ObserverHeaders::~ObserverHeaders() {
    headers_.resize(kept_);
    headers_.insert(headers_.end(), std::make_move_iterator(replaced_.begin()),
                    std::make_move_iterator(replaced_.end()));
}

KONTEXT_END_NAMESPACE
