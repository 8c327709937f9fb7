#include "json/padding.hpp"

#include <algorithm>
#include <string>

#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

/// The parser keeps each token in buffers that it grows and never wipes: the first pad grows them before a secret
/// comes, the second overwrites it. So a pad is longer than any token of the text.
std::string padFor(std::string_view text) { return '"' + std::string(text.size() + 16, 'x') + '"'; }

/// Of an array of three values it hands on the second.
class SecondOfThree final : public nlohmann::json_sax<nlohmann::json> {
public:
    /// `before`: the bytes before the second value.
    SecondOfThree(nlohmann::json_sax<nlohmann::json>& handler, std::size_t before)
        : handler_(handler), before_(before) {}

    bool null() override { return !begins() || pass(handler_.null()); }
    bool boolean(bool value) override { return !begins() || pass(handler_.boolean(value)); }
    bool number_integer(number_integer_t value) override { return !begins() || pass(handler_.number_integer(value)); }
    bool number_unsigned(number_unsigned_t value) override {
        return !begins() || pass(handler_.number_unsigned(value));
    }
    bool number_float(number_float_t value, const string_t& token) override {
        return !begins() || pass(handler_.number_float(value, token));
    }
    bool string(string_t& value) override { return !begins() || pass(handler_.string(value)); }
    bool binary(binary_t& value) override { return !begins() || pass(handler_.binary(value)); }
    bool start_object(std::size_t size) override { return !opens() || pass(handler_.start_object(size)); }
    bool key(string_t& name) override { return !isWanted() || pass(handler_.key(name)); }
    bool end_object() override { return !closes() || pass(handler_.end_object()); }
    bool start_array(std::size_t size) override { return !opens() || pass(handler_.start_array(size)); }
    bool end_array() override {
        if (closes()) return pass(handler_.end_array());
        return depth_ > 0 || values_ == 3;
    }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override {
        return handler_.parse_error(position - std::min(position, before_), token, error);
    }

    bool stopped() const noexcept { return stopped_; }

private:
    bool isWanted() const noexcept { return values_ == 2 && !stopped_; }
    /// Each of these three notes an event, and says whether the handler gets it.
    bool begins() noexcept {
        if (depth_ == 1) ++values_;
        return isWanted();
    }
    bool opens() noexcept {
        const bool wanted = begins();
        ++depth_;
        return wanted;
    }
    bool closes() noexcept { return --depth_ > 0 && isWanted(); }

    bool pass(bool goOn) noexcept {
        stopped_ = !goOn;
        return true;
    }

    nlohmann::json_sax<nlohmann::json>& handler_;
    std::size_t before_;
    std::size_t depth_ = 0;
    int values_ = 0; // of the array, that have begun
    bool stopped_ = false;
};

} // namespace

bool parsePadded(std::string_view text, nlohmann::json_sax<nlohmann::json>& handler) {
    const std::string pad = padFor(text);
    std::string padded;
    // A buffer that grows leaves copies of the text behind.
    padded.reserve(text.size() + 2 * pad.size() + 4);
    padded.append("[").append(pad).append(",").append(text).append(",").append(pad).append("]");
    SecondOfThree events(handler, pad.size() + 2);
    const bool read = parse(padded, events);
    wipe(padded);
    return read && !events.stopped();
}

} // namespace json
KONTEXT_END_NAMESPACE
