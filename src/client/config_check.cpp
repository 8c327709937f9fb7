#include "client/config_check.hpp"

#include <algorithm>
#include <chrono>

#include "errors/error_data.hpp"
#include "transport/header_fields.hpp"
#include "transport/url.hpp"
#include "values/percent.hpp"
#include "values/stray.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

[[noreturn]] void refuseMissing(const std::string& field, const std::string& code) {
    detail::ErrorData data;
    data.kind = detail::ErrorData::Kind::config;
    data.field = field;
    data.code = code;
    data.message = field + " must not be empty";
    detail::raise(std::move(data));
}

void refuseStray(const std::string& field, std::string_view text, bool (*isStray)(char, bool)) {
    if (const auto stray = describeStray(text, isStray)) throw ConfigError(field, field + ' ' + *stray);
}

/// The http rule goes by the parsed host: `localhost.evil.com` is not loopback, and `http://localhost@evil.com` is
/// evil.com.
transport::Url checkUrl(const std::string& field, const std::string& text, bool allowInsecureHttp) {
    if (text.empty()) throw ConfigError(field, field + " must not be empty");
    refuseStray(field, text, &isStrayInUrl);
    const auto url = transport::parseUrl(text);
    if (!url) throw ConfigError(field, field + " is not an absolute URL such as https://api.kontext.security");
    if (!transport::isAscii(url->host))
        throw ConfigError(field, field + " has a host name that is not ASCII: write it in its encoded form, xn--...");
    if (url->scheme != "https" && url->scheme != "http") throw ConfigError(field, field + " must begin with https://");
    // Its text may hold a password, so it is not quoted.
    if (url->userinfo) throw ConfigError(field, field + " must not contain a user name or password");
    if (!url->fragment.empty() || text.find('#') != std::string::npos)
        throw ConfigError(field, field + " must not have a fragment ('#')");
    if (url->scheme == "http" && !allowInsecureHttp && !transport::isLoopback(url->host))
        throw ConfigError(field, field
                                     + " must begin with https://; http:// is allowed only for loopback hosts, or with "
                                       "allowInsecureHttp = true");
    return *url;
}

void checkSegments(const std::string& field, std::string_view url) {
    if (hasDotSegments(url.substr(url.find("://") + 3)))
        throw ConfigError(field, field + " must not have \".\" or \"..\" segments");
}

void stripSlashes(std::string& text) {
    while (!text.empty() && text.back() == '/')
        text.pop_back();
}

/// People paste the API root where the base is wanted.
void stripApiRoot(std::string& base, const std::string& apiVersion) {
    const std::size_t slash = base.rfind("/api/");
    const std::size_t path = base.find('/', base.find("://") + 3);
    if (slash == std::string::npos || slash < path) return; // `https://api/v1`: a host of that name
    const std::string_view version = std::string_view(base).substr(slash + 5);
    const bool numbered = version.size() >= 2 && version[0] == 'v'
                          && version.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (version != apiVersion && !numbered) return;
    base.resize(slash);
    stripSlashes(base);
}

void checkApiVersion(const std::string& version) {
    const bool plain = std::all_of(version.begin(), version.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'
               || c == '_';
    });
    if (version.empty() || version == "." || version == ".." || !plain)
        throw ConfigError("apiVersion", "apiVersion must be one path segment such as v1");
}

std::string joinScopes(const std::vector<std::string>& scopes) {
    std::string joined;
    for (const std::string& scope : scopes) {
        const bool valid = !scope.empty() && std::all_of(scope.begin(), scope.end(), [](char c) {
            return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; // RFC 6749, section 3.3
        });
        if (!valid)
            throw ConfigError("scopes",
                              "scopes must not be empty or contain spaces, quotes, backslashes or control characters");
        if (!joined.empty()) joined.push_back(' ');
        joined += scope;
    }
    return joined;
}

void checkPositive(const std::string& field, std::chrono::milliseconds duration) {
    if (duration <= std::chrono::milliseconds::zero())
        throw ConfigError(field,
                          field + " must be greater than zero (got " + std::to_string(duration.count()) + " ms)");
}

void checkNotNegative(const std::string& field, std::chrono::milliseconds duration) {
    if (duration < std::chrono::milliseconds::zero())
        throw ConfigError(field, field + " must not be negative (got " + std::to_string(duration.count()) + " ms)");
}

} // namespace

void checkCredentials(const Credentials& credentials) {
    if (credentials.clientId.empty()) refuseMissing("credentials.clientId", "kontext_config_missing_client_id");
    if (credentials.clientSecret.empty())
        refuseMissing("credentials.clientSecret", "kontext_config_missing_client_secret");
    refuseStray("credentials.clientId", credentials.clientId, &isLineBreakOrEdge);
    refuseStray("credentials.clientSecret", credentials.clientSecret.reveal(), &isLineBreakOrEdge);
}

Endpoints checkConfig(const ClientConfig& config) {
    const transport::Url url = checkUrl("baseUrl", config.baseUrl, config.allowInsecureHttp);
    if (config.baseUrl.find('?') != std::string::npos)
        throw ConfigError("baseUrl", "baseUrl must not have a query ('?')");
    checkCredentials(config.credentials);
    checkApiVersion(config.apiVersion);
    checkPositive("timeouts.connect", config.timeouts.connect);
    checkPositive("timeouts.attempt", config.timeouts.attempt);
    checkPositive("timeouts.call", config.timeouts.call);
    if (config.retry.maxRetries < 0)
        throw ConfigError("retry.maxRetries", "retry.maxRetries must not be negative (got "
                                                  + std::to_string(config.retry.maxRetries) + ')');
    checkNotNegative("retry.initialDelay", config.retry.initialDelay);
    checkNotNegative("retry.maxDelay", config.retry.maxDelay);
    checkNotNegative("retry.maxRetryAfter", config.retry.maxRetryAfter);
    if (config.maxResponseBytes == 0)
        throw ConfigError("maxResponseBytes", "maxResponseBytes must be at least 1 (got 0)");
    refuseStray("appInfo", config.appInfo, &isLineBreak);
    checkHeaders(config.headers, "headers");

    Endpoints endpoints;
    endpoints.base = config.baseUrl;
    stripSlashes(endpoints.base);
    stripApiRoot(endpoints.base, config.apiVersion);
    checkSegments("baseUrl", endpoints.base);
    endpoints.apiRoot = endpoints.base + "/api/" + config.apiVersion;
    endpoints.tokenUrl = config.tokenUrl.value_or(endpoints.base + "/oauth2/token");
    if (config.tokenUrl) {
        checkUrl("tokenUrl", *config.tokenUrl, config.allowInsecureHttp);
        checkSegments("tokenUrl", *config.tokenUrl);
    }
    endpoints.audience = config.audience.value_or(endpoints.apiRoot);
    refuseStray("audience", endpoints.audience, &isLineBreakOrEdge);
    endpoints.scope = joinScopes(config.scopes);
    return endpoints;
}

KONTEXT_END_NAMESPACE
