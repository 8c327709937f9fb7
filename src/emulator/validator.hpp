// Strict validation: every fault of a request is found and named, not the first alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/message.hpp"

namespace kontext_emulator {

/// What a member must be.
enum class Kind { string, text, url, boolean, strings, urls, object, any, count };

struct Member {
    const char* name;
    Kind kind; // `text` is a string that may be empty
    bool required = false;
    bool nullable = false;
    std::vector<std::string> values = {}; // of a string: any if there are none
};

class Validator {
public:
    /// Looks at each member of the object; `prefix` names the object, such as "oauth.".
    void object(const Json& value, const std::string& prefix, const std::vector<Member>& members);
    /// Of a query: names, and the values of numbers and booleans.
    void query(const Pairs& query, const std::vector<Member>& members);
    void errorResponse(const std::string& field, const std::string& message);

    bool passed() const noexcept { return faults_.empty(); }
    /// A 400 with a message for each fault.
    Response response() const;

private:
    void member(const Json& value, const std::string& field, const Member& member);
    void demandLength(const Json& text, const std::string& field);
    std::vector<std::pair<std::string, std::string>> faults_{};
};

/// The request's body, a JSON object; or the response that says why not.
std::optional<Response> readObject(const Request& request, Json& object);
/// The response that refuses a body where none belongs.
std::optional<Response> refuseBody(const Request& request);

/// A parameter of the query, if it is there.
std::optional<std::string> parameter(const Request& request, const std::string& name);
/// A number that `Validator::query` has found fit.
std::optional<std::size_t> numberParameter(const Request& request, const std::string& name);

} // namespace kontext_emulator
