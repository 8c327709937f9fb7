// What the token endpoint answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

#include "auth/token_cache.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Why a 2xx response brings no token.
struct TokenFault {
    std::string message{}; // without a word of the response, which may hold a token
    // Of a response that is an error (RFC 6749, section 5.2) in spite of its status; else empty.
    std::string errorCode{};
    std::string errorDescription{};
};

/// Reads a 2xx response.
std::optional<TokenFault> readTokenResponse(std::string_view body, IssuedToken& issued);

KONTEXT_END_NAMESPACE
