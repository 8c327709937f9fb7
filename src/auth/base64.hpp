// Base64 (RFC 4648), for Basic authentication.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

std::string encodeBase64(std::string_view bytes);

KONTEXT_END_NAMESPACE
