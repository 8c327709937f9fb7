/// @file
/// Everything that a client throws, except std::bad_alloc.
///
/// ```
/// KontextError
/// ├─ HttpError        the API answered with another status than 2xx
/// │  ├─ BadRequestError 400     UnauthorizedError 401         ForbiddenError 403      NotFoundError 404
/// │  ├─ ConflictError 409       PreconditionFailedError 412   UnprocessableEntityError 422
/// │  └─ RateLimitError 429      ServerError 5xx               (any other status is a plain HttpError)
/// ├─ OAuthError       the token endpoint refused, or answered with something that cannot be used
/// ├─ NetworkError     no answer
/// │  └─ TimeoutError  no answer in time
/// ├─ DecodeError      a 2xx answer that cannot be read
/// ├─ CancelledError   the call's CancellationToken was cancelled
/// └─ ConfigError      a setting or an argument is wrong
/// ```
///
/// All of an error's data is in one shared, immutable block: copies never throw and say the same, and references that
/// the accessors return live as long as any copy. The names, codes and helpers are those of the vendor's TypeScript
/// SDK. No text of an error holds the client secret or a token.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <kontext/export.hpp>
#include <kontext/headers.hpp>
#include <kontext/raw_json.hpp>

KONTEXT_BEGIN_NAMESPACE

namespace detail {
struct ErrorData;
}

/// The base of all errors of the library; catch it to catch them all. `what()` is one line that suffices for a support
/// ticket: request, status, the server's words, code, request id and attempts.
class KONTEXT_API KontextError : public std::runtime_error {
public:
    /// For the library itself: the data are opaque.
    explicit KontextError(std::shared_ptr<const detail::ErrorData> data);
    KontextError(const KontextError&) noexcept;            ///< Shares the data.
    KontextError& operator=(const KontextError&) noexcept; ///< Shares the data.
    ~KontextError() override;

    /// A stable name such as `kontext_not_found`; a `code` in the server's response wins.
    const std::string& code() const noexcept;
    /// The message alone; for an HttpError the server's words.
    const std::string& message() const noexcept;
    /// Where the vendor documents the code: `https://docs.kontext.security/errors/<code>`.
    const std::string& docsUrl() const noexcept;
    /// The HTTP status, or 0 if there was no HTTP answer.
    int statusCode() const noexcept;
    /// The response's `x-request-id`, which the vendor's support asks for.
    const std::optional<std::string>& requestId() const noexcept;
    /// What else the server said: the JSON object of its response, or `{}`.
    const RawJson& meta() const noexcept;

    /// The HTTP method, or "" if the error is not about a request. A ConfigError about an argument of a call has the
    /// method and path of the request that was not sent.
    const std::string& method() const noexcept;
    /// The path of the request with its query, as it was sent, or "" if the error is not about a request. The value of
    /// a query parameter such as `cursor` or `userId` is left out of it. Of a ConfigError it is the route, such as
    /// `/api/v1/applications/{id}`.
    const std::string& path() const noexcept;
    /// How many attempts were made, the replay after a 401 and those that found no connection included; 0 if there was
    /// none, as for most ConfigErrors. Of an OAuthError: attempts to get a token.
    int attempts() const noexcept;
    /// Why it was not tried again, such as "a POST is not retried after status 503: it may have been processed"; ""
    /// where a retry was out of the question, as for a 404. The wording is for people and may change.
    const std::string& retryStopReason() const noexcept;
    /// What the server asked to wait, by `Retry-After`, seconds or a date, rounded up.
    std::optional<std::chrono::seconds> retryAfter() const noexcept;

protected:
    /// The shared data.
    const detail::ErrorData& data() const noexcept { return *data_; }

private:
    friend struct detail::ErrorData;
    std::shared_ptr<const detail::ErrorData> data_;
};

/// One fault of the request's body, as the server names it.
struct ValidationError {
    std::string field{};   ///< The field, such as "oauth.redirectUris"; may be empty.
    std::string message{}; ///< What is wrong with it.
};

/// The API answered with another status than 2xx. Redirects are never followed: a 3xx is one too, and its message shows
/// the Location, without the values of its query.
class KONTEXT_API HttpError : public KontextError {
public:
    using KontextError::KontextError;
    ~HttpError() override;
    /// The fields that the server found fault with, usually of a 400 or 422.
    const std::vector<ValidationError>& validationErrors() const noexcept;
    /// All headers of the response.
    const Headers& headers() const noexcept;
    /// The body as it came, cut at ClientConfig::maxResponseBytes.
    const std::string& body() const noexcept;
};

/// 400: the request is malformed; see `validationErrors()`.
class KONTEXT_API BadRequestError : public HttpError {
public:
    using HttpError::HttpError;
    ~BadRequestError() override;
};

/// 401, also after a new token: the service account's credentials do not open this API.
class KONTEXT_API UnauthorizedError : public HttpError {
public:
    using HttpError::HttpError;
    ~UnauthorizedError() override;
};

/// 403: the service account may not do this. Never retried.
class KONTEXT_API ForbiddenError : public HttpError {
public:
    using HttpError::HttpError;
    ~ForbiddenError() override;
    /// The scopes that the token lacks, if the server names them.
    const std::vector<std::string>& missingScopes() const noexcept;
};

/// 404: there is no such resource; check the id.
class KONTEXT_API NotFoundError : public HttpError {
public:
    using HttpError::HttpError;
    ~NotFoundError() override;
};

/// 409: it conflicts with what is there, such as a name in use.
class KONTEXT_API ConflictError : public HttpError {
public:
    using HttpError::HttpError;
    ~ConflictError() override;
};

/// 412: a precondition, such as `If-Match`, does not hold.
class KONTEXT_API PreconditionFailedError : public HttpError {
public:
    using HttpError::HttpError;
    ~PreconditionFailedError() override;
};

/// 422: well formed, but refused; see `validationErrors()`.
class KONTEXT_API UnprocessableEntityError : public HttpError {
public:
    using HttpError::HttpError;
    ~UnprocessableEntityError() override;
};

/// 429, after the retries: see `retryAfter()`. The vendor allows 120 requests a minute for each credential.
class KONTEXT_API RateLimitError : public HttpError {
public:
    using HttpError::HttpError;
    ~RateLimitError() override;
};

/// 5xx, after the retries.
class KONTEXT_API ServerError : public HttpError {
public:
    using HttpError::HttpError;
    ~ServerError() override;
};

/// The token endpoint's final answer was a status other than 2xx, or a 2xx that cannot be used. The message says which
/// of token URL, client id, scopes and audience to look at.
class KONTEXT_API OAuthError : public KontextError {
public:
    using KontextError::KontextError;
    ~OAuthError() override;
    /// The `error` of RFC 6749, such as `invalid_client`, or "".
    const std::string& errorCode() const noexcept;
    /// The `error_description` of RFC 6749, or "".
    const std::string& errorDescription() const noexcept;
};

/// At which stage a request failed.
enum class NetworkErrorKind {
    resolve,  ///< The host name was not found.
    connect,  ///< No connection: refused, unreachable.
    tls,      ///< The TLS handshake failed, or the certificate was not accepted.
    proxy,    ///< The proxy's name was not found, or it refused (407 too); one that nobody listens at is `connect`.
    send,     ///< The connection broke while the request was being sent.
    receive,  ///< The connection broke before the response was complete, or the server refused the HTTP/2 stream.
    timeout,  ///< Time ran out.
    protocol, ///< The peer does not speak HTTP properly.
    other     ///< None of these.
};

/// The name of the enumerator, such as "connect".
KONTEXT_API const char* toString(NetworkErrorKind kind) noexcept;

/// There was no answer.
class KONTEXT_API NetworkError : public KontextError {
public:
    using KontextError::KontextError;
    /// For a Transport of your own. The client adds method, path and attempts before its user sees it.
    NetworkError(NetworkErrorKind kind, std::string message, bool requestMayHaveBeenProcessed);
    ~NetworkError() override;
    /// At which stage it failed.
    NetworkErrorKind kind() const noexcept;
    /// Whether the server may have executed the request. If so, and the request was a POST that creates something:
    /// list, remove the orphan, create again; a secret that was lost with the response cannot be read later.
    bool requestMayHaveBeenProcessed() const noexcept;
};

/// There was no answer in time: the connect, attempt or call timeout.
class KONTEXT_API TimeoutError : public NetworkError {
public:
    using NetworkError::NetworkError;
    /// For a Transport of your own.
    TimeoutError(std::string message, bool requestMayHaveBeenProcessed);
    ~TimeoutError() override;
};

/// A 2xx answer that cannot be read: not JSON, cut off, a wrong type, too deep, or larger than
/// ClientConfig::maxResponseBytes (code `kontext_response_too_large`). The request was processed.
class KONTEXT_API DecodeError : public KontextError {
public:
    using KontextError::KontextError;
    ~DecodeError() override;
    /// The JSON pointer (RFC 6901) of the place, such as `/application/id`; "" is the whole document.
    const std::string& pointer() const noexcept;
};

/// The call's CancellationToken was cancelled.
class KONTEXT_API CancelledError : public KontextError {
public:
    using KontextError::KontextError;
    ~CancelledError() override;
    /// Whether the request was under way, so that the server may have executed it.
    bool requestMayHaveBeenProcessed() const noexcept;
};

/// A setting or an argument is wrong. The constructor and the checks of arguments throw it before anything is sent. So
/// does, at any time, a TokenStore that cannot be used: a file that others can read.
class KONTEXT_API ConfigError : public KontextError {
public:
    using KontextError::KontextError;
    /// For a TokenStore or Transport of your own: names the field and says what is wrong with it.
    ConfigError(std::string field, std::string message);
    ~ConfigError() override;
    /// The field or parameter that is wrong, such as `credentials.clientSecret` or `applicationId`.
    const std::string& field() const noexcept;
};

/// Whether the exception comes from this library.
KONTEXT_API bool isKontextError(const std::exception& error) noexcept;
/// Whether there was no answer: a NetworkError.
KONTEXT_API bool isNetworkError(const std::exception& error) noexcept;
/// Whether the credentials were not accepted: an HttpError or OAuthError with status 401.
KONTEXT_API bool isUnauthorizedError(const std::exception& error) noexcept;

KONTEXT_END_NAMESPACE
