#include <kontext/logger.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

#include "call/call_context.hpp"
#include "call/log_level.hpp"
#include "support/sigpipe.hpp"

namespace kontext::logger_test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

/// What one line on standard error looks like.
bool isLine(const std::string& text, const std::string& rest) {
    return std::regex_match(text, std::regex(R"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z kontext )" + rest + "\n"));
}

std::optional<LogLevel> levelOf(const char* value) {
    setenv("KONTEXT_LOG", value, 1);
    const auto level = logLevelFromEnvironment();
    unsetenv("KONTEXT_LOG");
    return level;
}

TEST(Logger, WritesALineWithTimeAndLevel) {
    const auto logger = makeStderrLogger(LogLevel::debug);
    testing::internal::CaptureStderr();
    logger->log(LogLevel::warning, "careful");
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(isLine(text, "warning: careful")) << text;
}

TEST(Logger, WritesItsLevelAndThoseAbove) {
    struct Case {
        LogLevel level;
        std::size_t lines;
    };
    for (const Case& c :
         {Case{LogLevel::debug, 4}, Case{LogLevel::info, 3}, Case{LogLevel::warning, 2}, Case{LogLevel::error, 1}}) {
        const auto logger = makeStderrLogger(c.level);
        testing::internal::CaptureStderr();
        for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
            logger->log(level, "x");
        const std::string text = testing::internal::GetCapturedStderr();
        EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), c.lines);
        EXPECT_THAT(text, EndsWith(" kontext error: x\n"));
    }
}

TEST(Logger, RaisesNoSigpipeIfNobodyReadsStandardErrorAnyMore) {
    const kontext_test::CountedPipes counted;
    const auto logger = makeStderrLogger(LogLevel::debug);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    close(ends[0]);
    const int before = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    logger->log(LogLevel::error, "to nobody");
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[1]);
    clearerr(stderr);
    EXPECT_EQ(kontext_test::pipes, 0);
    EXPECT_FALSE(kontext_test::isPipePending());
}

TEST(Logger, TakesItsLevelFromTheEnvironment) {
    EXPECT_EQ(levelOf("debug"), LogLevel::debug);
    EXPECT_EQ(levelOf("info"), LogLevel::info);
    EXPECT_EQ(levelOf("warning"), LogLevel::warning);
    EXPECT_EQ(levelOf("error"), LogLevel::error);
}

TEST(Logger, IsSilentForAnyOtherWord) {
    for (const char* value : {"", "DEBUG", "warn", "1", "debug ", "none"})
        EXPECT_EQ(levelOf(value), std::nullopt) << value;
    unsetenv("KONTEXT_LOG");
    EXPECT_EQ(logLevelFromEnvironment(), std::nullopt);
}

class Lines : public Logger {
public:
    void log(LogLevel, std::string_view message) override {
        lines.emplace_back(message);
        if (throws) throw std::runtime_error("from a logger");
    }

    std::vector<std::string> lines{};
    bool throws = false;
};

TEST(CallContext, LogsOneLineWithoutControlBytes) {
    const auto logger = std::make_shared<Lines>();
    CallContext context;
    context.logger = logger;
    context.log(LogLevel::info, "a\nb\x1b[2J");
    EXPECT_THAT(logger->lines, ElementsAre(R"(a\nb\x1b[2J)"));
}

TEST(CallContext, SwallowsWhatALoggerThrows) {
    const auto logger = std::make_shared<Lines>();
    logger->throws = true;
    CallContext context;
    context.logger = logger;
    EXPECT_NO_THROW(context.log(LogLevel::info, "x"));
    EXPECT_EQ(logger->lines.size(), 1U);
}

TEST(CallContext, IsSilentWithoutALogger) { EXPECT_NO_THROW(CallContext{}.log(LogLevel::error, "x")); }

} // namespace
} // namespace kontext::logger_test
