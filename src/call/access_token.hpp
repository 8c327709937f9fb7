// A token in use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kontext/secret.hpp>

#include "values/clock.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Whether a header can carry it as one word.
bool isToken(std::string_view text);

/// Immutable and shared by all threads that send with it.
class AccessToken {
public:
    /// Gives it a number that no other token of this process has: a 401 is about one token, not about its text.
    AccessToken(Secret token, Clock::Steady refreshAt, Clock::Steady expiresAt, bool fromStore);

    const Secret& secret() const noexcept { return token_; }
    std::uint64_t generation() const noexcept { return generation_; }
    Clock::Steady refreshAt() const noexcept { return refreshAt_; }
    Clock::Steady expiresAt() const noexcept { return expiresAt_; }
    bool fromStore() const noexcept { return fromStore_; }

private:
    Secret token_;
    std::uint64_t generation_;
    Clock::Steady refreshAt_;
    Clock::Steady expiresAt_;
    bool fromStore_;
};

KONTEXT_END_NAMESPACE
