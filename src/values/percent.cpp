#include "values/percent.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

bool isAlphanumeric(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void appendByte(std::string& out, unsigned char c) {
    static constexpr char hex[] = "0123456789ABCDEF";
    out.push_back('%');
    out.push_back(hex[c >> 4]);
    out.push_back(hex[c & 15]);
}

/// "." or "..", encoded or not.
bool isDots(std::string_view segment) {
    int dots = 0;
    for (; !segment.empty(); ++dots) {
        const std::string_view three = segment.substr(0, 3);
        if (segment.front() != '.' && three != "%2e" && three != "%2E") return false;
        segment.remove_prefix(segment.front() == '.' ? 1 : 3);
    }
    return dots == 1 || dots == 2;
}

} // namespace

void appendEncoded(std::string& out, std::string_view text) {
    for (const char character : text) {
        const auto c = static_cast<unsigned char>(character);
        if (isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~')
            out.push_back(character);
        else
            appendByte(out, c);
    }
}

void appendFormEncoded(std::string& out, std::string_view text) {
    for (const char character : text) {
        const auto c = static_cast<unsigned char>(character);
        if (isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '*')
            out.push_back(character);
        else if (c == ' ')
            out.push_back('+');
        else
            appendByte(out, c);
    }
}

bool breaksLines(std::string_view text) {
    // Three searches of memchr are faster than one byte by byte, and each request is searched.
    const auto has = [text](char c) { return text.find(c) != std::string_view::npos; };
    return has('\r') || has('\n') || has('\0');
}

bool hasDotSegments(std::string_view path) {
    for (path = path.substr(0, path.find('?'));; path.remove_prefix(path.find('/') + 1)) {
        if (isDots(path.substr(0, path.find('/')))) return true;
        if (path.find('/') == std::string_view::npos) return false;
    }
}

KONTEXT_END_NAMESPACE
