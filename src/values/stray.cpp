#include "values/stray.hpp"

#include <cstddef>

KONTEXT_BEGIN_NAMESPACE
namespace {

std::string nameOf(char c) {
    switch (c) {
    case '\n':
    case '\r':
        return "a line break";
    case '\t':
        return "a tab";
    case ' ':
        return "a space";
    case '"':
        return "a double quote";
    case '\'':
        return "a single quote";
    default:
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        return std::string("the byte 0x") + digits[byte >> 4U] + digits[byte & 0xfU];
    }
}

} // namespace

std::optional<std::string> describeStray(std::string_view text, bool (*isStray)(char c, bool atEdge)) {
    const std::size_t size = text.size();
    if (size >= 2 && text.front() == text.back()) {
        if (text.front() == '"') return "is in double quotes";
        if (text.front() == '\'') return "is in single quotes";
    }
    const auto straysAt = [&](std::size_t i) { return isStray(text[i], i == 0 || i + 1 == size); };
    std::size_t first = 0;
    while (first < size && !straysAt(first))
        ++first;
    if (first == size) return std::nullopt;
    const std::string name = nameOf(text[first]);
    if (first == 0) return "begins with " + name;
    std::size_t after = first;
    while (after < size && straysAt(after))
        ++after;
    if (after == size) return "ends with " + name;
    return "contains " + name + " (at byte " + std::to_string(first + 1) + ')';
}

bool isLineBreak(char c, bool) { return c == '\r' || c == '\n' || c == '\0'; }

bool isLineBreakOrEdge(char c, bool atEdge) { return isLineBreak(c, atEdge) || (atEdge && (c == ' ' || c == '\t')); }

bool isStrayInUrl(char c, bool atEdge) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '"' || (atEdge && c == '\'');
}

KONTEXT_END_NAMESPACE
