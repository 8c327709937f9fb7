#include "emulator/api.hpp"

#include <algorithm>
#include <cctype>

#include "emulator/ids.hpp"
#include "emulator/route.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

constexpr std::size_t largestBodyKept = 64 * 1024;
/// Of the account that the emulator was started with; the same after each reset.
constexpr const char* ownAccountId = "33333333-3333-4333-8333-333333333333";

const Routes* const resources[] = {&applicationRoutes, &integrationRoutes, &serviceAccountRoutes, &sessionRoutes,
                                   &traceRoutes};

bool fits(const std::array<const char*, 4>& path, const std::vector<std::string>& segments) {
    std::size_t count = 0;
    while (count < path.size() && path[count] != nullptr)
        ++count;
    if (segments.size() != count + 2) return false;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& segment = segments[i + 2];
        if (std::string(path[i]) == ":" ? segment.empty() : segment != path[i]) return false;
    }
    return true;
}

std::string pathOf(const Request& request) { return request.target.substr(0, request.target.find('?')); }

/// HEAD is answered like GET; the server leaves the body out.
std::string methodOf(const Request& request) { return request.method == "HEAD" ? "GET" : request.method; }

Response wrongMethod(const Request& request, const std::string& allowed) {
    Response response = errorResponse(405, pathOf(request) + " takes " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
}

/// The response that refuses what the route does not take.
std::optional<Response> refuseSurplus(const Route& route, const Request& request) {
    if (route.takes != Takes::query && !request.query.empty()) {
        Validator validator;
        validator.query(request.query, {});
        return validator.response();
    }
    return route.takes == Takes::body ? std::nullopt : refuseBody(request);
}

/// Whether the name, however it is spelt, is one of a member or parameter that holds a secret.
bool isSecret(const std::string& name) {
    std::string plain;
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const char* secret : {"clientsecret", "servertoken", "partnerapikey", "token", "accesstoken"})
        if (plain == secret) return true;
    return false;
}

constexpr const char* redacted = "[redacted]";

/// What a log of requests must not show.
void redact(Json& value) {
    if (!value.is_structured()) return;
    for (auto& [name, member] : value.items()) {
        if (isSecret(name))
            member = redacted;
        else
            redact(member);
    }
}

/// The target without the values of parameters that should never have been in it.
std::string withoutSecrets(const std::string& target) {
    std::size_t start = std::min(target.find('?'), target.size());
    std::string shown = target.substr(0, start);
    while (start < target.size()) { // at the '?' or at an '&'
        const std::size_t end = std::min(target.find('&', start + 1), target.size());
        const std::size_t equals = std::min(target.find('=', start), end);
        const std::string name = target.substr(start + 1, equals - start - 1);
        if (equals < end && isSecret(percentDecoded(name).value_or(name)))
            shown.append(target, start, equals + 1 - start).append(redacted);
        else
            shown.append(target, start, end - start);
        start = end;
    }
    return shown;
}

} // namespace

Api::Api(Options options) : options_(std::move(options)), store_{Tokens(options_.tokenTtl)} { restart(); }

void Api::restart() {
    store_ = Store{Tokens(options_.tokenTtl)};
    addAccount(store_, ownAccountId, options_.clientId, {{"name", "Emulator"}}).secret = options_.clientSecret;
    windows_.clear();
    requests_.clear();
    if (options_.seed) seed(store_);
}

void Api::expireTokens() {
    const std::lock_guard<std::mutex> lock(mutex_);
    store_.tokens.expire();
}

int Api::tokensIssued() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return store_.tokens.issued();
}

Response Api::handle(Request request) {
    parseTarget(request);
    const std::lock_guard<std::mutex> lock(mutex_);
    Response response = answer(request);
    response.headers.emplace_back("x-request-id", newRequestId());
    if (request.segments.empty() || request.segments.front() != "__emulator") note(request, response);
    return response;
}

Response Api::answer(const Request& request) {
    const auto& segments = request.segments;
    if (segments.size() >= 2 && segments[0] == "__emulator") return emulatorRoute(request);
    if (segments.size() == 2 && segments[0] == "oauth2" && segments[1] == "token") {
        if (request.method != "POST") return wrongMethod(request, "POST");
        if (!request.query.empty()) return errorResponse(400, "The parameters of a token request belong in its body");
        return store_.tokens.issue(store_.accounts, request);
    }
    if (segments.size() > 2 && segments[0] == "api" && segments[1] == "v1") return apiRoute(request);
    return errorResponse(404, "Cannot " + request.method + " " + pathOf(request) + ": the API is below /api/v1");
}

Response Api::apiRoute(const Request& request) {
    std::string clientId;
    if (auto refusal = store_.tokens.authorize(request, clientId)) return *refusal;
    if (auto refusal = limit(clientId)) return *refusal;
    if (request.malformed) return errorResponse(400, "the URL has a % that is not followed by two hex digits");
    const std::string method = methodOf(request);
    std::string allowed; // the path's methods
    for (const Routes* routes : resources) {
        for (const Route& route : *routes) {
            if (!fits(route.path, request.segments)) continue;
            if (method == route.method) {
                if (auto refusal = refuseSurplus(route, request)) return *refusal;
                return route.handler(store_, request);
            }
            allowed.append(allowed.empty() ? "" : ", ").append(route.method);
            if (std::string("GET") == route.method) allowed.append(", HEAD");
        }
    }
    if (allowed.empty()) return errorResponse(404, "Cannot " + request.method + " " + pathOf(request));
    return wrongMethod(request, allowed);
}

/// A window of a minute, which begins with the first request.
std::optional<Response> Api::limit(const std::string& clientId) {
    if (options_.rateLimit <= 0) return std::nullopt;
    constexpr std::chrono::seconds length(60);
    const auto now = std::chrono::steady_clock::now();
    Window& window = windows_[clientId];
    if (window.count == 0 || now - window.start >= length) window = {now, 0};
    if (++window.count <= options_.rateLimit) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(length - (now - window.start)).count();
    Response response =
        errorResponse(429, "Rate limit exceeded: " + std::to_string(options_.rateLimit) + " requests a minute");
    response.headers.emplace_back("Retry-After", std::to_string(wait));
    return response;
}

Response Api::emulatorRoute(const Request& request) {
    if (request.segments.size() == 2 && request.segments[1] == "requests" && methodOf(request) == "GET")
        return ok({{"items", requests_}});
    if (request.segments.size() == 2 && request.segments[1] == "reset" && request.method == "POST") {
        restart();
        return noContent();
    }
    return errorResponse(404, "The emulator has GET /__emulator/requests and POST /__emulator/reset");
}

void Api::note(const Request& request, const Response& response) {
    Json entry = {{"at", utcNow()},
                  {"method", request.method},
                  {"target", withoutSecrets(request.target)},
                  {"status", response.status},
                  {"requestId", response.headers.back().second}};
    // Of the headers those that tell clients apart, none with a secret.
    for (const char* name : {"User-Agent", "Content-Type"})
        if (std::string value = request.header(name); !value.empty()) entry["headers"][name] = value;
    if (request.body.size() <= largestBodyKept) {
        Json body = parsedJson(request.body).json;
        redact(body);
        if (body.is_object()) entry["body"] = std::move(body);
    }
    if (requests_.size() == options_.requestsKept) requests_.pop_front();
    requests_.push_back(std::move(entry));
}

} // namespace kontext_emulator
