#include "call/percent.hpp"

#include <kontext/errors.hpp>

namespace kontext {
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
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

void checkId(std::string_view parameter, std::string_view id) {
    const std::string name(parameter);
    // Encoded dots do not help: servers decode them, and the request would be about the parent.
    if (id.empty()) throw ConfigError(name, name + " must not be empty");
    if (id == "." || id == "..") throw ConfigError(name, name + " must not be \"" + std::string(id) + '"');
    if (breaksLines(id)) throw ConfigError(name, name + " must not hold CR, LF or NUL");
}

} // namespace kontext
