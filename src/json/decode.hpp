// JSON text into C++ values, by the tables of mapping.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

#include "json/mapping.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Deeper nesting is refused, in what is read, skipped and kept raw alike.
inline constexpr int maxDepth = 64;

/// Some servers put it before the text. Tolerated in what we read, refused in what we send.
inline constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

/// Why a text cannot be read. Neither part quotes a value of it: it may hold a secret.
struct Fault {
    std::string pointer; // RFC 6901
    std::string message;
};

/// Whether the text is nothing but white space.
bool isBlank(std::string_view text);

/// Unknown fields are skipped and nulls are read as missing. A field of ours that comes twice is a fault, as are a
/// wrong type, a number out of range, a missing identifying field, anything after the value, and bad UTF-8. An escape
/// of half a character is read as U+FFFD. On a fault the target is half filled.
std::optional<Fault> decode(std::string_view text, const Type& type, void* target);

template <class T>
std::optional<Fault> decode(std::string_view text, T& target) {
    return decode(text, typeOf<T>, &target);
}

/// The same for a response; specialized for one that comes in more than one shape.
template <class T>
std::optional<Fault> read(std::string_view text, T& response) {
    return decode(text, response);
}
/// An empty cursor means the end, like none.
template <class T>
std::optional<Fault> read(std::string_view text, Page<T>& page) {
    auto fault = decode(text, page);
    if (page.nextCursor && page.nextCursor->empty()) page.nextCursor.reset();
    return fault;
}

} // namespace json
KONTEXT_END_NAMESPACE
