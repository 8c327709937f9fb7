#include "emulator/page.hpp"

#include <algorithm>

#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

// Looks like what the service sends: base64 with the characters that a URL must encode.
constexpr const char* prefix = "c/+";
constexpr const char* suffix = "==";
constexpr long scramble = 0x5a17c3;

std::string cursorOf(long sequence) { return prefix + std::to_string(sequence ^ scramble) + suffix; }

std::optional<long> sequenceOf(const std::string& cursor) {
    const std::string start = prefix;
    const std::string end = suffix;
    if (cursor.size() <= start.size() + end.size() || cursor.size() > 20) return std::nullopt;
    const std::string digits = cursor.substr(start.size(), cursor.size() - start.size() - end.size());
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    const long sequence = std::stol(digits) ^ scramble;
    if (cursorOf(sequence) != cursor) return std::nullopt;
    return sequence;
}

} // namespace

Response pageOf(const std::vector<Listed>& items, const Request& request) {
    const std::size_t limit = numberParameter(request, "limit").value_or(50);
    std::size_t start = 0;
    if (const auto cursor = parameter(request, "cursor")) {
        const auto last = sequenceOf(*cursor);
        if (!last) return errorResponse(400, "invalid cursor");
        while (start < items.size() && items[start].sequence <= *last)
            ++start;
    }
    start = std::min(start + numberParameter(request, "offset").value_or(0), items.size());
    const std::size_t end = start + std::min(limit, items.size() - start);
    Json page = {{"items", Json::array()}, {"nextCursor", nullptr}};
    for (std::size_t i = start; i < end; ++i)
        page["items"].push_back(items[i].shown);
    if (end < items.size() && end > start) page["nextCursor"] = cursorOf(items[end - 1].sequence);
    return ok(std::move(page));
}

} // namespace kontext_emulator
