#include "emulator/validator.hpp"

#include <algorithm>

namespace kontext_emulator {
namespace {

bool isUrl(const std::string& text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string::npos) return false;
    const std::string scheme = text.substr(0, colon);
    if (scheme.empty() || scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") != std::string::npos)
        return false;
    const std::string rest = text.substr(colon + 3);
    return !rest.empty() && rest.front() != '/' && rest.find_first_of(" \t\r\n<>\"") == std::string::npos;
}

bool isHttpUrl(const std::string& text) {
    return isUrl(text) && (text.compare(0, 7, "http://") == 0 || text.compare(0, 8, "https://") == 0);
}

bool isAmong(const std::vector<std::string>& values, const std::string& value) {
    return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

std::string oneOf(const std::vector<std::string>& values) {
    std::string text = "must be one of ";
    for (const std::string& value : values)
        text.append(&value == &values.front() ? "" : ", ").append(value);
    return text;
}

const Member* find(const std::vector<Member>& members, const std::string& name) {
    const auto found =
        std::find_if(members.begin(), members.end(), [&name](const Member& m) { return name == m.name; });
    return found == members.end() ? nullptr : &*found;
}

std::optional<long long> wholeNumber(const std::string& text) {
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return std::stoll(text);
}

} // namespace

void Validator::errorResponse(const std::string& field, const std::string& message) {
    faults_.emplace_back(field, message);
}

void Validator::object(const Json& value, const std::string& prefix, const std::vector<Member>& members) {
    for (const auto& [name, unused] : value.items())
        if (find(members, name) == nullptr) errorResponse(prefix + name, "is not a field of this request");
    for (const Member& one : members) {
        const auto found = value.find(one.name);
        if (found == value.end()) {
            if (one.required) errorResponse(prefix + one.name, "is required");
        } else if (!found->is_null()) {
            member(*found, prefix + one.name, one);
        } else if (!one.nullable) {
            errorResponse(prefix + one.name, "must not be null");
        }
    }
}

void Validator::member(const Json& value, const std::string& field, const Member& member) {
    const auto demand = [this, &field](bool fits, const char* message) {
        if (!fits) errorResponse(field, message);
        return fits;
    };
    switch (member.kind) {
    case Kind::text:
        if (!demand(value.is_string(), "must be a string")) return;
        demandLength(value, field);
        return;
    case Kind::string:
        if (!demand(value.is_string(), "must be a string")) return;
        if (!demand(!value.get_ref<const std::string&>().empty(), "must not be empty")) return;
        demandLength(value, field);
        if (!isAmong(member.values, value)) errorResponse(field, oneOf(member.values));
        return;
    case Kind::url:
        if (demand(value.is_string() && isHttpUrl(value.get<std::string>()), "must be an http or https URL"))
            demandLength(value, field);
        return;
    case Kind::boolean:
        demand(value.is_boolean(), "must be true or false");
        return;
    case Kind::object:
        demand(value.is_object(), "must be an object");
        return;
    case Kind::count:
        demand(value.is_number_unsigned(), "must be a whole number, 0 or more");
        return;
    case Kind::strings:
    case Kind::urls:
        if (!demand(value.is_array(), "must be an array of strings")) return;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const std::string element = field + "[" + std::to_string(i) + "]";
            if (!value[i].is_string())
                errorResponse(element, "must be a string");
            else if (value[i].get_ref<const std::string&>().empty())
                errorResponse(element, "must not be empty");
            else if (member.kind == Kind::urls && !isUrl(value[i].get<std::string>()))
                errorResponse(element, "must be a URL");
            else
                demandLength(value[i], element);
        }
        return;
    case Kind::any:
        return;
    }
}

/// One limit for all texts, that of a header and of a URL.
void Validator::demandLength(const Json& text, const std::string& field) {
    constexpr std::size_t longest = 8 * 1024;
    if (text.get_ref<const std::string&>().size() > longest) errorResponse(field, "must not be longer than 8 KiB");
}

void Validator::query(const Pairs& query, const std::vector<Member>& members) {
    std::vector<std::string> seen;
    for (const auto& [name, value] : query) {
        const Member* known = find(members, name);
        if (known == nullptr) {
            errorResponse(name, "is not a parameter of this request");
            continue;
        }
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) errorResponse(name, "must appear once");
        seen.push_back(name);
        if (known->kind == Kind::boolean && value != "true" && value != "false")
            errorResponse(name, "must be true or false");
        if (known->kind == Kind::count) {
            const auto number = wholeNumber(value);
            if (name == "limit" && (!number || *number < 1 || *number > 200))
                errorResponse(name, "must be a number from 1 to 200");
            else if (!number)
                errorResponse(name, "must be a whole number, 0 or more");
        }
        if (known->kind == Kind::string && value.empty()) errorResponse(name, "must not be empty");
        if (!isAmong(known->values, value)) errorResponse(name, oneOf(known->values));
    }
}

Response Validator::response() const {
    Json messages = Json::array();
    Json errors = Json::array();
    for (const auto& [field, message] : faults_) {
        messages.push_back(std::string(field).append(" ").append(message));
        errors.push_back({{"field", field}, {"message", message}});
    }
    return {400, Json{{"message", messages}, {"statusCode", 400}, {"validationErrors", errors}}, {}};
}

std::optional<Response> readObject(const Request& request, Json& object) {
    if (request.header("Content-Type").empty() && !request.hasBody)
        return errorResponse(400, "this request must have a body: a JSON object");
    if (request.mediaType() != "application/json")
        return errorResponse(400, "the Content-Type must be application/json (got '" + request.header("Content-Type")
                                      + "')");
    ParsedJson parsed = parsedJson(request.body);
    if (!parsed.fault.empty()) return errorResponse(400, parsed.fault);
    object = std::move(parsed.json);
    if (!object.is_object()) return errorResponse(400, "the body must be a JSON object");
    return std::nullopt;
}

std::optional<Response> refuseBody(const Request& request) {
    if (request.hasBody) return errorResponse(400, "this request must not have a body");
    if (!request.header("Content-Type").empty())
        return errorResponse(400, "a request without a body must not have a Content-Type");
    return std::nullopt;
}

std::optional<std::string> parameter(const Request& request, const std::string& name) {
    for (const auto& [key, value] : request.query)
        if (key == name) return value;
    return std::nullopt;
}

std::optional<std::size_t> numberParameter(const Request& request, const std::string& name) {
    const auto text = parameter(request, name);
    const auto number = text ? wholeNumber(*text) : std::nullopt;
    return number ? std::optional<std::size_t>(static_cast<std::size_t>(*number)) : std::nullopt;
}

} // namespace kontext_emulator
