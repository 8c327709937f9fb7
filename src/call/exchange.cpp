#include "call/exchange.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "call/access_token.hpp"
#include "call/redact.hpp"
#include "call/retry_after.hpp"
#include "transport/header_fields.hpp"
#include "values/wipe.hpp"
#include "json/envelope.hpp"

namespace kontext {
namespace {

using detail::ErrorData;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::string_view authorizationHeader = "Authorization";

/// Rounded up: cutting 0.4 ms to none would be a timeout of its own.
milliseconds inMilliseconds(nanoseconds duration) { return std::chrono::ceil<milliseconds>(duration); }

std::string headerOr(const Headers& headers, std::string_view name) {
    const std::string* value = findHeader(headers, name);
    return value != nullptr ? *value : std::string();
}

/// For a reply that is no JSON: one line of it, not a whole page of a gateway.
std::string plainWords(std::string_view body) {
    constexpr std::size_t longest = 300;
    std::string text;
    for (const char c : body) {
        const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (blank && (text.empty() || text.back() == ' ')) continue;
        text.push_back(blank ? ' ' : c);
        if (text.size() > longest) break;
    }
    if (text.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
            --end; // not within a character
        text.resize(end);
        text += "...";
    }
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

/// A reply that nobody took. One that is no success may repeat in its headers, too, what the server heard.
void forget(HttpResponse& response) {
    wipe(response.body);
    if (response.statusCode < 300) return;
    for (auto& header : response.headers)
        wipe(header.second);
}

} // namespace

Answer::~Answer() { forget(http); }

Outgoing::~Outgoing() {
    for (auto& header : http.headers)
        if (header.first == authorizationHeader) wipe(header.second);
    if (!secrets.empty()) wipe(http.body);
}

Exchange::Exchange(const Wiring& wiring, Outgoing& out, const Budget& budget, Tokens* tokens, ResponseInfo* info)
    : wiring_(wiring), out_(out), budget_(budget), tokens_(tokens), info_(info) {
    if (info_ != nullptr) *info_ = ResponseInfo{};
}

Answer Exchange::run() {
    for (;;) {
        authorize();
        Attempt attempt = send();
        if (renewToken(attempt)) continue;
        Decision decision = judge(attempt);
        report(attempt, decision);
        if (!decision.again) return finish(std::move(attempt), std::move(decision));
        forget(attempt.response);
        ++retries_;
        wiring_.time->wait(decision.wait, budget_.cancel());
        checkWanted();
    }
}

void Exchange::authorize() {
    checkWanted();
    if (tokens_ == nullptr) return;
    try {
        token_ = tokens_->get(budget_);
    } catch (const KontextError& error) {
        if (!ambiguous_) throw;
        ErrorData data = ErrorData::of(error);
        data.mayHaveBeenProcessed = true; // an attempt of ours, before the token was asked for
        detail::raise(std::move(data));
    }
    const std::string_view bytes = token_->secret().reveal();
    std::string value;
    value.reserve(7 + bytes.size());
    value.append("Bearer ").append(bytes);
    for (auto& header : out_.http.headers) {
        if (header.first != authorizationHeader) continue;
        wipe(header.second);
        header.second = std::move(value);
        return;
    }
    out_.http.headers.emplace_back(authorizationHeader, std::move(value));
}

void Exchange::checkWanted() {
    ErrorData data;
    if (budget_.cancel().isCancelled()) {
        data.kind = ErrorData::Kind::cancelled;
        data.message = "the call was cancelled";
    } else if (budget_.spent()) {
        data.kind = ErrorData::Kind::timeout;
        data.network = NetworkErrorKind::timeout;
        data.message = "the call's time of " + inWords(budget_.whole()) + " is used up";
    } else {
        return;
    }
    fail(data, {});
}

Exchange::Attempt Exchange::send() {
    out_.http.connectTimeout = std::min(wiring_.timeouts.connect, inMilliseconds(budget_.left()));
    out_.http.timeout = std::min(wiring_.timeouts.attempt, inMilliseconds(budget_.left()));
    ++attempts_;
    if (info_ != nullptr) info_->attempts = attempts_;
    Attempt attempt;
    attempt.startedAt = wiring_.time->now();
    try {
        attempt.response = wiring_.transport->send(out_.http);
        if (attempt.response.statusCode < 200 || attempt.response.statusCode > 599)
            throw NetworkError(NetworkErrorKind::protocol,
                               "the status " + std::to_string(attempt.response.statusCode) + " is none of HTTP", true);
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
    attempt.duration = wiring_.time->now() - attempt.startedAt;
    if (attempt.failure != nullptr && attempt.failure->kind == ErrorData::Kind::timeout && budget_.spent()) {
        ErrorData late = *attempt.failure;
        late.message = "the call's time of " + inWords(budget_.whole()) + " is used up: " + late.message;
        attempt.failure = std::make_shared<ErrorData>(std::move(late));
    }
    if (attempt.failure != nullptr && budget_.cancel().isCancelled()) {
        ErrorData cancelled = *attempt.failure;
        cancelled.kind = ErrorData::Kind::cancelled;
        cancelled.message = "the call was cancelled";
        cancelled.code.clear();
        cancelled.docsUrl.clear();
        attempt.failure = std::make_shared<ErrorData>(std::move(cancelled));
    }
    if (out_.http.maxResponseBytes < attempt.response.body.size() && attempt.response.statusCode >= 300)
        attempt.response.body.resize(out_.http.maxResponseBytes);
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
    Decision decision{true, milliseconds(0), "status 401, once more with a new token"};
    report(attempt, decision);
    tokens_->invalidate(*token_);
    forget(attempt.response);
    replayed_ = true;
    return true;
}

Decision Exchange::judge(const Attempt& attempt) {
    retryAfter_.reset();
    const HttpResponse& response = attempt.response;
    if (response.statusCode >= 200 && response.statusCode <= 299) return {};
    Failure failure;
    failure.method = out_.http.method;
    failure.repeatable = out_.repeatable;
    failure.retries = retries_;
    failure.maxRetries = budget_.maxRetries();
    failure.left = budget_.left();
    if (attempt.failure != nullptr) {
        if (attempt.failure->kind == ErrorData::Kind::cancelled) return {};
        failure.mayHaveBeenProcessed = attempt.failure->mayHaveBeenProcessed;
        failure.transient = attempt.failure->transient;
    } else {
        failure.status = response.statusCode;
        if (const std::string* value = findHeader(response.headers, "Retry-After"))
            retryAfter_ = parseRetryAfter(*value, headerOr(response.headers, "Date"), wiring_.time->wallNow());
        failure.retryAfter = retryAfter_;
    }
    Decision decision = decide(failure, wiring_.retry, wiring_.time->jitter());
    if (decision.again) ambiguous_ = ambiguous_ || failure.mayHaveBeenProcessed || isAmbiguous(failure.status);
    return decision;
}

/// A 404 for what an earlier attempt has deleted.
bool Exchange::isDoneBefore(const HttpResponse& response) const {
    return out_.deletes && ambiguous_ && response.statusCode == 404;
}

Answer Exchange::finish(Attempt attempt, Decision decision) {
    if (attempt.failure != nullptr) fail(*attempt.failure, std::move(decision.reason));
    Answer answer;
    answer.http = std::move(attempt.response);
    answer.attempts = attempts_;
    answer.maxAttempts = maxAttempts();
    answer.reason = std::move(decision.reason);
    answer.retryAfter = retryAfter_;
    answer.doneBefore = isDoneBefore(answer.http);
    answer.token = token_;
    return answer;
}

void Exchange::fail(const ErrorData& failure, std::string reason) {
    ErrorData data = failure;
    data.method = out_.http.method;
    data.path = displayPath(out_.http.url);
    data.attempts = attempts_;
    data.maxAttempts = maxAttempts();
    data.reason = std::move(reason);
    // A token request is none of the user's: whatever became of it, his was not sent.
    data.mayHaveBeenProcessed = tokens_ != nullptr && (data.mayHaveBeenProcessed || ambiguous_);
    redact(data, secretsOf(out_, token_));
    detail::raise(std::move(data));
}

std::string Exchange::summary(const Attempt& attempt) const {
    std::string text = out_.http.method + ' ' + displayPath(out_.http.url) + " -> ";
    text += attempt.failure != nullptr ? attempt.failure->message : std::to_string(attempt.response.statusCode);
    text += " (" + inWords(std::chrono::duration_cast<milliseconds>(attempt.duration)) + ", attempt "
            + std::to_string(attempts_) + '/' + std::to_string(maxAttempts());
    if (const std::string* id = findHeader(attempt.response.headers, "x-request-id")) text += ", request " + *id;
    return text + ')';
}

void Exchange::report(const Attempt& attempt, const Decision& decision) const {
    if (wiring_.observer != nullptr) {
        AttemptInfo notice;
        notice.method = out_.http.method;
        notice.route = out_.route;
        notice.attempt = attempts_;
        notice.statusCode = attempt.failure != nullptr ? 0 : attempt.response.statusCode;
        std::string code;
        if (attempt.failure != nullptr)
            code = attempt.failure->kind == ErrorData::Kind::cancelled ? "kontext_cancelled" : attempt.failure->code;
        notice.errorCode = code;
        std::string requestId = headerOr(attempt.response.headers, "x-request-id");
        redact(requestId, secretsOf(out_, token_));
        notice.requestId = requestId;
        notice.startedAt = attempt.startedAt;
        notice.duration = attempt.duration;
        if (decision.again) notice.retryIn = decision.wait;
        notice.reason = decision.reason;
        try {
            wiring_.observer->onAttempt(notice);
        } catch (...) { // NOLINT(bugprone-empty-catch): promised in observer.hpp
        }
    }
    if (wiring_.logger == nullptr) return;
    std::string line = summary(attempt);
    redact(line, secretsOf(out_, token_));
    if (decision.again) line += ", again in " + inWords(decision.wait);
    if (!decision.reason.empty()) line += ": " + decision.reason;
    const bool well =
        attempt.failure == nullptr && (attempt.response.statusCode <= 299 || isDoneBefore(attempt.response));
    wiring_.log(decision.again ? LogLevel::info : well ? LogLevel::debug : LogLevel::error, line);
}

std::vector<Secret> secretsOf(const Outgoing& out, const std::shared_ptr<const AccessToken>& token) {
    std::vector<Secret> all = out.secrets;
    if (token != nullptr) all.push_back(token->secret());
    return all;
}

std::string displayPath(std::string_view url) {
    constexpr std::array<std::string_view, 6> harmless{"limit", "offset", "period", "status", "all", "includeInactive"};
    const std::size_t scheme = url.find("://");
    const std::size_t slash = url.find_first_of("/?", scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos) return "/";
    const std::string_view target = url.substr(slash);
    const std::size_t mark = target.find('?');
    std::string shown(target.substr(0, mark));
    if (mark == std::string_view::npos) return shown;
    shown.push_back('?');
    for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        const std::string_view name = pair.substr(0, pair.find('='));
        if (shown.back() != '?') shown.push_back('&');
        if (std::find(harmless.begin(), harmless.end(), name) != harmless.end())
            shown.append(pair);
        else
            shown.append(name).append("=...");
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return shown;
}

ErrorData errorOf(const Outgoing& out, const Answer& answer, ErrorData::Kind kind) {
    const std::vector<Secret> secrets = secretsOf(out, answer.token);
    ErrorData data;
    data.kind = kind;
    data.method = out.http.method;
    data.path = displayPath(out.http.url);
    data.status = answer.http.statusCode;
    data.headers = answer.http.headers;
    data.body = answer.http.body;
    redact(data.body, secrets); // before words are cut out of it
    data.attempts = answer.attempts;
    data.maxAttempts = answer.maxAttempts;
    data.reason = answer.reason;
    data.retryAfter = answer.retryAfter;
    if (const std::string* id = findHeader(answer.http.headers, "x-request-id")) data.requestId = *id;
    if (auto envelope = json::readEnvelope(data.body)) {
        data.message = envelope->words();
        data.code = std::move(envelope->code);
        data.errorCode = std::move(envelope->error);
        data.errorDescription = std::move(envelope->errorDescription);
        data.validationErrors = std::move(envelope->validationErrors);
        data.missingScopes = std::move(envelope->missingScopes);
        data.meta = RawJson(std::move(envelope->meta));
    } else {
        data.message = plainWords(data.body);
    }
    if (data.message.empty()) data.message = "HTTP " + std::to_string(data.status);
    if (data.status >= 300 && data.status <= 399)
        if (const std::string* location = findHeader(answer.http.headers, "Location"))
            data.message += " (redirects are not followed; Location: " + *location + ')';
    redact(data, secrets); // what was spelt otherwise in the body
    return data;
}

} // namespace kontext
