#include "emulator/ids.hpp"

#include <ctime>
#include <random>

namespace kontext_emulator {

std::string randomText(std::size_t count) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device device;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.push_back(letters[any(device)]);
    return text;
}

std::string newRequestId() { return "req_" + randomText(20); }

std::string uuid() {
    static constexpr char hex[] = "0123456789abcdef";
    std::random_device device;
    std::uniform_int_distribution<int> any(0, 15);
    std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char& c : text) {
        if (c == 'x')
            c = hex[any(device)];
        else if (c == 'y')
            c = hex[8 + any(device) % 4];
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
