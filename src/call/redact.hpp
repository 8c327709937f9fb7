// Secrets that a peer sends back to us must not get into an error.
#pragma once

#include <string>
#include <vector>

#include <kontext/secret.hpp>

#include "errors/error_data.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Replaces each secret in the text by "[redacted]". Secrets of fewer than six bytes are left alone: replacing "b"
/// would destroy the text and hide nothing.
void redact(std::string& text, const std::vector<Secret>& secrets);
/// Does so in everything that the error shows.
void redact(detail::ErrorData& data, const std::vector<Secret>& secrets);

KONTEXT_END_NAMESPACE
