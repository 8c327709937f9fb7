// What a reply that is no success says, whatever shape it has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/errors.hpp>

namespace kontext::json {

/// The parts of an error reply. Those that the reply does not have are empty.
struct Envelope {
    std::string message{}; // an array is joined by "; "
    std::string code{};
    std::string error{};
    std::string errorDescription{};
    std::string hint{};
    std::vector<ValidationError> validationErrors{};
    std::vector<std::string> missingScopes{};
    std::string meta{"{}"}; // the reply, if it is a JSON object

    /// The first there is of message, error_description, hint and error.
    const std::string& words() const;
};

/// Nothing if the body is no JSON object. Never throws for what the body holds; members of a wrong type count as
/// missing, as the peer may be anything.
std::optional<Envelope> readEnvelope(std::string_view body);

} // namespace kontext::json
