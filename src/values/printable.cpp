#include "values/printable.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

bool isControl(unsigned char c) { return c < 0x20 || c == 0x7f; }

void appendEscaped(std::string& out, unsigned char c) {
    static constexpr char hex[] = "0123456789abcdef";
    switch (c) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        out += "\\x";
        out.push_back(hex[c >> 4]);
        out.push_back(hex[c & 15]);
    }
}

} // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto following = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (isControl(c)) {
            appendEscaped(out, c);
        } else if (c == 0xc2 && following >= 0x80 && following < 0xa0) { // C1: U+0080 to U+009F
            appendEscaped(out, c);
            appendEscaped(out, static_cast<unsigned char>(following));
            ++i;
        } else {
            out.push_back(static_cast<char>(c));
        }
    }
    return out;
}

KONTEXT_END_NAMESPACE
