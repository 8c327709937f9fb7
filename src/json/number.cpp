#include "json/number.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace kontext::json {
namespace {

/// Of a number that is not zero, whether it is above one rather than below it: its digits before the point, or the
/// zeros behind it, and the exponent tell.
bool isLarge(std::string_view text) {
    const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
    std::string_view digits = text.substr(0, mark);
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
    const auto power = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    std::string_view exponent = text.substr(std::min(mark + 1, text.size()));
    if (!exponent.empty() && exponent.front() == '+') exponent.remove_prefix(1);
    std::int32_t shift = 0;
    const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), shift);
    if (read.ec == std::errc::result_out_of_range) return exponent.front() != '-';
    return power + shift > 0;
}

} // namespace

std::optional<double> readNumber(std::string_view text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc::result_out_of_range) return value;
    if (isLarge(text)) return std::nullopt;
    return 0;
}

std::string withPoint(std::string token) {
    if (const std::size_t at = token.find_first_not_of("+-0123456789Ee"); at != std::string::npos) token[at] = '.';
    return token;
}

} // namespace kontext::json
