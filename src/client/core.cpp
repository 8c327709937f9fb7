#include "client/core.hpp"

#include <utility>

#include <kontext/version.hpp>

#include "auth/token_request.hpp"
#include "call/call_report.hpp"
#include "call/display_path.hpp"
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

/// Runs the checks of a call's arguments. A ConfigError of theirs names the request that it was for: `root` and `path`
/// together are its URL.
template <class Checks>
void checkArguments(std::string_view method, std::string_view root, std::string_view path, Checks checks) {
    try {
        checks();
    } catch (const ConfigError& error) {
        ErrorData data = ErrorData::of(error);
        data.method = method;
        data.path = root.empty() ? displayUrl(path) : displayPath(std::string(root).append(path));
        raise(std::move(data));
    }
}

void checkLimits(const CallOptions& options) {
    if (options.timeout && *options.timeout <= std::chrono::milliseconds::zero())
        throw ConfigError("timeout", "timeout must be greater than zero (got "
                                         + std::to_string(options.timeout->count()) + " ms)");
    if (options.maxRetries && *options.maxRetries < 0)
        throw ConfigError("maxRetries",
                          "maxRetries must not be negative (got " + std::to_string(*options.maxRetries) + ')');
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

CallDeadline Core::deadline(const CallOptions& options, std::uint64_t callId) const {
    return {*context_.clock, options.timeout.value_or(context_.timeouts.call),
            options.maxRetries.value_or(context_.retry.maxRetries), options.cancel, callId};
}

void Core::prepare(PreparedRequest& prepared, const Request& request, const CallOptions& options) const {
    if (options.info != nullptr) *options.info = {};
    prepared.http.method = request.method();
    prepared.route = request.route();
    prepared.retryable = request.isRetryable();
    prepared.deletes = request.method() == "DELETE" && request.response() == ResponseBody::ignored;
    checkArguments(request.method(), endpoints_.apiRoot, request.route(), [&] {
        prepared.http.url = endpoints_.apiRoot + request.target();
        prepared.http.body = request.body(prepared.secrets);
        checkHeaders(options.headers, "headers");
        checkLimits(options);
    });
}

CallResult Core::exchange(PreparedRequest& prepared, const CallOptions& options, const Reading& read) const {
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
    const CallDeadline callDeadline = deadline(options, context_.observer != nullptr ? nextCallId() : 0);
    return observed(context_, prepared, callDeadline.callId(), [&] {
        CallResult result = Exchange(context_, prepared, callDeadline, &tokens_.get(), options.info).run();
        if (!result.succeeded()) raise(errorOf(prepared, result, ErrorData::Kind::http));
        if (result.http.body.size() > context_.maxResponseBytes)
            throwDecodeError(
                context_, prepared, result,
                {{}, "it is larger than maxResponseBytes (" + std::to_string(context_.maxResponseBytes) + " bytes)"},
                "kontext_response_too_large");
        if (read)
            if (auto fault = read(result.http.body))
                throwDecodeError(context_, prepared, result, std::move(*fault), "kontext_decode_error");
        return result;
    });
}

void Core::fetch(Request request, const CallOptions& options, const Reading& read, std::string* body) const {
    PreparedRequest prepared;
    prepare(prepared, request, options);
    const bool mayBeEmpty = request.response() == ResponseBody::optional;
    CallResult result = exchange(prepared, options, [&read, mayBeEmpty](std::string_view text) {
        return mayBeEmpty && json::isBlank(text) ? std::nullopt : read(text);
    });
    if (body != nullptr) *body = std::move(result.http.body);
}

void Core::run(Request request, const CallOptions& options) const {
    PreparedRequest prepared;
    request = Request(request).response(ResponseBody::ignored);
    prepare(prepared, request, options);
    exchange(prepared, options, {});
}

CallResult Core::exchangeRaw(PreparedRequest& prepared, std::string_view method, std::string_view path,
                             const RawRequest& request, const CallOptions& options, const Reading& read) const {
    if (options.info != nullptr) *options.info = {};
    prepared.http.method = method;
    prepared.http.body = request.body;
    prepared.route = "raw";
    prepared.retryable = isRetryableMethod(method);
    prepared.deletes = method == "DELETE";
    const std::string_view root = path.substr(0, 1) == "/" ? endpoints_.apiRoot : std::string_view();
    checkArguments(method, root, path, [&] {
        checkMethod(method);
        if (method == "HEAD" && !request.body.empty()) throw ConfigError("body", "body must be empty with HEAD");
        if (read) checkListPath(path);
        prepared.http.url = rawUrl(endpoints_, path, request.query);
        checkHeaders(options.headers, "headers");
        checkHeaders(request.headers, "request.headers");
        checkLimits(options);
    });
    if (request.headers.empty()) return exchange(prepared, options, read);
    CallOptions merged = options;
    setHeaders(merged.headers, request.headers);
    return exchange(prepared, merged, read);
}

RawResponse Core::raw(std::string_view method, std::string_view path, const RawRequest& request,
                      const CallOptions& options) const {
    PreparedRequest prepared;
    CallResult result = exchangeRaw(prepared, method, path, request, options, {});
    return {result.http.statusCode, std::move(result.http.headers), std::move(result.http.body)};
}

Page<RawJson> Core::rawPage(std::string_view path, const RawRequest& request, const CallOptions& options,
                            std::string& body) const {
    PreparedRequest prepared;
    RawPage page;
    CallResult result = exchangeRaw(prepared, "GET", path, request, options,
                                    [&page](std::string_view text) { return json::decode(text, page); });
    body = std::move(result.http.body);
    return {std::move(page.items), std::move(page.nextCursor)};
}

void Core::refreshToken(const CallOptions& options) const {
    checkArguments("POST", endpoints_.tokenUrl, {}, [&] { checkLimits(options); });
    tokens_.get().refresh(deadline(options));
}

void Core::clearToken() const { tokens_.get().clear(); }

void Core::setCredentials(Credentials credentials) const {
    checkCredentials(credentials);
    tokens_.get().setCredentials(std::move(credentials));
}

} // namespace detail
KONTEXT_END_NAMESPACE
