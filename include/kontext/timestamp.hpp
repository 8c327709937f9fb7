/// @file
/// A moment as the API writes it.
#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>

#include <kontext/export.hpp>
#include <kontext/print.hpp>

KONTEXT_BEGIN_NAMESPACE

/// An ISO 8601 moment, kept as the text that the server sent. Two of them are equal if their texts are; they are
/// ordered by time.
class KONTEXT_API Timestamp {
public:
    /// An empty one: no text, no time.
    Timestamp() = default;
    /// Keeps the text; it is read only when `time()` is called.
    explicit Timestamp(std::string text) : text_(std::move(text)) {}
    /// The moment in UTC, with as many digits of a second as it needs: three, six or nine. Implicit, so that
    /// `event.createdAt > now - 24h` works.
    Timestamp(std::chrono::system_clock::time_point time);

    /// The text as it came, such as "2026-01-31T12:00:00.000Z".
    [[nodiscard]] const std::string& text() const& noexcept { return text_; }
    /// The text as it came, of a value that is about to go.
    [[nodiscard]] std::string text() && noexcept { return std::move(text_); }
    /// The moment, or nothing if the text is not `YYYY-MM-DDThh:mm:ss`, with an optional fraction of up to nine digits
    /// that count (more are cut), and `Z` or an offset such as `+01:00`. The seconds may be missing, `T` may be a
    /// blank, and an offset may be `+0100` or `+01`. A leap second (`:60`) reads as the next second, `24:00:00` as the
    /// next day. Without an offset there is no moment.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> time() const noexcept;

    /// Whether the texts are the same; compare `time()` for the same moment in other words.
    friend bool operator==(const Timestamp& a, const Timestamp& b) noexcept { return a.text_ == b.text_; }
    /// The opposite of `==`.
    friend bool operator!=(const Timestamp& a, const Timestamp& b) noexcept { return !(a == b); }
    /// Texts are compared, and one moment has many: compare `time()`.
    friend bool operator==(const Timestamp&, std::chrono::system_clock::time_point) = delete;
    /// Orders by time. Those that cannot be read come first, and texts order what is equal otherwise.
    friend KONTEXT_API bool operator<(const Timestamp& a, const Timestamp& b) noexcept;
    /// As `<` orders.
    friend bool operator>(const Timestamp& a, const Timestamp& b) noexcept { return b < a; }
    /// As `<` orders.
    friend bool operator<=(const Timestamp& a, const Timestamp& b) noexcept { return !(b < a); }
    /// As `<` orders.
    friend bool operator>=(const Timestamp& a, const Timestamp& b) noexcept { return !(a < b); }
    /// Writes the text.
    friend std::ostream& operator<<(std::ostream& stream, const Timestamp& value) {
        return detail::print(stream, value.text_);
    }

private:
    std::string text_{};
};

KONTEXT_END_NAMESPACE
