#include "client/request.hpp"

#include <algorithm>

#include <kontext/errors.hpp>

#include "transport/method.hpp"
#include "values/percent.hpp"

KONTEXT_BEGIN_NAMESPACE

void checkId(std::string_view parameter, std::string_view id) {
    const std::string name(parameter);
    // Encoded dots do not help: servers decode them, and the request would be about the parent.
    if (id.empty()) throw ConfigError(name, name + " must not be empty");
    if (id == "." || id == "..") throw ConfigError(name, name + " must not be \"" + std::string(id) + '"');
    if (breaksLines(id)) throw ConfigError(name, name + " must not contain CR, LF or NUL");
}

Request::Request(std::string_view method, std::string_view route, std::initializer_list<std::string_view> ids)
    : method_(method), route_(route), retryable_(isRetryableMethod(method)) {
    std::copy(ids.begin(), ids.end(), ids_.begin());
}

Request::Request(std::string_view method, std::string_view route, const std::vector<std::string>& ids)
    : Request(method, route) {
    std::copy(ids.begin(), ids.end(), ids_.begin());
}

std::string Request::target() const {
    std::string target;
    target.reserve(route_.size() + 64);
    std::size_t id = 0;
    std::string_view rest = route_;
    for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        const std::size_t close = rest.find('}', open);
        checkId(rest.substr(open + 1, close - open - 1), ids_[id]);
        target.append(rest.substr(0, open));
        appendEncoded(target, ids_[id++]);
        rest.remove_prefix(close + 1);
    }
    target.append(rest);
    if (paramsType_ == nullptr) return target;
    if (const std::string query = json::encodeQuery(*paramsType_, params_); !query.empty())
        target.append(1, '?').append(query);
    return target;
}

std::string Request::body(std::vector<Secret>& secrets) const {
    return inputType_ != nullptr ? json::encode(*inputType_, input_, json::Secrets::reveal, &secrets) : std::string();
}

KONTEXT_END_NAMESPACE
