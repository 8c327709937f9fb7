// The text of a file of tokens.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <kontext/secret.hpp>

KONTEXT_BEGIN_NAMESPACE

struct FiledToken {
    Secret token{};
    std::int64_t expiresAt = 0; // seconds since 1970
};

/// By the client's key.
using FiledTokens = std::map<std::string, FiledToken>;

/// Empty if the text is not such a file: it is a cache, and is written anew.
FiledTokens readStoreFile(std::string_view text);

/// Wipe it after use.
std::string writeStoreFile(const FiledTokens& tokens);

KONTEXT_END_NAMESPACE
