// What the token endpoint answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

#include "auth/token_cache.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Reads a 2xx response. On a fault it says what is wrong, without a word of the response: it holds a token.
std::optional<std::string> readTokenResponse(std::string_view body, IssuedToken& issued);

KONTEXT_END_NAMESPACE
