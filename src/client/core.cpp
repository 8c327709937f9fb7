#include "client/core.hpp"

#include <utility>

#include <kontext/version.hpp>

#include "auth/token_request.hpp"
#include "call/log_level.hpp"
#include "call/response_error.hpp"
#include "client/raw_request.hpp"
#include "transport/header_fields.hpp"
#include "transport/method.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace detail {
namespace {

/// A page of an endpoint that we know nothing about: without items it is no list.
struct RawPage {
    std::vector<RawJson> items{};
    std::optional<std::string> nextCursor{};
};

} // namespace
} // namespace detail

template <>
struct json::Fields<detail::RawPage> {
    static constexpr FieldList list{
        required<&detail::RawPage::items>("items"),
        field<&detail::RawPage::nextCursor>("nextCursor"),
    };
};

namespace detail {
namespace {

std::shared_ptr<Logger> loggerOf(const ClientConfig& config) {
    if (config.logger != nullptr) return config.logger;
    if (const auto level = logLevelFromEnvironment()) return makeStderrLogger(*level);
    return nullptr;
}

std::string userAgentOf(const ClientConfig& config) {
    std::string agent = std::string("kontext-cpp/") + version();
    if (!config.appInfo.empty()) agent += ' ' + config.appInfo;
    return agent;
}

CallContext makeContext(ClientConfig& config, std::shared_ptr<Clock> clock) {
    CallContext context;
    context.transport = config.transport != nullptr
                            ? std::move(config.transport)
                            : makeCurlTransport(std::move(config.tls), std::move(config.proxy), config.httpVersion);
    context.clock = std::move(clock);
    context.logger = loggerOf(config);
    context.observer = std::move(config.observer);
    context.timeouts = config.timeouts;
    context.retry = config.retry;
    context.maxResponseBytes = config.maxResponseBytes;
    context.userAgent = userAgentOf(config);
    return context;
}

} // namespace

Core::Core(ClientConfig config, std::shared_ptr<Clock> clock)
    : endpoints_(checkConfig(config)), headers_(std::move(config.headers)),
      context_(makeContext(config, std::move(clock))),
      tokens_(std::make_unique<TokenCache>(
          context_,
          std::make_shared<TokenRequest>(context_,
                                         TokenEndpoint{endpoints_.tokenUrl, endpoints_.scope, endpoints_.audience}),
          std::move(config.tokenStore), std::move(config.credentials))) {}

CallDeadline Core::deadline(const CallOptions& options) const {
    if (options.timeout && *options.timeout <= std::chrono::milliseconds::zero())
        throw ConfigError("timeout", "timeout must be greater than zero");
    if (options.maxRetries && *options.maxRetries < 0)
        throw ConfigError("maxRetries", "maxRetries must not be negative");
    return {*context_.clock, options.timeout.value_or(context_.timeouts.call),
            options.maxRetries.value_or(context_.retry.maxRetries), options.cancel};
}

void Core::prepare(PreparedRequest& prepared, const Request& request, const CallOptions& options) const {
    if (options.info != nullptr) *options.info = {};
    prepared.http.method = request.method();
    prepared.http.url = endpoints_.apiRoot + request.target();
    prepared.http.body = request.body(prepared.secrets);
    prepared.route = request.route();
    prepared.retryable = request.isRetryable();
    prepared.deletes = request.method() == "DELETE" && request.response() == ResponseBody::ignored;
    checkHeaders(options.headers, "headers");
}

CallResult Core::exchange(PreparedRequest& prepared, const CallOptions& options) const {
    Headers& headers = prepared.http.headers;
    headers.reserve(5 + headers_.size() + options.headers.size());
    // Room for the loop, which puts the token there.
    headers.emplace_back("Authorization", "");
    headers.emplace_back("Accept", "application/json");
    headers.emplace_back("User-Agent", context_.userAgent);
    if (!prepared.http.body.empty()) headers.emplace_back("Content-Type", "application/json");
    setHeaders(headers, headers_);
    setHeaders(headers, options.headers);
    prepared.http.maxResponseBytes = context_.maxResponseBytes;
    prepared.http.cancel = options.cancel;
    const CallDeadline callDeadline = deadline(options);
    CallResult result = Exchange(context_, prepared, callDeadline, &tokens_.get(), options.info).run();
    if (!result.succeeded()) raise(errorOf(prepared, result, ErrorData::Kind::http));
    if (result.http.body.size() > context_.maxResponseBytes)
        throwDecodeError(
            context_, prepared, result,
            {{}, "it is larger than maxResponseBytes (" + std::to_string(context_.maxResponseBytes) + " bytes)"},
            "kontext_response_too_large");
    return result;
}

void Core::fetch(Request request, const CallOptions& options, const Reading& read, std::string* body) const {
    PreparedRequest prepared;
    prepare(prepared, request, options);
    CallResult result = exchange(prepared, options);
    if (request.response() == ResponseBody::optional && json::isBlank(result.http.body)) return;
    readResult(prepared, result, read, body);
}

void Core::readResult(const PreparedRequest& prepared, CallResult& result, const Reading& read,
                      std::string* body) const {
    std::optional<json::Fault> fault = read(result.http.body);
    if (body != nullptr) *body = std::move(result.http.body);
    if (fault) throwDecodeError(context_, prepared, result, std::move(*fault), "kontext_decode_error");
}

void Core::run(Request request, const CallOptions& options) const {
    PreparedRequest prepared;
    request = Request(request).response(ResponseBody::ignored);
    prepare(prepared, request, options);
    exchange(prepared, options);
}

CallResult Core::exchangeRaw(PreparedRequest& prepared, std::string_view method, std::string_view path,
                             const RawRequest& request, const CallOptions& options) const {
    if (options.info != nullptr) *options.info = {};
    checkMethod(method);
    if (method == "HEAD" && !request.body.empty()) throw ConfigError("body", "body must be empty with HEAD");
    prepared.http.method = method;
    prepared.http.url = rawUrl(endpoints_, path, request.query);
    prepared.http.body = request.body;
    prepared.route = "raw";
    prepared.retryable = isRetryableMethod(method);
    prepared.deletes = method == "DELETE";
    checkHeaders(options.headers, "headers");
    checkHeaders(request.headers, "request.headers");
    if (request.headers.empty()) return exchange(prepared, options);
    CallOptions merged = options;
    setHeaders(merged.headers, request.headers);
    return exchange(prepared, merged);
}

RawResponse Core::raw(std::string_view method, std::string_view path, const RawRequest& request,
                      const CallOptions& options) const {
    PreparedRequest prepared;
    CallResult result = exchangeRaw(prepared, method, path, request, options);
    return {result.http.statusCode, std::move(result.http.headers), std::move(result.http.body)};
}

Page<RawJson> Core::rawPage(std::string_view path, const RawRequest& request, const CallOptions& options,
                            std::string& body) const {
    PreparedRequest prepared;
    CallResult result = exchangeRaw(prepared, "GET", path, request, options);
    RawPage page;
    readResult(
        prepared, result, [&page](std::string_view text) { return json::decode(text, page); }, &body);
    return {std::move(page.items), std::move(page.nextCursor)};
}

void Core::refreshToken(const CallOptions& options) const { tokens_.get().refresh(deadline(options)); }

void Core::clearToken() const { tokens_.get().clear(); }

void Core::setCredentials(Credentials credentials) const {
    checkCredentials(credentials);
    tokens_.get().setCredentials(std::move(credentials));
}

} // namespace detail
KONTEXT_END_NAMESPACE
