#include <kontext/logger.hpp>

#include <chrono>
#include <cstdio>
#include <string>

#include <kontext/timestamp.hpp>

#include "call/log_level.hpp"
#include "platform/environment.hpp"
#include "platform/signals.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

/// `2026-01-31T12:00:00.000Z`
std::string utcNow() {
    return Timestamp(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())).text();
}

class StderrLogger : public Logger {
public:
    explicit StderrLogger(LogLevel level) : level_(level) {}

    void log(LogLevel level, std::string_view message) override {
        if (level < level_) return;
        std::string line = utcNow() + " kontext ";
        line.append(toString(level)).append(": ").append(message).push_back('\n');
        const platform::SigpipeGuard guard(true); // whoever read standard error may be gone
        // One call a line: lines of several threads do not run into each other.
        std::fwrite(line.data(), 1, line.size(), stderr);
    }

private:
    LogLevel level_;
};

} // namespace

Logger::~Logger() = default;

const char* toString(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "?";
}

std::shared_ptr<Logger> makeStderrLogger(LogLevel level) { return std::make_shared<StderrLogger>(level); }

std::optional<LogLevel> logLevelFromEnvironment() {
    const std::string asked = platform::environment("KONTEXT_LOG");
    for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
        if (asked == toString(level)) return level;
    return std::nullopt;
}

KONTEXT_END_NAMESPACE
