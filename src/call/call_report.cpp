#include "call/call_report.hpp"

#include <atomic>
#include <optional>
#include <string>

#include "call/redact.hpp"
#include "errors/error_data.hpp"
#include "transport/header_fields.hpp"

KONTEXT_BEGIN_NAMESPACE

using detail::ErrorData;

std::uint64_t nextCallId() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

CallReport::CallReport(const CallContext& context, const PreparedRequest& request, std::uint64_t callId)
    : context_(context), request_(request), callId_(callId), startedAt_(context.clock->now()) {}

void CallReport::succeeded(const CallResult& result) const {
    std::string requestId = headerOr(result.http.headers, "x-request-id");
    redact(requestId, secretsOf(request_, result.token));
    tell(result.http.statusCode, {}, requestId);
}

void CallReport::failed(const KontextError& error) const {
    // The response that an OAuthError is about is the token endpoint's.
    const ErrorData::Kind kind = ErrorData::of(error).kind;
    if (kind != ErrorData::Kind::http && kind != ErrorData::Kind::decode) return tell(0, error.code(), {});
    const std::optional<std::string>& requestId = error.requestId();
    tell(error.statusCode(), error.code(), requestId ? std::string_view(*requestId) : std::string_view());
}

void CallReport::failed() const { tell(0, "exception", {}); }

void CallReport::tell(int statusCode, std::string_view errorCode, std::string_view requestId) const {
    CallInfo notice;
    notice.callId = callId_;
    notice.method = request_.http.method;
    notice.route = request_.route;
    notice.statusCode = statusCode;
    notice.errorCode = errorCode;
    notice.attempts = request_.attempts;
    notice.startedAt = startedAt_;
    notice.duration = context_.clock->now() - startedAt_;
    notice.requestId = requestId;
    try {
        context_.observer->onCall(notice);
    } catch (...) { // NOLINT(bugprone-empty-catch): promised in observer.hpp
    }
}

KONTEXT_END_NAMESPACE
