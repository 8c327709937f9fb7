#include "call/call_context.hpp"

#include "values/printable.hpp"

KONTEXT_BEGIN_NAMESPACE

void CallContext::log(LogLevel level, std::string_view message) const noexcept {
    if (logger == nullptr) return;
    try {
        logger->log(level, printable(message));
    } catch (...) { // NOLINT(bugprone-empty-catch): there is nobody left to tell
    }
}

KONTEXT_END_NAMESPACE
