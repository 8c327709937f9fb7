#include "values/duration.hpp"

KONTEXT_BEGIN_NAMESPACE

std::string formatDuration(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    if (count < 1000) return std::to_string(count) + " ms";
    std::string text = std::to_string(count / 1000);
    if (const auto rest = count % 1000; rest != 0) {
        std::string digits = std::to_string(1000 + rest).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += '.' + digits;
    }
    return text + " s";
}

KONTEXT_END_NAMESPACE
