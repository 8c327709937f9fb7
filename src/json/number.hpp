// Numbers, whatever the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kontext::json {

/// The value of a JSON number; nothing if it is too large, 0 if it is too small.
std::optional<double> readNumber(std::string_view text);

/// nlohmann's parser puts the locale's decimal point in place of the one that came; this puts it back.
std::string withPoint(std::string token);

} // namespace kontext::json
