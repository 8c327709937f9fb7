#include "json/syntax.hpp"

#include <vector>

#include "json/number.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

class Checker {
public:
    explicit Checker(std::string_view text) : text_(text) {}

    /// Iterative: a text may nest as deep as it is long.
    std::optional<SyntaxError> run() {
        for (bool wantsValue = true;;) {
            skipSpace();
            if (wantsValue) {
                if (!value(wantsValue)) return error();
            } else if (open_.empty()) {
                return at_ == text_.size() ? std::nullopt : error();
            } else if (take(open_.back() ? '}' : ']')) {
                open_.pop_back();
            } else if (!take(',') || (open_.back() && !key())) {
                return error();
            } else {
                wantsValue = true;
            }
        }
    }

private:
    std::optional<SyntaxError> error() const { return SyntaxError{at_ + 1, outOfRange_}; }

    /// A scalar, or the beginning of a container, after which `wantsValue` says whether its first value comes.
    bool value(bool& wantsValue) {
        wantsValue = false;
        if (take('{')) {
            open_.push_back(true);
            skipSpace();
            if (peek() == '}') return true;
            wantsValue = true;
            return key();
        }
        if (take('[')) {
            open_.push_back(false);
            skipSpace();
            wantsValue = peek() != ']';
            return true;
        }
        if (peek() == '"') return string();
        return word("true") || word("false") || word("null") || number();
    }

    bool key() {
        skipSpace();
        if (!string()) return false;
        skipSpace();
        return take(':');
    }

    bool string() {
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const auto c = static_cast<unsigned char>(text_[at_]);
            if (c < 0x20) return false;
            ++at_;
            if (c == '"') return true;
            if (c == '\\' && !escape()) return false;
        }
        return false;
    }

    bool escape() {
        if (take('u')) {
            // Of a character beyond U+FFFF the two halves belong together.
            const auto unit = hex4();
            if (!unit || (*unit >= 0xdc00 && *unit <= 0xdfff)) return false;
            if (*unit < 0xd800 || *unit > 0xdbff) return true;
            if (!take('\\') || !take('u')) return false;
            const auto low = hex4();
            return low && *low >= 0xdc00 && *low <= 0xdfff;
        }
        if (std::string_view("\"\\/bfnrt").find(peek()) == std::string_view::npos) return false;
        ++at_;
        return true;
    }

    std::optional<unsigned> hex4() {
        unsigned value = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(peek());
            if (digit == std::string_view::npos) return std::nullopt;
            value = value * 16 + static_cast<unsigned>(digit < 16 ? digit : digit - 6);
        }
        return value;
    }

    bool number() {
        const std::size_t start = at_;
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        outOfRange_ = !readNumber(text_.substr(start, at_ - start));
        return !outOfRange_;
    }

    bool digits() {
        const std::size_t start = at_;
        while (peek() >= '0' && peek() <= '9')
            ++at_;
        return at_ > start;
    }

    /// NUL at the end, which no caller takes for anything.
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view wanted) {
        if (text_.substr(at_, wanted.size()) != wanted) return false;
        at_ += wanted.size();
        return true;
    }
    void skipSpace() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool outOfRange_ = false;
    std::vector<bool> open_{}; // true: an object
};

} // namespace

std::optional<SyntaxError> firstSyntaxError(std::string_view text) { return Checker(text).run(); }

} // namespace json
KONTEXT_END_NAMESPACE
