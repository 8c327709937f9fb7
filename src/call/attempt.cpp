#include "call/attempt.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "call/interruption.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Rounded up, and never none, which is "no limit" to libcurl and to many another: the call had time left when that was
/// last checked, but the clock went on.
milliseconds inMilliseconds(nanoseconds duration) {
    return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(duration));
}

void setTimeouts(HttpRequest& request, const Timeouts& timeouts, const CallDeadline& deadline) {
    request.connectTimeout = std::min(timeouts.connect, inMilliseconds(deadline.remaining()));
    request.timeout = std::min(timeouts.attempt, inMilliseconds(deadline.remaining()));
}

/// Fills in the response or the failure.
void transfer(Transport& transport, const HttpRequest& request, Attempt& attempt) {
    try {
        attempt.response = transport.send(request);
        if (attempt.response.statusCode < 200 || attempt.response.statusCode > 599)
            throw NetworkError(NetworkErrorKind::protocol,
                               "invalid HTTP status code " + std::to_string(attempt.response.statusCode), true);
    } catch (const NetworkError& error) {
        attempt.failure = ErrorData::shared(error);
    } catch (const KontextError& error) {
        if (ErrorData::of(error).kind != ErrorData::Kind::cancelled) throw;
        attempt.failure = ErrorData::shared(error);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        // Only a Transport of the user's own can get here; it promised a NetworkError.
        attempt.failure = ErrorData::shared(NetworkError(NetworkErrorKind::other, error.what(), true));
    }
}

/// A transfer that ended because the call was cancelled or ran out of time says so.
std::shared_ptr<const ErrorData> withInterruption(std::shared_ptr<const ErrorData> failure,
                                                  const CallDeadline& deadline) {
    if (failure->kind == ErrorData::Kind::timeout && deadline.expired()) {
        ErrorData late = *failure;
        late.message = expiryMessage(deadline) + " (the last attempt: " + late.message + ')';
        failure = std::make_shared<ErrorData>(std::move(late));
    }
    if (deadline.cancel().isCancelled()) {
        ErrorData cancelled = *failure;
        cancelled.kind = ErrorData::Kind::cancelled;
        cancelled.message = "the call was cancelled";
        cancelled.code.clear();
        cancelled.docsUrl.clear();
        failure = std::make_shared<ErrorData>(std::move(cancelled));
    }
    return failure;
}

} // namespace

Attempt sendOnce(const CallContext& context, PreparedRequest& request, const CallDeadline& deadline) {
    setTimeouts(request.http, context.timeouts, deadline);
    Attempt attempt;
    attempt.startedAt = context.clock->now();
    transfer(*context.transport, request.http, attempt);
    attempt.duration = context.clock->now() - attempt.startedAt;
    if (attempt.failure != nullptr) attempt.failure = withInterruption(std::move(attempt.failure), deadline);
    // The body of an error is cut; one of a success that is too large is an error (Core).
    if (request.http.maxResponseBytes < attempt.response.body.size() && attempt.response.statusCode >= 300)
        attempt.response.body.resize(request.http.maxResponseBytes);
    return attempt;
}

KONTEXT_END_NAMESPACE
