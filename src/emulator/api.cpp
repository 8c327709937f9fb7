#include "emulator/api.hpp"

#include <algorithm>
#include <array>

#include "emulator/ids.hpp"

namespace kontext_emulator {
namespace {

constexpr std::size_t requestsKept = 1000;

using Handler = Reply (*)(World&, const Request&);

/// A route: its segments behind /api/v1, ":" standing for an id.
struct Route {
    const char* method;
    std::array<const char*, 4> path; // null behind the last
    Handler handler;
};

Reply notEmulated(World&, const Request&) {
    return fault(501, "The emulator has no access graph: the vendor does not document what it looks like");
}

// Literal segments before ids: the first that matches is taken.
const Route routes[] = {
    {"GET", {"applications"}, &listApplications},
    {"POST", {"applications"}, &createApplication},
    {"GET", {"applications", "access-graph"}, &notEmulated},
    {"GET", {"applications", ":"}, &getApplication},
    {"PATCH", {"applications", ":"}, &updateApplication},
    {"DELETE", {"applications", ":"}, &archiveApplication},
    {"POST", {"applications", ":", "rotate-secret"}, &rotateApplicationSecret},
    {"GET", {"applications", ":", "oauth"}, &getApplicationOAuth},
    {"PATCH", {"applications", ":", "oauth"}, &updateApplicationOAuth},
    {"GET", {"applications", ":", "integrations"}, &listApplicationIntegrations},
    {"PUT", {"applications", ":", "integrations"}, &setApplicationIntegrations},
    {"POST", {"applications", ":", "integrations", ":"}, &attachIntegration},
    {"DELETE", {"applications", ":", "integrations", ":"}, &detachIntegration},
    {"GET", {"applications", ":", "sessions"}, &listSessions},
    {"DELETE", {"applications", ":", "sessions"}, &revokeSessions},
    {"GET", {"applications", ":", "sessions", ":"}, &getSession},
    {"GET", {"integrations"}, &listIntegrations},
    {"POST", {"integrations"}, &createIntegration},
    {"GET", {"integrations", ":"}, &getIntegration},
    {"PATCH", {"integrations", ":"}, &updateIntegration},
    {"DELETE", {"integrations", ":"}, &archiveIntegration},
    {"POST", {"integrations", ":", "validate"}, &validateIntegration},
    {"GET", {"integrations", ":", "oauth"}, &getIntegrationOAuth},
    {"PUT", {"integrations", ":", "oauth"}, &setIntegrationOAuth},
    {"DELETE", {"integrations", ":", "oauth"}, &removeIntegrationOAuth},
    {"POST", {"integrations", ":", "connection"}, &addConnection},
    {"GET", {"integrations", ":", "connection"}, &getConnection},
    {"DELETE", {"integrations", ":", "connection"}, &removeConnection},
    {"GET", {"traces"}, &listTraces},
    {"GET", {"traces", "stats"}, &traceStats},
    {"GET", {"traces", ":"}, &getTrace},
    {"GET", {"mcp-events"}, &listEvents},
};

using AccountHandler = Reply (*)(Accounts&, const Request&);

struct AccountRoute {
    const char* method;
    std::array<const char*, 4> path;
    AccountHandler handler;
};

const AccountRoute accountRoutes[] = {
    {"GET", {"service-accounts"}, [](Accounts& a, const Request& r) { return a.list(r); }},
    {"POST", {"service-accounts"}, [](Accounts& a, const Request& r) { return a.create(r); }},
    {"GET", {"service-accounts", ":"}, [](Accounts& a, const Request& r) { return a.get(r); }},
    {"DELETE", {"service-accounts", ":"}, [](Accounts& a, const Request& r) { return a.revoke(r); }},
    {"POST",
     {"service-accounts", ":", "rotate-secret"},
     [](Accounts& a, const Request& r) { return a.rotateSecret(r); }},
};

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

/// Finds the route and runs it; nothing if the path is none of the table's. `allowed` collects its methods.
template <class Table, class State>
std::optional<Reply> dispatch(const Table& table, State& state, const Request& request, std::string& allowed) {
    for (const auto& route : table) {
        if (!fits(route.path, request.segments)) continue;
        if (request.method == route.method) return route.handler(state, request);
        allowed.append(allowed.empty() ? "" : ", ").append(route.method);
    }
    return std::nullopt;
}

/// What a log of requests must not show.
void redact(Json& value) {
    if (!value.is_structured()) return;
    for (auto& [name, member] : value.items()) {
        const bool secret =
            name == "clientSecret" || name == "serverToken" || name == "partnerApiKey" || name == "token";
        if (secret && member.is_string())
            member = "[redacted]";
        else
            redact(member);
    }
}

} // namespace

Api::Api(Options options)
    : options_(std::move(options)), accounts_(options_.clientId, options_.clientSecret, options_.tokenTtl) {
    restart();
}

void Api::restart() {
    accounts_ = Accounts(options_.clientId, options_.clientSecret, options_.tokenTtl);
    world_ = World{};
    windows_.clear();
    requests_.clear();
    if (options_.seed) seed(world_);
}

void Api::reset() {
    const std::lock_guard<std::mutex> lock(mutex_);
    restart();
}

void Api::expireTokens() {
    const std::lock_guard<std::mutex> lock(mutex_);
    accounts_.expireTokens();
}

int Api::tokensMinted() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return accounts_.tokensMinted();
}

Reply Api::handle(Request request) {
    parseTarget(request);
    const std::lock_guard<std::mutex> lock(mutex_);
    Reply reply = answer(request);
    reply.headers.emplace_back("x-request-id", "req_" + randomText(20));
    if (request.segments.empty() || request.segments.front() != "__emulator") note(request, reply);
    return reply;
}

Reply Api::answer(const Request& request) {
    const auto& segments = request.segments;
    if (segments.size() >= 2 && segments[0] == "__emulator") return emulatorRoute(request);
    if (segments.size() == 2 && segments[0] == "oauth2" && segments[1] == "token") {
        if (request.method != "POST") return fault(405, "The token endpoint takes POST");
        return accounts_.token(request);
    }
    if (segments.size() > 2 && segments[0] == "api" && segments[1] == "v1") return apiRoute(request);
    return fault(404, "Cannot " + request.method + " " + request.target.substr(0, request.target.find('?')));
}

Reply Api::apiRoute(const Request& request) {
    std::string clientId;
    if (auto refusal = accounts_.authorize(request, clientId)) return *refusal;
    if (auto refusal = limit(clientId)) return *refusal;
    std::string allowed;
    if (auto reply = dispatch(routes, world_, request, allowed)) return *reply;
    if (auto reply = dispatch(accountRoutes, accounts_, request, allowed)) return *reply;
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (allowed.empty()) return fault(404, "Cannot " + request.method + " " + path);
    Reply reply = fault(405, path + " takes " + allowed);
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

/// A window of a minute, which begins with the first request.
std::optional<Reply> Api::limit(const std::string& clientId) {
    if (options_.rateLimit <= 0) return std::nullopt;
    constexpr std::chrono::seconds length(60);
    const auto now = std::chrono::steady_clock::now();
    Window& window = windows_[clientId];
    if (window.count == 0 || now - window.start >= length) window = {now, 0};
    if (++window.count <= options_.rateLimit) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(length - (now - window.start)).count();
    Reply reply = fault(429, "Rate limit exceeded: " + std::to_string(options_.rateLimit) + " requests a minute");
    reply.headers.emplace_back("Retry-After", std::to_string(wait));
    return reply;
}

Reply Api::emulatorRoute(const Request& request) {
    if (request.segments.size() == 2 && request.segments[1] == "requests" && request.method == "GET")
        return ok({{"items", requests_}});
    if (request.segments.size() == 2 && request.segments[1] == "reset" && request.method == "POST") {
        restart();
        return noContent();
    }
    return fault(404, "The emulator has GET /__emulator/requests and POST /__emulator/reset");
}

void Api::note(const Request& request, const Reply& reply) {
    Json entry = {{"at", utcNow()},
                  {"method", request.method},
                  {"target", request.target},
                  {"status", reply.status},
                  {"requestId", reply.headers.back().second}};
    // Of the headers those that tell clients apart, none with a secret.
    for (const char* name : {"User-Agent", "Content-Type"})
        if (std::string value = request.header(name); !value.empty()) entry["headers"][name] = value;
    if (Json body = Json::parse(request.body, nullptr, false); !body.is_discarded()) {
        redact(body);
        entry["body"] = std::move(body);
    }
    if (requests_.size() == requestsKept) requests_.pop_front();
    requests_.push_back(std::move(entry));
}

} // namespace kontext_emulator
