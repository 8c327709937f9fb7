#include <kontext/mock.hpp>

#include <algorithm>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

KONTEXT_BEGIN_NAMESPACE
namespace mock {
namespace detail {

struct Answer {
    HttpResponse response{};
    bool fails = false;
    NetworkErrorKind kind = NetworkErrorKind::other;
};

struct Plan {
    Plan(std::mutex& guard, std::string_view wantedMethod, std::string_view wantedPattern)
        : mutex(guard), method(wantedMethod), pattern(wantedPattern) {}

    void add(Answer answer, bool restart) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (restart) {
            answers.clear();
            next = 0;
        }
        answers.push_back(std::move(answer));
    }

    std::mutex& mutex;
    std::string method;
    std::string pattern;
    std::vector<Answer> answers{};
    std::size_t next = 0;
};

} // namespace detail

namespace {

std::string_view pathOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t slash = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos) return "/";
    url.remove_prefix(slash);
    return url.substr(0, url.find_first_of("?#"));
}

/// Takes a segment off the front, the slash before it included.
std::string_view takeSegment(std::string_view& path) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool matchesPath(std::string_view pattern, std::string_view path) {
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = takeSegment(pattern);
        if (wanted == "/**") return pattern.empty();
        const std::string_view segment = takeSegment(path);
        if (wanted == "/*" ? segment.size() < 2 : wanted != segment) return false;
    }
    return path.empty() && (pattern.empty() || pattern == "/**");
}

/// The pattern as it is kept, with its first slash. Throws std::invalid_argument: it would never match, and the test
/// would fail elsewhere.
std::string checked(std::string_view method, std::string_view pattern) {
    const auto refuse = [](const char* what, std::string_view text, const char* why) {
        throw std::invalid_argument(std::string("MockTransport: the ") + what + " '" + std::string(text) + "' " + why);
    };
    if (method != "*"
        && (method.empty() || method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos))
        refuse("method", method, "must be \"*\" or in capital letters");
    if (pattern.find("://") != std::string_view::npos) refuse("pattern", pattern, "must be a path, not a URL");
    if (pattern.find_first_of("?#") != std::string_view::npos)
        refuse("pattern", pattern, "must not have a query: a path matches any query");
    std::string path = pattern.substr(0, 1) == "/" ? "" : "/";
    path.append(pattern);
    for (std::string_view rest = path; !rest.empty();) {
        const std::string_view segment = takeSegment(rest);
        if (segment.find('*') != std::string_view::npos && segment != "/*" && !(segment == "/**" && rest.empty()))
            refuse("pattern", pattern, "must have * only as a whole segment, or ** at its end");
    }
    return path;
}

/// Whether it ends in a segment that is spelt out.
bool isSpecific(std::string_view pattern) {
    const std::string_view last = pattern.substr(pattern.rfind('/'));
    return last != "/*" && last != "/**";
}

bool matches(std::string_view method, std::string_view pattern, std::string_view sentMethod, std::string_view url) {
    return (method == "*" || method == sentMethod) && matchesPath(pattern, pathOf(url));
}

bool isAuthorization(const std::string& name) {
    constexpr std::string_view wanted = "authorization";
    return name.size() == wanted.size() && std::equal(name.begin(), name.end(), wanted.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

RecordedRequest record(const HttpRequest& request) {
    RecordedRequest recorded{request.method, request.url, request.headers, request.body};
    for (auto& [name, value] : recorded.headers)
        if (isAuthorization(name)) value = value.substr(0, value.find(' ') + 1) + "[redacted]"; // all, if one word
    return recorded;
}

bool asksForToken(const HttpRequest& request) {
    return request.method == "POST" && request.body.compare(0, 11, "grant_type=") == 0;
}

HttpResponse json(int statusCode, std::string body) {
    return {statusCode, {{"Content-Type", "application/json"}}, std::move(body)};
}

/// Within a JSON string. Methods and URLs hold nothing that needs more.
std::string unquoted(std::string text) {
    std::replace(text.begin(), text.end(), '"', '\'');
    std::replace(text.begin(), text.end(), '\\', '/');
    return text;
}

[[noreturn]] void raise(NetworkErrorKind kind) {
    const bool nothingSent = kind == NetworkErrorKind::resolve || kind == NetworkErrorKind::connect
                             || kind == NetworkErrorKind::tls || kind == NetworkErrorKind::proxy;
    if (kind == NetworkErrorKind::timeout) throw TimeoutError("MockTransport was told to time out", true);
    throw NetworkError(kind, std::string("MockTransport was told to fail: ") + toString(kind), !nothingSent);
}

} // namespace

struct MockTransport::State {
    struct Entry {
        explicit Entry(std::mutex& mutex, std::string_view method, std::string_view pattern)
            : plan(mutex, method, pattern), expectation(plan) {}
        detail::Plan plan;
        Expectation expectation;
    };

    detail::Answer answer(const HttpRequest& request) {
        const std::lock_guard<std::mutex> lock(mutex);
        requests.push_back(record(request));
        const bool forToken = asksForToken(request);
        const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
            return (!forToken || isSpecific(entry.plan.pattern))
                   && matches(entry.plan.method, entry.plan.pattern, request.method, request.url);
        });
        if (found != entries.rend()) {
            detail::Plan& plan = found->plan;
            if (plan.answers.empty()) return {json(200, "{}")};
            const std::size_t now = plan.next;
            if (plan.next + 1 < plan.answers.size()) ++plan.next;
            return plan.answers[now];
        }
        if (forToken)
            return {json(200, R"({"access_token":"mock-token-)" + std::to_string(++tokens)
                                  + R"(","token_type":"Bearer","expires_in":3600})")};
        return {json(501, R"({"message":"MockTransport: no expectation matches )"
                              + unquoted(request.method + ' ' + std::string(pathOf(request.url))) + R"("})")};
    }

    mutable std::mutex mutex{};
    std::deque<Entry> entries{}; // references to its elements stay valid
    std::vector<RecordedRequest> requests{};
    int tokens = 0;
};

Expectation& Expectation::reply(int statusCode, std::string body, Headers headers) {
    plan_->add({{statusCode, std::move(headers), std::move(body)}}, true);
    return *this;
}

Expectation& Expectation::thenReply(int statusCode, std::string body, Headers headers) {
    plan_->add({{statusCode, std::move(headers), std::move(body)}}, false);
    return *this;
}

Expectation& Expectation::fail(NetworkErrorKind kind) {
    plan_->add({{}, true, kind}, true);
    return *this;
}

Expectation& Expectation::thenFail(NetworkErrorKind kind) {
    plan_->add({{}, true, kind}, false);
    return *this;
}

MockTransport::MockTransport() : state_(std::make_unique<State>()) {}
MockTransport::~MockTransport() = default;

Expectation& MockTransport::on(std::string_view method, std::string_view pathPattern) {
    const std::string pattern = checked(method, pathPattern);
    const std::lock_guard<std::mutex> lock(state_->mutex);
    return state_->entries.emplace_back(state_->mutex, method, pattern).expectation;
}

std::vector<RecordedRequest> MockTransport::requests() const {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    return state_->requests;
}

std::vector<RecordedRequest> MockTransport::requests(std::string_view method, std::string_view pathPattern) const {
    const std::string pattern = checked(method, pathPattern);
    std::vector<RecordedRequest> found;
    for (RecordedRequest& request : requests())
        if (matches(method, pattern, request.method, request.url)) found.push_back(std::move(request));
    return found;
}

HttpResponse MockTransport::send(const HttpRequest& request) {
    if (request.cancel.isCancelled()) throw NetworkError(NetworkErrorKind::other, "the request was cancelled", false);
    detail::Answer answer = state_->answer(request);
    if (answer.fails) raise(answer.kind);
    HttpResponse response = std::move(answer.response);
    if (response.body.size() > request.maxResponseBytes) response.body.resize(request.maxResponseBytes + 1);
    return response;
}

} // namespace mock
KONTEXT_END_NAMESPACE
