#include <kontext/logger.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

#include "call/log_level.hpp"
#include "platform/environment.hpp"
#include "platform/signals.hpp"
#include "platform/utc.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};

/// `2026-01-31T12:00:00.000Z`
std::string utcNow() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count();
    const std::time_t seconds = static_cast<std::time_t>(whole.count());
    const auto civil = platform::utc(seconds);
    if (!civil) return "?";
    char text[32];
    std::string out(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &*civil));
    return out + std::to_string(1000 + part).substr(1) + 'Z';
}

class StderrLogger : public Logger {
public:
    explicit StderrLogger(LogLevel level) : level_(level) {}

    void log(LogLevel level, std::string_view message) override {
        if (level < level_) return;
        std::string line = utcNow() + " kontext ";
        line.append(names[static_cast<std::size_t>(level)]).append(": ").append(message).push_back('\n');
        const platform::SigpipeGuard guard(true); // whoever read standard error may be gone
        // One call a line: lines of several threads do not run into each other.
        std::fwrite(line.data(), 1, line.size(), stderr);
    }

private:
    LogLevel level_;
};

} // namespace

Logger::~Logger() = default;

std::shared_ptr<Logger> makeStderrLogger(LogLevel level) { return std::make_shared<StderrLogger>(level); }

std::optional<LogLevel> logLevelFromEnvironment() {
    const std::string asked = platform::environment("KONTEXT_LOG");
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == asked) return static_cast<LogLevel>(i);
    return std::nullopt;
}

KONTEXT_END_NAMESPACE
