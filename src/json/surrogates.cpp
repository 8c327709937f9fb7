#include "json/surrogates.hpp"

#include <charconv>

#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

constexpr std::string_view replacement = "\\ufffd";

/// The code unit of the `\uXXXX` that stands there; 0 if there is none, or if it is that of NUL.
unsigned unitAt(std::string_view text, std::size_t at) {
    unsigned unit = 0;
    if (text.size() < at + replacement.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
    const char* const digits = text.data() + at + 2;
    return std::from_chars(digits, digits + 4, unit, 16).ptr == digits + 4 ? unit : 0;
}

bool isHigh(unsigned unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool isLow(unsigned unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

} // namespace

std::size_t findUnpairedSurrogate(std::string_view text, std::size_t from) {
    std::size_t length = 0;
    for (std::size_t at = text.find('\\', from); at != std::string_view::npos; at = text.find('\\', at + length)) {
        const unsigned unit = unitAt(text, at);
        const bool paired = isHigh(unit) && isLow(unitAt(text, at + replacement.size()));
        if (!paired && (isHigh(unit) || isLow(unit))) return at;
        length = paired ? 2 * replacement.size() : 2; // what `\\` escapes begins no escape
    }
    return std::string_view::npos;
}

PairedText::PairedText(std::string_view text) : text_(text) {
    std::size_t at = findUnpairedSurrogate(text);
    if (at == std::string_view::npos) return;
    copy_ = text;
    for (; at != std::string_view::npos; at = findUnpairedSurrogate(copy_, at + replacement.size()))
        copy_.replace(at, replacement.size(), replacement);
}

PairedText::~PairedText() { wipe(copy_); }

} // namespace json
KONTEXT_END_NAMESPACE
