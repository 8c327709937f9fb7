// What a response that is no success says, whatever shape it has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/errors.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

/// The parts of an error response. Those that the response does not have are empty.
struct Envelope {
    std::string message{}; // an array is joined by "; "
    std::string code{};
    std::string error{};
    std::string errorDescription{};
    std::string hint{};
    std::string problem{}; // the first there is of `detail` (a list is joined as well), `title` and `Message`
    std::vector<ValidationError> validationErrors{};
    std::vector<std::string> missingScopes{};
    std::string meta{"{}"}; // the response, if it is a JSON object
    std::string text{};     // where there is no message: the response, without members that are named like secrets

    /// The first there is of message, error_description, hint, error and problem.
    const std::string& bestMessage() const;
};

/// Nothing if the body is no JSON object or array. Never throws for what the body holds; members of a wrong type count
/// as missing, as the peer may be anything.
std::optional<Envelope> readEnvelope(std::string_view body);

} // namespace json
KONTEXT_END_NAMESPACE
