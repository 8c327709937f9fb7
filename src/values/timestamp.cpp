#include <kontext/timestamp.hpp>

#include <ctime>

#include "platform/utc.hpp"
#include "values/civil_time.hpp"
#include "values/scanner.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

/// `.123`: digits beyond the ninth do not count.
std::optional<nanoseconds> fraction(Scanner& text) {
    if (!text.takeOneOf(".,")) return nanoseconds(0);
    if (!text.nextIsDigit()) return std::nullopt;
    nanoseconds value(0);
    for (int scale = 100'000'000; text.nextIsDigit(); scale /= 10)
        value += nanoseconds(*text.number(1) * scale);
    return value;
}

/// `Z`, `+01:00`, `+0100` or `+01`: how far the clock is ahead of UTC.
std::optional<seconds> offset(Scanner& text) {
    if (text.takeOneOf("Zz")) return seconds(0);
    const bool ahead = text.take("+");
    if (!ahead && !text.take("-")) return std::nullopt;
    const auto hours = text.number(2);
    std::optional<int> minutes = 0; // PostgreSQL leaves out those that are none
    if (text.take(":") || text.nextIsDigit()) minutes = text.number(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const seconds value(*hours * 3600 + *minutes * 60);
    return ahead ? value : -value;
}

/// `.120`, `.120000` or `.120000005`: the digits that the fraction needs.
std::string fractionText(nanoseconds part) {
    std::string digits = std::to_string(1'000'000'000 + part.count());
    digits.front() = '.';
    while (digits.size() > 4 && digits.compare(digits.size() - 3, 3, "000") == 0)
        digits.resize(digits.size() - 3);
    return digits;
}

} // namespace

Timestamp::Timestamp(system_clock::time_point time) {
    // Not by floor(): nanoseconds cannot hold the whole second that the earliest of them begins in.
    auto whole = std::chrono::duration_cast<seconds>(time.time_since_epoch());
    nanoseconds part = time.time_since_epoch() % seconds(1);
    if (part < nanoseconds::zero()) {
        part += seconds(1);
        --whole;
    }
    const auto civil = platform::utc(static_cast<std::time_t>(whole.count()));
    if (!civil) return;
    char text[32];
    text_.assign(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &*civil));
    text_ += fractionText(part) + 'Z';
}

bool operator<(const Timestamp& a, const Timestamp& b) noexcept {
    const auto left = a.time();
    const auto right = b.time();
    return left != right ? left < right : a.text_ < b.text_;
}

std::optional<system_clock::time_point> Timestamp::time() const noexcept {
    Scanner text(text_);
    const auto year = text.number(4);
    if (!year || !text.take("-")) return std::nullopt;
    const auto month = text.number(2);
    if (!month || !text.take("-")) return std::nullopt;
    const auto day = text.number(2);
    if (!day || !text.takeOneOf("Tt ")) return std::nullopt;
    const auto hour = text.number(2);
    if (!hour || !text.take(":")) return std::nullopt;
    const auto minute = text.number(2);
    if (!minute) return std::nullopt;
    std::optional<int> second = 0;
    std::optional<nanoseconds> part = nanoseconds(0);
    if (text.take(":")) {
        second = text.number(2);
        part = fraction(text);
    }
    const auto ahead = offset(text);
    if (!second || !part || !ahead || !text.atEnd()) return std::nullopt;
    // The end of a day is the beginning of the next.
    const bool dayEnds = *hour == 24 && *minute == 0 && *second == 0 && *part == nanoseconds(0);
    const auto whole = secondsSinceEpoch({*year, *month, *day, dayEnds ? 0 : *hour, *minute, *second});
    if (!whole) return std::nullopt;

    // A system_clock of nanoseconds reaches from 1677 to 2262; ISO 8601 goes further.
    const seconds moment = seconds(*whole) + std::chrono::hours(dayEnds ? 24 : 0) - *ahead;
    constexpr seconds margin(1);
    if (moment > std::chrono::duration_cast<seconds>(system_clock::duration::max()) - margin
        || moment < std::chrono::duration_cast<seconds>(system_clock::duration::min()) + margin)
        return std::nullopt;
    return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(moment))
           + std::chrono::duration_cast<system_clock::duration>(*part);
}

KONTEXT_END_NAMESPACE
