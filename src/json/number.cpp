#include "json/number.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale> // newlocale
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <system_error>

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

/// The exponent of a JSON number. One that is beyond all numbers stays so when the length of a text is added to it.
std::int64_t exponentOf(std::string_view text) {
    constexpr std::int64_t beyond = std::numeric_limits<std::int64_t>::max() / 2;
    const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
    std::string_view exponent = text.substr(std::min(mark + 1, text.size()));
    if (!exponent.empty() && exponent.front() == '+') exponent.remove_prefix(1);
    std::int64_t value = 0;
    const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    if (read.ec == std::errc::result_out_of_range) return exponent.front() == '-' ? -beyond : beyond;
    return std::clamp(value, -beyond, beyond);
}

/// Of a number that is not zero, whether it is above one rather than below it: its digits before the point, or the
/// zeros behind it, and the exponent tell.
bool isLarge(std::string_view text) {
    const std::string_view digits = text.substr(0, text.find_first_of("eE"));
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
    const auto power = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return power + exponentOf(text) > 0;
}

} // namespace

std::from_chars_result fromChars(const char* first, const char* last, double& value) {
#ifdef __cpp_lib_to_chars
    return std::from_chars(first, last, value);
#else
    // Of what strtod takes beyond it, blanks, a plus sign, hexadecimal digits and names, nothing gets through.
    const std::string_view whole(first, static_cast<std::size_t>(last - first));
    const std::string text(whole.substr(0, whole.find_first_not_of("0123456789+-.eE")));
    if (text.empty() || text.front() == '+') return {first, std::errc::invalid_argument};
    static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr); // a constant of the C library
    char* end = nullptr;
    errno = 0;
    const double read = strtod_l(text.c_str(), &end, plain);
    if (end == text.c_str()) return {first, std::errc::invalid_argument};
    const char* const behind = first + (end - text.c_str());
    if (errno == ERANGE && (std::isinf(read) || read == 0)) return {behind, std::errc::result_out_of_range};
    value = read;
    return {behind, std::errc()};
#endif
}

std::optional<double> readNumber(std::string_view text) {
    double value = 0;
    const auto read = fromChars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc::result_out_of_range) return value;
    if (isLarge(text)) return std::nullopt;
    return 0;
}

std::optional<std::int64_t> readInteger(std::string_view text) {
    constexpr std::int64_t mostZeros = 18; // behind the digits of a number of 64 bits
    std::int64_t zeros = exponentOf(text);
    std::string digits(text.substr(0, text.find_first_of("eE")));
    if (const std::size_t point = digits.find('.'); point != std::string::npos) {
        zeros -= static_cast<std::int64_t>(digits.size() - point - 1);
        digits.erase(point, 1);
    }
    const std::size_t last = digits.find_last_of("123456789");
    if (last == std::string::npos) return 0;
    zeros += static_cast<std::int64_t>(digits.size() - last - 1);
    digits.resize(last + 1);
    if (zeros < 0 || zeros > mostZeros) return std::nullopt;
    digits.append(static_cast<std::size_t>(zeros), '0');
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc()) return std::nullopt;
    return value;
}

std::string withPoint(std::string token) {
    if (const std::size_t at = token.find_first_not_of("+-0123456789Ee"); at != std::string::npos) token[at] = '.';
    return token;
}

} // namespace json
KONTEXT_END_NAMESPACE
