// What all calls of a client share and none of them changes.
#pragma once

#include <memory>
#include <string>

#include <kontext/config.hpp>
#include <kontext/logger.hpp>
#include <kontext/observer.hpp>
#include <kontext/transport.hpp>

#include "values/clock.hpp"

KONTEXT_BEGIN_NAMESPACE

struct CallContext {
    std::shared_ptr<Transport> transport{};
    std::shared_ptr<Clock> clock{};
    std::shared_ptr<Logger> logger{};
    std::shared_ptr<CallObserver> observer{};
    Timeouts timeouts{};
    RetryOptions retry{};
    std::size_t maxResponseBytes = 0;
    std::string userAgent{};

    /// A logger must not break a call: what it throws is swallowed.
    void log(LogLevel level, std::string_view message) const noexcept;
};

KONTEXT_END_NAMESPACE
