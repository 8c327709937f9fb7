#include "emulator/ids.hpp"

#include <ctime>
#include <mutex>
#include <random>

namespace kontext_emulator {
namespace {

/// Opened once, with the first name: later there may be no descriptor left for it.
class Source {
public:
    using result_type = std::random_device::result_type;
    static constexpr result_type min() { return std::random_device::min(); }
    static constexpr result_type max() { return std::random_device::max(); }
    result_type operator()() const {
        static std::mutex mutex;
        static std::random_device device;
        const std::lock_guard<std::mutex> lock(mutex);
        return device();
    }
};

} // namespace

std::string randomText(std::size_t count) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const Source source;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.push_back(letters[any(source)]);
    return text;
}

std::string newRequestId() { return "req_" + randomText(20); }

std::string uuid() {
    static constexpr char hex[] = "0123456789abcdef";
    const Source source;
    std::uniform_int_distribution<int> any(0, 15);
    std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char& c : text) {
        if (c == 'x')
            c = hex[any(source)];
        else if (c == 'y')
            c = hex[8 + any(source) % 4];
    }
    return text;
}

std::string utc(Clock::time_point time) {
    const auto sinceEpoch = time.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(sinceEpoch);
    const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(sinceEpoch - whole).count();
    const std::time_t seconds = static_cast<std::time_t>(whole.count());
    std::tm civil{};
    gmtime_r(&seconds, &civil);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &civil);
    return std::string(text, size) + std::to_string(1000 + part).substr(1) + "Z";
}

std::string utcNow() { return utc(Clock::now()); }

} // namespace kontext_emulator
