#include "client/raw_request.hpp"

#include <algorithm>

#include <kontext/errors.hpp>

#include "transport/url.hpp"
#include "values/percent.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

void checkPath(std::string_view path) {
    const auto refuse = [](const std::string& why) { throw ConfigError("path", "path " + why); };
    const auto isUnsafe = [](char c) { return c <= 0x20 || c >= 0x7f; }; // char is signed or not
    if (std::any_of(path.begin(), path.end(), isUnsafe)) {
        if (breaksLines(path)) refuse("must not contain CR, LF or NUL");
        refuse("must be percent-encoded: it contains a space, a control character or a non-ASCII byte");
    }
    if (path.find('#') != std::string_view::npos) refuse("must not have a fragment ('#')");
    if (hasDotSegments(path)) refuse("must not have \".\" or \"..\" segments");
}

void checkOrigin(const Endpoints& endpoints, std::string_view url) {
    const auto target = transport::parseUrl(url);
    const auto base = transport::parseUrl(endpoints.base);
    if (!target) throw ConfigError("path", "path must begin with '/', or be a URL of baseUrl's host");
    if (target->userinfo || !base || !transport::sameOrigin(*target, *base))
        throw ConfigError("path", "path: a full URL must have baseUrl's scheme, host and port, and no user name");
}

} // namespace

void checkMethod(std::string_view method) {
    const bool plain =
        !method.empty() && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!plain) throw ConfigError("method", "method must be an HTTP method in capitals, such as GET");
}

void checkListPath(std::string_view path) {
    for (std::size_t at = path.find_first_of("?&"); at != std::string_view::npos; at = path.find_first_of("?&")) {
        path.remove_prefix(at + 1);
        const std::string_view name = path.substr(0, path.find_first_of("=&"));
        if (name == "cursor" || name == "offset")
            throw ConfigError("path", "path must not hold " + std::string(name) + ": put it into RawRequest::query");
    }
}

std::string rawUrl(const Endpoints& endpoints, std::string_view path, const Headers& query) {
    std::string url;
    if (!path.empty() && path.front() == '/') {
        checkPath(path);
        url.append(endpoints.apiRoot).append(path);
    } else {
        checkOrigin(endpoints, path);
        checkPath(path.substr(path.find("://") + 3));
        url = path;
    }
    for (const auto& [name, value] : query) {
        if (breaksLines(name) || breaksLines(value))
            throw ConfigError("query", "query: names and values must not contain CR, LF or NUL");
        url.push_back(url.find('?') == std::string::npos ? '?' : '&');
        appendEncoded(url, name);
        url.push_back('=');
        appendEncoded(url, value);
    }
    return url;
}

KONTEXT_END_NAMESPACE
