#include "call/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "call/attempt_report.hpp"
#include "call/display_path.hpp"
#include "call/interruption.hpp"
#include "call/redact.hpp"
#include "call/retry_after.hpp"
#include "transport/header_fields.hpp"

KONTEXT_BEGIN_NAMESPACE

using detail::ErrorData;

Exchange::Exchange(const CallContext& context, PreparedRequest& request, const CallDeadline& deadline, Tokens* tokens,
                   ResponseInfo* info)
    : context_(context), request_(request), deadline_(deadline), tokens_(tokens), info_(info) {
    if (info_ != nullptr) *info_ = ResponseInfo{};
}

CallResult Exchange::run() {
    for (;;) {
        authorize();
        Attempt attempt = send();
        if (renewToken(attempt)) continue;
        Decision decision = judge(attempt);
        tell(attempt, decision);
        if (!decision.again) return finish(std::move(attempt), std::move(decision));
        discard(attempt.response);
        ++retries_;
        // No longer than the call: an observer or a logger may have taken what was left of its time.
        context_.clock->wait(std::min<std::chrono::nanoseconds>(decision.wait, deadline_.remaining()),
                             deadline_.cancel());
    }
}

void Exchange::authorize() {
    throwIfCancelledOrExpired(); // no token is fetched for a call that is over
    if (tokens_ == nullptr) return;
    try {
        token_ = tokens_->get(deadline_);
    } catch (const KontextError& error) {
        if (!outcomeUnknown_) throw;
        ErrorData data = ErrorData::of(error);
        data.mayHaveBeenProcessed = true; // by an attempt before the token was asked for
        detail::raise(std::move(data));
    }
    request_.authorize(*token_);
}

void Exchange::throwIfCancelledOrExpired() const {
    auto interruption = interruptionOf(deadline_);
    if (!interruption) return;
    if (attempts_ == 0) interruption->message += " before the request was sent";
    fail(*interruption, {});
}

Attempt Exchange::send() {
    throwIfCancelledOrExpired(); // the token may have taken all of the time
    ++attempts_;
    if (info_ != nullptr) info_->attempts = attempts_;
    Attempt attempt = sendOnce(context_, request_, deadline_);
    if (info_ != nullptr && attempt.failure == nullptr) {
        info_->statusCode = attempt.response.statusCode;
        info_->requestId = headerOr(attempt.response.headers, "x-request-id");
        info_->headers = attempt.response.headers;
        info_->body = attempt.response.body;
    }
    return attempt;
}

/// A 401 was not processed, so the replay holds for a POST too; it is no retry. A second one is the answer.
bool Exchange::renewToken(Attempt& attempt) {
    if (attempt.response.statusCode != 401 || tokens_ == nullptr || replayed_) return false;
    tell(attempt, {true, std::chrono::milliseconds(0), "status 401, with a new token"});
    tokens_->invalidate(*token_, deadline_);
    discard(attempt.response);
    replayed_ = true;
    return true;
}

Decision Exchange::judge(const Attempt& attempt) {
    retryAfter_.reset();
    const HttpResponse& response = attempt.response;
    if (response.statusCode >= 200 && response.statusCode <= 299) return {};
    if (attempt.cancelled()) return {};
    Failure failure;
    failure.method = request_.http.method;
    failure.retryable = request_.retryable;
    failure.retries = retries_;
    failure.maxRetries = deadline_.maxRetries();
    failure.remaining = deadline_.remaining();
    if (attempt.failure != nullptr) {
        failure.mayHaveBeenProcessed = attempt.failure->mayHaveBeenProcessed;
        failure.transient = attempt.failure->transient;
    } else {
        failure.status = response.statusCode;
        if (const std::string* value = findHeader(response.headers, "Retry-After"))
            retryAfter_ = parseRetryAfter(*value, headerOr(response.headers, "Date"), context_.clock->wallNow());
        failure.retryAfter = retryAfter_;
    }
    Decision decision = decide(failure, context_.retry, context_.clock->jitter());
    if (decision.again)
        outcomeUnknown_ = outcomeUnknown_ || failure.mayHaveBeenProcessed || leavesOutcomeUnknown(failure.status);
    return decision;
}

void Exchange::tell(const Attempt& attempt, const Decision& decision) const {
    report(context_,
           {request_, attempt, decision, attempts_, maxAttempts(), isAlreadyDeleted(attempt.response), token_});
}

/// A 404 for what an earlier attempt has deleted.
bool Exchange::isAlreadyDeleted(const HttpResponse& response) const {
    return request_.deletes && outcomeUnknown_ && response.statusCode == 404;
}

CallResult Exchange::finish(Attempt attempt, Decision decision) {
    if (attempt.failure != nullptr) fail(*attempt.failure, std::move(decision.reason));
    CallResult result;
    result.http = std::move(attempt.response);
    result.attempts = attempts_;
    result.maxAttempts = maxAttempts();
    result.reason = std::move(decision.reason);
    result.retryAfter = retryAfter_;
    result.alreadyDeleted = isAlreadyDeleted(result.http);
    result.token = token_;
    return result;
}

void Exchange::fail(const ErrorData& failure, std::string reason) const {
    ErrorData data = failure;
    data.method = request_.http.method;
    data.path = displayPath(request_.http.url);
    data.attempts = attempts_;
    data.maxAttempts = maxAttempts();
    data.reason = std::move(reason);
    // A token request is not the user's: whatever became of it, his own request was not sent.
    data.mayHaveBeenProcessed = tokens_ != nullptr && (data.mayHaveBeenProcessed || outcomeUnknown_);
    redact(data, secretsOf(request_, token_));
    detail::raise(std::move(data));
}

KONTEXT_END_NAMESPACE
