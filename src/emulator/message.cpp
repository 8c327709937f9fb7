#include "emulator/message.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace kontext_emulator {
namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string lower(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

bool sameName(const std::string& a, const std::string& b) { return lower(a) == lower(b); }

/// `http://host/path` is `/path`.
std::string withoutOrigin(const std::string& target) {
    const std::size_t scheme = target.find("://");
    if (target.empty() || target.front() == '/' || scheme == std::string::npos) return target;
    const std::size_t path = std::min(target.find_first_of("/?", scheme + 3), target.size());
    return (path < target.size() && target[path] == '/' ? "" : "/") + target.substr(path);
}

} // namespace

std::string Request::header(const std::string& name) const {
    for (const auto& [key, value] : headers)
        if (sameName(key, name)) return value;
    return {};
}

std::string Request::mediaType() const {
    std::string type = header("Content-Type");
    type.resize(std::min(type.find(';'), type.size()));
    type.erase(type.find_last_not_of(" \t") + 1);
    return lower(type);
}

std::optional<std::string> Request::credentials(const std::string& scheme) const {
    const std::string authorization = header("Authorization");
    const std::size_t space = authorization.find(' ');
    if (space == std::string::npos || !sameName(authorization.substr(0, space), scheme)) return std::nullopt;
    return authorization.substr(std::min(authorization.find_first_not_of(' ', space), authorization.size()));
}

std::optional<std::string> percentDecoded(const std::string& text, bool plusIsSpace) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plusIsSpace) {
            out.push_back(' ');
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
            const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
            if (low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

std::optional<Pairs> parseForm(const std::string& text) {
    Pairs pairs;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('&', start), text.size());
        const std::string pair = text.substr(start, end - start);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = percentDecoded(pair.substr(0, equals), true);
        const auto value = percentDecoded(equals < pair.size() ? pair.substr(equals + 1) : "", true);
        if (!name || !value) return std::nullopt;
        pairs.emplace_back(*name, *value);
        start = end + 1;
    }
    return pairs;
}

void parseTarget(Request& request) {
    request.target = withoutOrigin(request.target);
    const std::size_t mark = request.target.find('?');
    const std::string path = request.target.substr(0, mark);
    if (mark != std::string::npos) {
        const auto query = parseForm(request.target.substr(mark + 1));
        request.malformed = !query;
        request.query = query.value_or(Pairs{});
    }
    for (std::size_t start = 1; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const auto segment = percentDecoded(path.substr(start, end - start));
        request.malformed = request.malformed || !segment;
        request.segments.push_back(segment.value_or(""));
        start = end + 1;
    }
}

std::optional<std::string> base64Decoded(const std::string& text) {
    static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out;
    unsigned bits = 0;
    int count = 0;
    std::size_t end = text.size();
    while (end > 0 && text.size() - end < 2 && text[end - 1] == '=')
        --end;
    for (std::size_t i = 0; i < end; ++i) {
        const std::size_t digit = digits.find(text[i]);
        if (digit == std::string::npos) return std::nullopt;
        bits = bits << 6 | static_cast<unsigned>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return out;
}

ParsedJson parsedJson(const std::string& text) {
    constexpr int deepest = 64;
    if (text.empty()) return {{}, "the body is empty"};
    std::string fault;
    std::vector<std::set<std::string>> open; // the names of the objects around
    const auto keep = [&](int depth, Json::parse_event_t event, Json& value) {
        if (!fault.empty()) return false;
        using Event = Json::parse_event_t;
        if (event == Event::object_start) open.emplace_back();
        if (event == Event::object_end) open.pop_back();
        if (event == Event::key && !open.back().insert(value).second)
            fault = "the body has the member '" + value.get<std::string>() + "' twice";
        if ((event == Event::object_start || event == Event::array_start) && depth >= deepest)
            fault = "the body nests deeper than " + std::to_string(deepest) + " levels";
        return fault.empty();
    };
    Json json = Json::parse(text, keep, false);
    // The parser takes a NUL for the end.
    if (fault.empty() && (json.is_discarded() || text.find('\0') != std::string::npos))
        fault = "the body is not valid JSON";
    if (!fault.empty()) return {{}, fault};
    return {std::move(json), ""};
}

Response ok(Json body) { return {200, std::move(body), {}}; }
Response created(Json body) { return {201, std::move(body), {}}; }
Response noContent() { return {204, std::nullopt, {}}; }
Response errorResponse(int status, const std::string& message) {
    return {status, Json{{"message", message}, {"statusCode", status}}, {}};
}

} // namespace kontext_emulator
