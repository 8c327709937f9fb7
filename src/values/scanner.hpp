// Reading dates and the like from the front of a text.
#pragma once

#include <optional>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// What is left to read. Each step takes what it reads off the front, or takes nothing and says so.
class Scanner {
public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    bool atEnd() const noexcept { return rest_.empty(); }
    bool take(std::string_view text) noexcept {
        if (rest_.substr(0, text.size()) != text) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    bool takeOneOf(std::string_view characters) noexcept {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool nextIsDigit() const noexcept { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    /// Exactly this many digits, at most nine.
    std::optional<int> number(int digits) noexcept {
        int value = 0;
        const std::string_view before = rest_;
        for (int i = 0; i < digits; ++i) {
            if (!nextIsDigit()) {
                rest_ = before;
                return std::nullopt;
            }
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

private:
    std::string_view rest_;
};

KONTEXT_END_NAMESPACE
