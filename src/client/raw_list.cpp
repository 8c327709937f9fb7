#include "client/core.hpp"

#include <algorithm>
#include <utility>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

RawListSource::RawListSource(const Shared<const Core>& core, std::string_view path, RawRequest request,
                             CallOptions options)
    : core_(core), path_(path), request_(std::move(request)), options_(std::move(options)) {
    const auto& query = request_.query;
    const auto isCursor = [](const auto& parameter) { return parameter.first == "cursor"; };
    const auto cursor = std::find_if(query.begin(), query.end(), isCursor);
    if (cursor != query.end() && !cursor->second.empty()) first_ = cursor->second; // as PageWalk does
}

Page<RawJson> RawListSource::fetch(const std::optional<std::string>& cursor, std::string& body) {
    // An offset counts from the first page alone.
    const auto isReplaced = [later = cursor != first_](const auto& parameter) {
        return parameter.first == "cursor" || (later && parameter.first == "offset");
    };
    auto& query = request_.query;
    query.erase(std::remove_if(query.begin(), query.end(), isReplaced), query.end());
    if (cursor) query.emplace_back("cursor", *cursor);
    return core_->rawPage(path_, request_, options_, body);
}

} // namespace detail
KONTEXT_END_NAMESPACE
