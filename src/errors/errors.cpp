#include <kontext/errors.hpp>

#include <utility>

#include "errors/error_data.hpp"
#include "values/printable.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace detail {
namespace {

constexpr const char* docsPrefix = "https://docs.kontext.security/errors/";

const char* reasonPhrase(int status) {
    switch (status) {
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 407:
        return "Proxy Authentication Required";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Entity";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "";
    }
}

const char* codeOf(const ErrorData& data) {
    switch (data.kind) {
    case ErrorData::Kind::oauth:
        return "kontext_oauth_token_exchange_failed";
    case ErrorData::Kind::network:
    case ErrorData::Kind::timeout:
        return "kontext_network_error";
    case ErrorData::Kind::decode:
        return "kontext_decode_error";
    case ErrorData::Kind::cancelled:
        return "kontext_cancelled";
    case ErrorData::Kind::config:
        return "kontext_config_invalid";
    case ErrorData::Kind::http:
        break;
    }
    switch (data.status) {
    case 400:
        return "kontext_validation_error";
    case 401:
        return "kontext_authorization_required";
    case 403:
        return "kontext_policy_denied";
    case 404:
        return "kontext_not_found";
    case 409:
        return "kontext_conflict";
    case 412:
        return "kontext_precondition_failed";
    case 422:
        return "kontext_unprocessable_entity";
    case 429:
        return "kontext_rate_limited";
    default:
        return data.status >= 500 && data.status <= 599 ? "kontext_server_error" : "kontext_http_error";
    }
}

[[noreturn]] void raiseHttp(const std::shared_ptr<const ErrorData>& data) {
    switch (data->status) {
    case 400:
        throw BadRequestError(data);
    case 401:
        throw UnauthorizedError(data);
    case 403:
        throw ForbiddenError(data);
    case 404:
        throw NotFoundError(data);
    case 409:
        throw ConflictError(data);
    case 412:
        throw PreconditionFailedError(data);
    case 422:
        throw UnprocessableEntityError(data);
    case 429:
        throw RateLimitError(data);
    default:
        if (data->status >= 500 && data->status <= 599) throw ServerError(data);
        throw HttpError(data);
    }
}

void complete(ErrorData& data) {
    if (data.code.empty()) data.code = codeOf(data);
    if (data.docsUrl.empty()) data.docsUrl = docsPrefix + data.code;
}

std::shared_ptr<const ErrorData> networkData(ErrorData::Kind kind, NetworkErrorKind network, std::string message,
                                             bool mayHaveBeenProcessed) {
    auto data = std::make_shared<ErrorData>();
    data->kind = kind;
    data->network = network;
    data->message = std::move(message);
    data->mayHaveBeenProcessed = mayHaveBeenProcessed;
    complete(*data);
    return data;
}

std::shared_ptr<const ErrorData> configData(std::string field, std::string message) {
    auto data = std::make_shared<ErrorData>();
    data->kind = ErrorData::Kind::config;
    data->field = std::move(field);
    data->message = std::move(message);
    complete(*data);
    return data;
}

} // namespace

std::string describe(const ErrorData& data) {
    std::string text;
    // What an argument is wrong for has no answer.
    if (!data.method.empty())
        text += data.method + ' ' + data.path + (data.kind == ErrorData::Kind::config ? ": " : " -> ");
    if (data.status != 0) {
        text += std::to_string(data.status);
        if (const char* phrase = reasonPhrase(data.status); *phrase != '\0') text += std::string(" ") + phrase;
        text += ": ";
    }
    text += data.message;
    if (!data.pointer.empty()) text += " (at " + data.pointer + ')';
    text += " [" + data.code;
    if (data.requestId) text += ", request " + *data.requestId;
    if (data.attempts > 0) {
        text += ", attempt " + std::to_string(data.attempts);
        if (data.maxAttempts > 0) text += '/' + std::to_string(data.maxAttempts);
    }
    if (!data.reason.empty()) text += ", gave up: " + data.reason;
    text += ']';
    return printable(text);
}

void raise(const std::shared_ptr<const ErrorData>& data) {
    switch (data->kind) {
    case ErrorData::Kind::http:
        raiseHttp(data);
    case ErrorData::Kind::oauth:
        throw OAuthError(data);
    case ErrorData::Kind::timeout:
        throw TimeoutError(data);
    case ErrorData::Kind::decode:
        throw DecodeError(data);
    case ErrorData::Kind::cancelled:
        throw CancelledError(data);
    case ErrorData::Kind::config:
        throw ConfigError(data);
    case ErrorData::Kind::network:
        break;
    }
    throw NetworkError(data);
}

void raise(ErrorData data) {
    complete(data);
    raise(std::make_shared<const ErrorData>(std::move(data)));
}

} // namespace detail

KontextError::KontextError(std::shared_ptr<const detail::ErrorData> data)
    : std::runtime_error(detail::describe(*data)), data_(std::move(data)) {}
KontextError::KontextError(const KontextError&) noexcept = default;
KontextError& KontextError::operator=(const KontextError&) noexcept = default;
KontextError::~KontextError() = default;

const std::string& KontextError::code() const noexcept { return data_->code; }
const std::string& KontextError::message() const noexcept { return data_->message; }
const std::string& KontextError::docsUrl() const noexcept { return data_->docsUrl; }
int KontextError::statusCode() const noexcept { return data_->status; }
const std::optional<std::string>& KontextError::requestId() const noexcept { return data_->requestId; }
const RawJson& KontextError::meta() const noexcept { return data_->meta; }
const std::string& KontextError::method() const noexcept { return data_->method; }
const std::string& KontextError::path() const noexcept { return data_->path; }
int KontextError::attempts() const noexcept { return data_->attempts; }
const std::string& KontextError::retryStopReason() const noexcept { return data_->reason; }
std::optional<std::chrono::seconds> KontextError::retryAfter() const noexcept { return data_->retryAfter; }

HttpError::~HttpError() = default;
const std::vector<ValidationError>& HttpError::validationErrors() const noexcept { return data().validationErrors; }
const Headers& HttpError::headers() const noexcept { return data().headers; }
const std::string& HttpError::body() const noexcept { return data().body; }

BadRequestError::~BadRequestError() = default;
UnauthorizedError::~UnauthorizedError() = default;
ForbiddenError::~ForbiddenError() = default;
const std::vector<std::string>& ForbiddenError::missingScopes() const noexcept { return data().missingScopes; }
NotFoundError::~NotFoundError() = default;
ConflictError::~ConflictError() = default;
PreconditionFailedError::~PreconditionFailedError() = default;
UnprocessableEntityError::~UnprocessableEntityError() = default;
RateLimitError::~RateLimitError() = default;
ServerError::~ServerError() = default;

OAuthError::~OAuthError() = default;
const std::string& OAuthError::errorCode() const noexcept { return data().errorCode; }
const std::string& OAuthError::errorDescription() const noexcept { return data().errorDescription; }

NetworkError::NetworkError(NetworkErrorKind kind, std::string message, bool requestMayHaveBeenProcessed)
    : KontextError(
        detail::networkData(detail::ErrorData::Kind::network, kind, std::move(message), requestMayHaveBeenProcessed)) {}
NetworkError::~NetworkError() = default;
NetworkErrorKind NetworkError::kind() const noexcept { return data().network; }
bool NetworkError::requestMayHaveBeenProcessed() const noexcept { return data().mayHaveBeenProcessed; }

TimeoutError::TimeoutError(std::string message, bool requestMayHaveBeenProcessed)
    : NetworkError(detail::networkData(detail::ErrorData::Kind::timeout, NetworkErrorKind::timeout, std::move(message),
                                       requestMayHaveBeenProcessed)) {}
TimeoutError::~TimeoutError() = default;

DecodeError::~DecodeError() = default;
const std::string& DecodeError::pointer() const noexcept { return data().pointer; }

CancelledError::~CancelledError() = default;
bool CancelledError::requestMayHaveBeenProcessed() const noexcept { return data().mayHaveBeenProcessed; }

ConfigError::ConfigError(std::string field, std::string message)
    : KontextError(detail::configData(std::move(field), std::move(message))) {}
ConfigError::~ConfigError() = default;
const std::string& ConfigError::field() const noexcept { return data().field; }

const char* toString(NetworkErrorKind kind) noexcept {
    switch (kind) {
    case NetworkErrorKind::resolve:
        return "resolve";
    case NetworkErrorKind::connect:
        return "connect";
    case NetworkErrorKind::tls:
        return "tls";
    case NetworkErrorKind::proxy:
        return "proxy";
    case NetworkErrorKind::send:
        return "send";
    case NetworkErrorKind::receive:
        return "receive";
    case NetworkErrorKind::timeout:
        return "timeout";
    case NetworkErrorKind::protocol:
        return "protocol";
    case NetworkErrorKind::other:
        break;
    }
    return "other";
}

bool isKontextError(const std::exception& error) noexcept {
    return dynamic_cast<const KontextError*>(&error) != nullptr;
}
bool isNetworkError(const std::exception& error) noexcept {
    return dynamic_cast<const NetworkError*>(&error) != nullptr;
}
bool isUnauthorizedError(const std::exception& error) noexcept {
    if (const auto* http = dynamic_cast<const HttpError*>(&error)) return http->statusCode() == 401;
    if (const auto* oauth = dynamic_cast<const OAuthError*>(&error)) return oauth->statusCode() == 401;
    return false;
}

KONTEXT_END_NAMESPACE
