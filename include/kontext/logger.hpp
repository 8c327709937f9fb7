/// @file
/// Where the client's log lines go.
#pragma once

#include <memory>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// How much a log line matters.
enum class LogLevel {
    debug,   ///< Each attempt that succeeded, token requests included; a token store that fails again.
    info,    ///< Each attempt that is followed by another, with the wait and the reason.
    warning, ///< Something was repaired: a token store that failed, a refresh that failed while the old token still
             ///< lives.
    error    ///< An attempt that failed and is followed by no other, or a successful response that cannot be decoded.
};

/// Takes log lines: one line each, no line break, and never a secret or a token. Called from many threads at once; what
/// it throws is swallowed. A thread that is within a call must not be cancelled by `pthread_cancel`: a logger that is a
/// cancellation point, as one that writes is, would end the process.
class KONTEXT_API Logger {
public:
    Logger() = default;
    virtual ~Logger();
    Logger(const Logger&) = delete;            ///< Not copyable.
    Logger& operator=(const Logger&) = delete; ///< Not copyable.
    /// Takes one line.
    virtual void log(LogLevel level, std::string_view message) = 0;
};

/// A logger that writes lines of this level and above to standard error, each with a UTC time and the level. Lines that
/// cannot be written are lost; SIGPIPE is not raised. A client
/// without a logger makes one for itself if the environment has KONTEXT_LOG=debug, info, warning or error.
KONTEXT_API std::shared_ptr<Logger> makeStderrLogger(LogLevel level);

KONTEXT_END_NAMESPACE
