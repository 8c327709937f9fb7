// A call that was cancelled, or whose time is over.
#pragma once

#include <optional>
#include <string>

#include "errors/error_data.hpp"
#include "values/deadline.hpp"

KONTEXT_BEGIN_NAMESPACE

/// The error of a call that was cancelled or has run out of time; nothing while it may go on.
std::optional<detail::ErrorData> interruptionOf(const CallDeadline& deadline);

/// "the call timed out after 120 s"
std::string expiryMessage(const CallDeadline& deadline);

KONTEXT_END_NAMESPACE
