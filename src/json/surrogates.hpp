// Escapes that spell half a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// Where the next `\u` escape begins that is one half of a surrogate pair without the other; npos if there is none.
/// `from` must not lie within an escape.
std::size_t findUnpairedSurrogate(std::string_view text, std::size_t from = 0);

/// A response's text as parsers accept it. Node escapes a string that was cut through an emoji as `\ud83d`, and no
/// parser takes that. It becomes `\ufffd`, which has the same length, so that positions stay true.
class PairedText {
public:
    /// Refers to the text. It is copied only if something in it must be replaced.
    explicit PairedText(std::string_view text);
    PairedText(const PairedText&) = delete;
    PairedText& operator=(const PairedText&) = delete;
    ~PairedText(); // wipes the copy

    std::string_view view() const noexcept { return copy_.empty() ? text_ : std::string_view(copy_); }

private:
    std::string_view text_;
    std::string copy_{};
};

} // namespace json
KONTEXT_END_NAMESPACE
