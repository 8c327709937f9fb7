// A request and a response, free of any HTTP library.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace kontext_emulator {

/// Keeps the order in which we write.
using Json = nlohmann::ordered_json;

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method{};
    std::string target{};                // as it was sent, without scheme and host
    std::vector<std::string> segments{}; // of the path, decoded
    Pairs query{};                       // decoded
    bool malformed = false;              // some %XX of the target is none
    Pairs headers{};
    std::string body{};
    bool hasBody = false; // though it may not have been read

    /// The first header of that name, or "".
    std::string header(const std::string& name) const;
    /// The Content-Type in small letters, without its parameters.
    std::string mediaType() const;
    /// What follows the scheme in the Authorization header, or nothing if it has another scheme.
    std::optional<std::string> credentials(const std::string& scheme) const;
};

struct Response {
    int status = 200;
    std::optional<Json> body{};
    Pairs headers{};
};

/// Splits the target into segments and query; what a proxy is sent, a whole URL, is cut to its path and query before.
void parseTarget(Request& request);
/// `a=b&c=d` with %XX and '+'; nothing if it is malformed.
std::optional<Pairs> parseForm(const std::string& text);
/// %XX; nothing if it is malformed.
std::optional<std::string> percentDecoded(const std::string& text, bool plusIsSpace = false);
std::optional<std::string> base64Decoded(const std::string& text);

struct ParsedJson {
    Json json{};         // null if there is a fault
    std::string fault{}; // "the body …"; empty: none
};
/// Stricter than JSON itself: no member twice, and not so deep that copying, dumping or redacting the tree, all of
/// which recurse, would run out of stack.
ParsedJson parsedJson(const std::string& text);

Response ok(Json body);
Response created(Json body);
Response noContent();
/// `{"message": …, "statusCode": …}`
Response errorResponse(int status, const std::string& message);

} // namespace kontext_emulator
