#include <kontext/mock.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <utility>

KONTEXT_BEGIN_NAMESPACE
namespace mock {
namespace detail {

struct Plan {
    explicit Plan(std::mutex& guard) : mutex(guard) {}

    void add(Reply reply, bool restart) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (restart) {
            replies.clear();
            next = 0;
        }
        replies.push_back(std::move(reply));
    }

    /// The one whose turn it is; empty if there is no plan.
    Reply take() {
        const std::lock_guard<std::mutex> lock(mutex);
        if (replies.empty()) return {};
        const std::size_t now = next;
        if (next + 1 < replies.size()) ++next;
        return replies[now];
    }

    std::mutex& mutex;
    std::vector<Reply> replies{};
    std::size_t next = 0;
};

} // namespace detail

namespace {

std::string_view targetOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t slash = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    if (slash == std::string_view::npos) return "/";
    url.remove_prefix(slash);
    return url.substr(0, url.find('#'));
}

std::string_view pathOf(std::string_view url) {
    const std::string_view target = targetOf(url);
    return target.substr(0, target.find('?'));
}

/// The value of a digit, or -1.
int hexDigit(char c) {
    constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at % 16);
}

/// As a form is read: "+" is a space. Nothing if a "%" begins no %XX.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        const int high = i + 1 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<char>(16 * high + low));
        i += 2;
    }
    return out;
}

/// The parameters of what follows the '?', decoded; what cannot be decoded is kept as it is.
Headers parametersOf(std::string_view target) {
    Headers parameters;
    const std::size_t mark = target.find('?');
    std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view parameter = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::string_view name = parameter.substr(0, equals);
        const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
        parameters.emplace_back(decoded(name).value_or(std::string(name)), decoded(value).value_or(std::string(value)));
    }
    return parameters;
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

/// What `on` and `requests` look for.
struct Pattern {
    std::string method{};
    std::string path{}; // with its first slash
    Headers query{};    // decoded; the value "*" is any
    Condition condition{};

    bool matches(const RecordedRequest& request) const {
        if (method != "*" && method != request.method) return false;
        if (!matchesPath(path, pathOf(request.url))) return false;
        const Headers sent = parametersOf(targetOf(request.url));
        const auto isSent = [&sent](const auto& wanted) {
            return std::any_of(sent.begin(), sent.end(), [&wanted](const auto& parameter) {
                return parameter.first == wanted.first && (wanted.second == "*" || parameter.second == wanted.second);
            });
        };
        return std::all_of(query.begin(), query.end(), isSent) && (!condition || condition(request));
    }
    /// Whether the path ends in a segment that is spelt out.
    bool isSpecific() const {
        const std::string_view last = std::string_view(path).substr(path.rfind('/'));
        return last != "/*" && last != "/**";
    }
};

/// Throws std::invalid_argument: it would never match, and the test would fail elsewhere.
Pattern checked(std::string_view method, std::string_view pattern, Condition condition = {}) {
    const auto refuse = [](const char* what, std::string_view text, const char* why) {
        throw std::invalid_argument(std::string("MockTransport: the ") + what + " '" + std::string(text) + "' " + why);
    };
    if (method != "*"
        && (method.empty() || method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos))
        refuse("method", method, "must be \"*\" or in capital letters");
    const std::size_t mark = pattern.find('?');
    if (pattern.substr(0, mark).find("://") != std::string_view::npos)
        refuse("pattern", pattern, "must be a path, not a URL");
    if (pattern.find('#') != std::string_view::npos)
        refuse("pattern", pattern, "must not have a fragment, which is never sent");
    Pattern found{std::string(method), pattern.substr(0, 1) == "/" ? "" : "/", {}, std::move(condition)};
    found.path.append(pattern.substr(0, mark));
    for (std::string_view rest = found.path; !rest.empty();) {
        const std::string_view segment = takeSegment(rest);
        if (segment.find('*') != std::string_view::npos && segment != "/*" && !(segment == "/**" && rest.empty()))
            refuse("pattern", pattern, "must have * only as a whole segment, or ** at its end");
    }
    if (mark != std::string_view::npos) {
        if (!decoded(pattern.substr(mark))) refuse("pattern", pattern, "must have % only as a part of %XX");
        found.query = parametersOf(pattern);
        const auto hasNoName = [](const auto& parameter) { return parameter.first.empty(); };
        if (found.query.empty() || std::any_of(found.query.begin(), found.query.end(), hasNoName))
            refuse("pattern", pattern, "must not have a query parameter without a name");
    }
    return found;
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

HttpResponse fail(NetworkErrorKind kind) {
    const bool nothingSent = kind == NetworkErrorKind::resolve || kind == NetworkErrorKind::connect
                             || kind == NetworkErrorKind::tls || kind == NetworkErrorKind::proxy;
    if (kind == NetworkErrorKind::timeout) throw TimeoutError("MockTransport was told to time out", true);
    throw NetworkError(kind, std::string("MockTransport was told to fail: ") + toString(kind), !nothingSent);
}

Reply fixedReply(int statusCode, std::string body, Headers headers) {
    return [response = HttpResponse{statusCode, std::move(headers), std::move(body)}](const RecordedRequest&) {
        return response;
    };
}

Reply failure(NetworkErrorKind kind) {
    return [kind](const RecordedRequest&) { return fail(kind); };
}

Reply notEmpty(Reply reply) {
    if (!reply) throw std::invalid_argument("MockTransport: the reply is an empty function");
    return reply;
}

} // namespace

std::string RecordedRequest::path() const { return std::string(pathOf(url)); }

std::optional<std::string> RecordedRequest::query(std::string_view name) const {
    for (auto& parameter : parametersOf(targetOf(url)))
        if (parameter.first == name) return std::move(parameter.second);
    return std::nullopt;
}

std::optional<std::string> RecordedRequest::header(std::string_view name) const {
    const std::string* value = findHeader(headers, name);
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

struct MockTransport::State {
    struct Entry {
        Entry(std::mutex& mutex, Pattern wanted) : pattern(std::move(wanted)), plan(mutex), expectation(plan) {}
        const Pattern pattern;
        detail::Plan plan;
        Expectation expectation;
    };

    /// Newest first. What the user gave us is called without the lock: it may look at what was sent.
    std::vector<Entry*> note(const RecordedRequest& request) {
        const std::lock_guard<std::mutex> lock(mutex);
        requests.push_back(request);
        std::vector<Entry*> all;
        std::transform(entries.rbegin(), entries.rend(), std::back_inserter(all), [](Entry& entry) { return &entry; });
        return all;
    }

    HttpResponse answer(const HttpRequest& request) {
        const RecordedRequest recorded = record(request);
        const bool forToken = asksForToken(request);
        for (Entry* entry : note(recorded)) {
            if ((forToken && !entry->pattern.isSpecific()) || !entry->pattern.matches(recorded)) continue;
            const Reply reply = entry->plan.take();
            return reply ? reply(recorded) : json(200, "{}");
        }
        if (forToken)
            return json(200, R"({"access_token":"mock-token-)" + std::to_string(++tokens)
                                 + R"(","token_type":"Bearer","expires_in":3600})");
        return json(501, R"({"message":"MockTransport: no expectation matches )"
                             + unquoted(request.method + ' ' + std::string(pathOf(request.url))) + R"("})");
    }

    std::mutex mutex{};
    std::deque<Entry> entries{}; // references to its elements stay valid
    std::vector<RecordedRequest> requests{};
    std::atomic<int> tokens{0};
};

Expectation& Expectation::reply(int statusCode, std::string body, Headers headers) {
    plan_->add(fixedReply(statusCode, std::move(body), std::move(headers)), true);
    return *this;
}

Expectation& Expectation::reply(Reply reply) {
    plan_->add(notEmpty(std::move(reply)), true);
    return *this;
}

Expectation& Expectation::thenReply(int statusCode, std::string body, Headers headers) {
    plan_->add(fixedReply(statusCode, std::move(body), std::move(headers)), false);
    return *this;
}

Expectation& Expectation::thenReply(Reply reply) {
    plan_->add(notEmpty(std::move(reply)), false);
    return *this;
}

Expectation& Expectation::fail(NetworkErrorKind kind) {
    plan_->add(failure(kind), true);
    return *this;
}

Expectation& Expectation::thenFail(NetworkErrorKind kind) {
    plan_->add(failure(kind), false);
    return *this;
}

MockTransport::MockTransport() : state_(std::make_unique<State>()) {}
MockTransport::~MockTransport() = default;

Expectation& MockTransport::on(std::string_view method, std::string_view pattern, Condition condition) {
    Pattern wanted = checked(method, pattern, std::move(condition));
    const std::lock_guard<std::mutex> lock(state_->mutex);
    return state_->entries.emplace_back(state_->mutex, std::move(wanted)).expectation;
}

std::vector<RecordedRequest> MockTransport::requests() const {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    return state_->requests;
}

std::vector<RecordedRequest> MockTransport::requests(std::string_view method, std::string_view pattern) const {
    const Pattern wanted = checked(method, pattern);
    std::vector<RecordedRequest> found;
    for (RecordedRequest& request : requests())
        if (wanted.matches(request)) found.push_back(std::move(request));
    return found;
}

void MockTransport::clear() {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->requests.clear();
}

HttpResponse MockTransport::send(const HttpRequest& request) {
    if (request.cancel.isCancelled()) throw NetworkError(NetworkErrorKind::other, "the request was cancelled", false);
    HttpResponse response = state_->answer(request);
    if (response.body.size() > request.maxResponseBytes) response.body.resize(request.maxResponseBytes + 1);
    return response;
}

} // namespace mock
KONTEXT_END_NAMESPACE
