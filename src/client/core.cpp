#include "client/core.hpp"

#include <algorithm>
#include <utility>

#include <kontext/version.hpp>

#include "auth/token_request.hpp"
#include "call/log_level.hpp"
#include "call/redact.hpp"
#include "call/retry.hpp"
#include "transport/curl_transport.hpp"
#include "transport/header_fields.hpp"
#include "transport/url.hpp"
#include "values/percent.hpp"
#include "json/decode.hpp"

KONTEXT_BEGIN_NAMESPACE
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

Wiring wire(ClientConfig& config, std::shared_ptr<Time> time) {
    Wiring wiring;
    wiring.transport = config.transport != nullptr
                           ? std::move(config.transport)
                           : std::make_shared<transport::CurlTransport>(std::move(config.tls), std::move(config.proxy),
                                                                        config.httpVersion);
    wiring.time = std::move(time);
    wiring.logger = loggerOf(config);
    wiring.observer = std::move(config.observer);
    wiring.timeouts = config.timeouts;
    wiring.retry = config.retry;
    wiring.maxResponseBytes = config.maxResponseBytes;
    wiring.userAgent = userAgentOf(config);
    return wiring;
}

[[noreturn]] void raiseAnswer(const Outgoing& out, const Answer& answer) {
    raise(errorOf(out, answer, ErrorData::Kind::http));
}

/// A 2xx that cannot be read. Its text may hold secrets that nobody knows of, so none of it gets into the error.
[[noreturn]] void raiseUnreadable(const Wiring& wiring, const Outgoing& out, const Answer& answer, json::Fault fault,
                                  std::string code) {
    ErrorData data;
    data.kind = ErrorData::Kind::decode;
    data.code = std::move(code);
    data.method = out.http.method;
    data.path = displayPath(out.http.url);
    data.status = answer.http.statusCode;
    if (const std::string* id = findHeader(answer.http.headers, "x-request-id")) data.requestId = *id;
    data.attempts = answer.attempts;
    data.maxAttempts = answer.maxAttempts;
    data.message = "the reply cannot be read: " + fault.message;
    data.pointer = std::move(fault.pointer);
    redact(data, secretsOf(out, answer.token));
    wiring.log(LogLevel::error, describe(data));
    raise(std::move(data));
}

void checkPath(std::string_view path) {
    const auto refuse = [](const std::string& why) { throw ConfigError("path", "path " + why); };
    const auto isUnsafe = [](char c) { return c <= 0x20 || c >= 0x7f; }; // char is signed or not
    if (std::any_of(path.begin(), path.end(), isUnsafe)) {
        if (breaksLines(path)) refuse("must not hold CR, LF or NUL");
        refuse("must be percent-encoded: it holds a space, a control or a non-ASCII byte");
    }
    if (path.find('#') != std::string_view::npos) refuse("must not have a fragment ('#')");
    if (hasDotSegments(path)) refuse("must not have \".\" or \"..\" segments");
}

void checkMethod(std::string_view method) {
    const bool plain =
        !method.empty() && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!plain) throw ConfigError("method", "method must be an HTTP method in capitals, such as GET");
}

} // namespace

Core::Core(ClientConfig config, std::shared_ptr<Time> time)
    : endpoints_(checkConfig(config)), wiring_(wire(config, std::move(time))),
      tokens_(std::make_unique<TokenCache>(
          wiring_,
          std::make_shared<TokenRequest>(wiring_,
                                         TokenEndpoint{endpoints_.tokenUrl, endpoints_.scope, endpoints_.audience}),
          std::move(config.tokenStore), std::move(config.credentials))) {}

Budget Core::budget(const CallOptions& options) const {
    if (options.timeout && *options.timeout <= std::chrono::milliseconds::zero())
        throw ConfigError("timeout", "timeout must be greater than zero");
    if (options.maxRetries && *options.maxRetries < 0)
        throw ConfigError("maxRetries", "maxRetries must not be negative");
    return {*wiring_.time, options.timeout.value_or(wiring_.timeouts.call),
            options.maxRetries.value_or(wiring_.retry.maxRetries), options.cancel};
}

void Core::prepare(Outgoing& out, const Request& request, const CallOptions& options) const {
    if (options.info != nullptr) *options.info = {};
    out.http.method = request.method();
    out.http.url = endpoints_.apiRoot + request.target();
    out.http.body = request.body(out.secrets);
    out.route = request.route();
    out.repeatable = request.repeatable();
    out.deletes = request.method() == "DELETE" && request.reply() == ReplyBody::ignored;
    checkHeaders(options.headers, "headers");
}

Answer Core::exchange(Outgoing& out, const CallOptions& options) const {
    Headers& headers = out.http.headers;
    headers.reserve(5 + options.headers.size());
    // Room for the loop, which puts the token there.
    headers.emplace_back("Authorization", "");
    headers.emplace_back("Accept", "application/json");
    headers.emplace_back("User-Agent", wiring_.userAgent);
    if (!out.http.body.empty()) headers.emplace_back("Content-Type", "application/json");
    for (const auto& [name, value] : options.headers)
        setHeader(headers, name, value);
    out.http.maxResponseBytes = wiring_.maxResponseBytes;
    out.http.cancel = options.cancel;
    const Budget whole = budget(options);
    Answer answer = Exchange(wiring_, out, whole, &tokens_.get(), options.info).run();
    if (!answer.succeeded()) raiseAnswer(out, answer);
    if (answer.http.body.size() > wiring_.maxResponseBytes)
        raiseUnreadable(
            wiring_, out, answer,
            {{}, "it is larger than maxResponseBytes (" + std::to_string(wiring_.maxResponseBytes) + " bytes)"},
            "kontext_response_too_large");
    return answer;
}

void Core::fetch(Request request, const CallOptions& options, const Reading& read, std::string* body) const {
    Outgoing out;
    prepare(out, request, options);
    Answer answer = exchange(out, options);
    const bool empty = answer.http.body.empty() && request.reply() == ReplyBody::optional;
    std::optional<json::Fault> fault;
    if (!empty) fault = read(answer.http.body);
    if (body != nullptr) *body = std::move(answer.http.body);
    if (fault) raiseUnreadable(wiring_, out, answer, std::move(*fault), "kontext_decode_error");
}

void Core::run(Request request, const CallOptions& options) const {
    Outgoing out;
    request = Request(request).reply(ReplyBody::ignored);
    prepare(out, request, options);
    exchange(out, options);
}

std::string Core::rawUrl(std::string_view path, const Headers& query) const {
    std::string url;
    if (!path.empty() && path.front() == '/') {
        checkPath(path);
        url.append(endpoints_.apiRoot).append(path);
    } else {
        const auto target = transport::parseUrl(path);
        const auto base = transport::parseUrl(endpoints_.base);
        if (!target) throw ConfigError("path", "path must begin with '/', or be a URL of baseUrl's host");
        if (target->userinfo || !base || !transport::sameOrigin(*target, *base))
            throw ConfigError("path", "path: a full URL must have baseUrl's scheme, host and port, and no user name");
        checkPath(path.substr(path.find("://") + 3));
        url = path;
    }
    for (const auto& [name, value] : query) {
        if (breaksLines(name) || breaksLines(value))
            throw ConfigError("query", "query: names and values must not hold CR, LF or NUL");
        url.push_back(url.find('?') == std::string::npos ? '?' : '&');
        appendEncoded(url, name);
        url.push_back('=');
        appendEncoded(url, value);
    }
    return url;
}

RawResponse Core::raw(std::string_view method, std::string_view path, const RawRequest& request,
                      const CallOptions& options) const {
    if (options.info != nullptr) *options.info = {};
    checkMethod(method);
    if (method == "HEAD" && !request.body.empty()) throw ConfigError("body", "body must be empty with HEAD");
    Outgoing out;
    out.http.method = method;
    out.http.url = rawUrl(path, request.query);
    out.http.body = request.body;
    out.route = "raw";
    out.repeatable = repeatableByKind(method);
    out.deletes = method == "DELETE";
    checkHeaders(options.headers, "headers");
    checkHeaders(request.headers, "request.headers");
    Answer answer;
    if (request.headers.empty()) {
        answer = exchange(out, options);
    } else {
        CallOptions merged = options;
        for (const auto& [name, value] : request.headers)
            setHeader(merged.headers, name, value);
        answer = exchange(out, merged);
    }
    return {answer.http.statusCode, std::move(answer.http.headers), std::move(answer.http.body)};
}

void Core::refreshToken(const CallOptions& options) const { tokens_.get().refresh(budget(options)); }

void Core::clearToken() const { tokens_.get().clear(); }

void Core::setCredentials(Credentials credentials) const {
    checkCredentials(credentials);
    tokens_.get().setCredentials(std::move(credentials));
}

} // namespace detail
KONTEXT_END_NAMESPACE
