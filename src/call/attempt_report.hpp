// Tells the observer and the logger about an attempt.
#pragma once

#include <cstdint>
#include <memory>

#include "call/access_token.hpp"
#include "call/attempt.hpp"
#include "call/call_context.hpp"
#include "call/prepared_request.hpp"
#include "call/retry.hpp"

KONTEXT_BEGIN_NAMESPACE

struct AttemptReport {
    const PreparedRequest& request;
    const Attempt& attempt;
    const Decision& decision; // what follows
    std::uint64_t callId;
    int maxAttempts;
    bool alreadyDeleted;
    const std::shared_ptr<const AccessToken>& token;
};

/// What the observer or the logger throws is ignored.
void report(const CallContext& context, const AttemptReport& report);

KONTEXT_END_NAMESPACE
