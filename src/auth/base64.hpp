// Base64 (RFC 4648), for Basic authentication.
#pragma once

#include <string>
#include <string_view>

namespace kontext {

std::string encodeBase64(std::string_view bytes);

} // namespace kontext
