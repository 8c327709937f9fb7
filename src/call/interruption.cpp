#include "call/interruption.hpp"

#include "values/duration.hpp"

KONTEXT_BEGIN_NAMESPACE

using detail::ErrorData;

std::optional<ErrorData> interruptionOf(const CallDeadline& deadline) {
    ErrorData data;
    if (deadline.cancel().isCancelled()) {
        data.kind = ErrorData::Kind::cancelled;
        data.message = "the call was cancelled";
    } else if (deadline.expired()) {
        data.kind = ErrorData::Kind::timeout;
        data.network = NetworkErrorKind::timeout;
        data.message = expiryMessage(deadline);
    } else {
        return std::nullopt;
    }
    return data;
}

std::string expiryMessage(const CallDeadline& deadline) {
    return "the call timed out after " + formatDuration(deadline.timeout());
}

KONTEXT_END_NAMESPACE
