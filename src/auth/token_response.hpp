// What the token endpoint answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/token_cache.hpp"

namespace kontext {

/// Reads a 2xx reply. On a fault it says what is wrong, without a word of the reply: it holds a token.
std::optional<std::string> readTokenReply(std::string_view body, MintedToken& minted);

} // namespace kontext
