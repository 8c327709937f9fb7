#include "transport/response_reader.hpp"

#include <algorithm>
#include <utility>

#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    return text;
}

} // namespace

ResponseReader::~ResponseReader() { wipe(response_.body); }

bool ResponseReader::header(std::string_view line) {
    headerBytes_ += line.size();
    if (headersTooLarge()) return false;
    if (line.substr(0, 5) == "HTTP/") { // of a 1xx, or of the response behind it
        response_.headers.clear();
        complete_ = false;
        return true;
    }
    const std::string_view text = trimmed(line);
    if (text.empty()) complete_ = true;
    const std::size_t colon = text.find(':');
    if (complete_ || colon == std::string_view::npos) return true;
    response_.headers.emplace_back(text.substr(0, colon), trimmed(text.substr(colon + 1)));
    return true;
}

bool ResponseReader::body(std::string_view piece, std::size_t expected) {
    const std::size_t room = maxBody_ - response_.body.size();
    if (response_.body.empty()) response_.body.reserve(std::min({expected, maxBody_, std::size_t{1} << 20}));
    const bool cut = piece.size() > room;
    appendWiping(response_.body, cut ? piece.substr(0, room + 1) : piece); // one byte more shows that it was cut
    cut_ = cut;
    return !cut;
}

HttpResponse ResponseReader::take(int statusCode) && {
    response_.statusCode = statusCode;
    return std::move(response_);
}

} // namespace transport
KONTEXT_END_NAMESPACE
