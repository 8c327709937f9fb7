/// @file
/// String enumerations that may grow on the server before they grow here.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

#include <kontext/export.hpp>
#include <kontext/print.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A value of the enumeration `Enum` that this version knows, such as `AuthMode::oauth`. It is a literal, so that there
/// is no static object to initialize; it turns into an `Enum` wherever one is wanted.
template <class Enum>
class EnumValue {
public:
    /// Names the value by its text on the wire.
    constexpr explicit EnumValue(std::string_view text) noexcept : text_(text) {}
    /// The text on the wire.
    [[nodiscard]] std::string str() const { return std::string(text_); }
    /// The text on the wire, without a copy.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }

    /// Whether both are the same value.
    friend constexpr bool operator==(EnumValue a, EnumValue b) noexcept { return a.text_ == b.text_; }
    /// The opposite of `==`.
    friend constexpr bool operator!=(EnumValue a, EnumValue b) noexcept { return !(a == b); }
    /// Writes the text on the wire.
    friend std::ostream& operator<<(std::ostream& stream, EnumValue value) {
        return detail::print(stream, value.text_);
    }

private:
    std::string_view text_;
};

/// An open enumeration: it holds the text of the wire, and so keeps a value that this version does not know.
/// `mode == AuthMode::oauth` compares, `AuthMode{"brand_new"}` makes one from text, `str()` gives the text, `<<` writes
/// it. Each enumeration has a `std::hash`.
template <class Enum>
class OpenEnum {
public:
    /// An empty value: the server sent none.
    OpenEnum() = default;
    /// Any text.
    explicit OpenEnum(std::string_view text) : text_(text) {}
    /// A known value.
    OpenEnum(EnumValue<Enum> value) : text_(value.view()) {}

    /// The text on the wire.
    [[nodiscard]] const std::string& str() const& noexcept { return text_; }
    /// The text on the wire, of a value that is about to go.
    [[nodiscard]] std::string str() && noexcept { return std::move(text_); }

    /// Whether both are the same text.
    friend bool operator==(const OpenEnum& a, const OpenEnum& b) noexcept { return a.text_ == b.text_; }
    /// Whether it is this known value.
    friend bool operator==(const OpenEnum& a, EnumValue<Enum> b) noexcept { return a.text_ == b.view(); }
    /// Whether it is this known value.
    friend bool operator==(EnumValue<Enum> a, const OpenEnum& b) noexcept { return b.text_ == a.view(); }
    /// The opposite of `==`.
    friend bool operator!=(const OpenEnum& a, const OpenEnum& b) noexcept { return !(a == b); }
    /// The opposite of `==`.
    friend bool operator!=(const OpenEnum& a, EnumValue<Enum> b) noexcept { return !(a == b); }
    /// The opposite of `==`.
    friend bool operator!=(EnumValue<Enum> a, const OpenEnum& b) noexcept { return !(b == a); }
    /// Orders by text, so that it can be a key of a map.
    friend bool operator<(const OpenEnum& a, const OpenEnum& b) noexcept { return a.text_ < b.text_; }
    /// Writes the text on the wire.
    friend std::ostream& operator<<(std::ostream& stream, const OpenEnum& value) {
        return detail::print(stream, value.text_);
    }

private:
    std::string text_{};
};

namespace detail {

/// The base of each enumeration's std::hash.
template <class Enum>
struct EnumHash {
    std::size_t operator()(const Enum& value) const noexcept { return std::hash<std::string>()(value.str()); }
};

} // namespace detail
KONTEXT_END_NAMESPACE

/// Stands behind the namespace of an enumeration: its std::hash, by its text.
#define KONTEXT_HASH(Enum)                                                                                             \
    template <>                                                                                                        \
    struct std::hash<kontext::Enum> : kontext::detail::EnumHash<kontext::Enum> {}
