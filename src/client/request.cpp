#include "client/request.hpp"

#include <algorithm>

#include "call/retry.hpp"
#include "values/percent.hpp"

namespace kontext {

Request::Request(std::string_view method, std::string_view route, std::initializer_list<std::string_view> ids)
    : method_(method), route_(route), repeatable_(repeatableByKind(method)) {
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

} // namespace kontext
