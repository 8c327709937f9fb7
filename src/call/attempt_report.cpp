#include "call/attempt_report.hpp"

#include <chrono>
#include <string>

#include "call/display_path.hpp"
#include "call/redact.hpp"
#include "transport/header_fields.hpp"
#include "values/duration.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using detail::ErrorData;
using std::chrono::milliseconds;

void notify(CallObserver& observer, const AttemptReport& report) {
    const Attempt& attempt = report.attempt;
    AttemptInfo notice;
    notice.method = report.request.http.method;
    notice.route = report.request.route;
    notice.attempt = report.number;
    notice.statusCode = attempt.failure != nullptr ? 0 : attempt.response.statusCode;
    std::string code;
    if (attempt.failure != nullptr) code = attempt.cancelled() ? "kontext_cancelled" : attempt.failure->code;
    notice.errorCode = code;
    std::string requestId = headerOr(attempt.response.headers, "x-request-id");
    redact(requestId, secretsOf(report.request, report.token));
    notice.requestId = requestId;
    notice.startedAt = attempt.startedAt;
    notice.duration = attempt.duration;
    if (report.decision.again) notice.retryDelay = report.decision.wait;
    notice.retryReason = report.decision.reason;
    try {
        observer.onAttempt(notice);
    } catch (...) { // NOLINT(bugprone-empty-catch): promised in observer.hpp
    }
}

/// `GET /api/v1/applications/1 -> 503 (12 ms, attempt 1/3, request req_1), retrying in 500 ms: status 503`
std::string lineOf(const AttemptReport& report) {
    const Attempt& attempt = report.attempt;
    std::string line = report.request.http.method + ' ' + displayPath(report.request.http.url) + " -> ";
    line += attempt.failure != nullptr ? attempt.failure->message : std::to_string(attempt.response.statusCode);
    line += " (" + formatDuration(std::chrono::duration_cast<milliseconds>(attempt.duration)) + ", attempt "
            + std::to_string(report.number) + '/' + std::to_string(report.maxAttempts);
    if (const std::string* id = findHeader(attempt.response.headers, "x-request-id")) line += ", request " + *id;
    line += ')';
    redact(line, secretsOf(report.request, report.token));
    if (report.decision.again) line += ", retrying in " + formatDuration(report.decision.wait);
    if (!report.decision.reason.empty()) line += ": " + report.decision.reason;
    return line;
}

LogLevel levelOf(const AttemptReport& report) {
    if (report.decision.again) return LogLevel::info;
    const bool succeeded =
        report.attempt.failure == nullptr && (report.attempt.response.statusCode <= 299 || report.alreadyDeleted);
    return succeeded ? LogLevel::debug : LogLevel::error;
}

} // namespace

void report(const CallContext& context, const AttemptReport& report) {
    if (context.observer != nullptr) notify(*context.observer, report);
    if (context.logger != nullptr) context.log(levelOf(report), lineOf(report));
}

KONTEXT_END_NAMESPACE
