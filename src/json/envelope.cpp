#include "json/envelope.hpp"

#include <nlohmann/json.hpp>

#include "json/decode.hpp"

namespace kontext::json {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, const char* name) {
    const auto member = object.find(name);
    if (member == object.end()) return {};
    if (const auto* value = member->get_ptr<const std::string*>()) return *value;
    return {};
}

std::string firstText(const Json& object, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (std::string value = text(object, name); !value.empty()) return value;
    return {};
}

void join(std::string& out, const std::string& more) {
    if (more.empty()) return;
    if (!out.empty()) out += "; ";
    out += more;
}

/// A message may be a string, a list of them, or a list of objects that hold one.
std::string words(const Json& value) {
    if (const auto* plain = value.get_ptr<const std::string*>()) return *plain;
    std::string out;
    if (value.is_array()) {
        for (const Json& element : value) {
            if (const auto* plain = element.get_ptr<const std::string*>())
                join(out, *plain);
            else if (element.is_object())
                join(out, firstText(element, {"message", "error", "reason"}));
        }
    }
    return out;
}

/// Nobody documents the shape: a list of strings or of objects, or an object of field names, are all in use.
void addValidationErrors(const Json& errors, std::vector<ValidationError>& out) {
    if (errors.is_array()) {
        for (const Json& element : errors) {
            if (element.is_object()) {
                ValidationError error{firstText(element, {"field", "path", "property", "name", "param"}),
                                      firstText(element, {"message", "error", "reason"})};
                if (error.message.empty() && element.contains("messages")) error.message = words(element["messages"]);
                if (!error.field.empty() || !error.message.empty()) out.push_back(std::move(error));
            } else if (std::string message = words(element); !message.empty()) {
                out.push_back({{}, std::move(message)});
            }
        }
    } else if (errors.is_object()) {
        for (const auto& [field, messages] : errors.items())
            out.push_back({field, words(messages)});
    }
}

Envelope read(const Json& reply) {
    Envelope envelope;
    if (const auto message = reply.find("message"); message != reply.end()) envelope.message = words(*message);
    envelope.code = text(reply, "code");
    envelope.error = text(reply, "error");
    envelope.errorDescription = text(reply, "error_description");
    envelope.hint = text(reply, "hint");
    for (const char* name : {"validationErrors", "errors"})
        if (const auto errors = reply.find(name); errors != reply.end())
            addValidationErrors(*errors, envelope.validationErrors);
    if (const auto scopes = reply.find("missingScopes"); scopes != reply.end() && scopes->is_array())
        for (const Json& scope : *scopes)
            if (const auto* name = scope.get_ptr<const std::string*>()) envelope.missingScopes.push_back(*name);
    // Gateways in between wrap theirs: {"error": {"message": …, "code": …}}.
    if (const auto inner = reply.find("error"); inner != reply.end() && inner->is_object()) {
        if (envelope.message.empty()) envelope.message = firstText(*inner, {"message", "error_description", "error"});
        if (envelope.code.empty()) envelope.code = text(*inner, "code");
    }
    return envelope;
}

} // namespace

const std::string& Envelope::words() const {
    if (!message.empty()) return message;
    if (!errorDescription.empty()) return errorDescription;
    if (!hint.empty()) return hint;
    return error;
}

std::optional<Envelope> readEnvelope(std::string_view body) {
    // Discarding what is too deep while it is parsed keeps the tree shallow: destruction and dump recurse.
    const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= maxDepth; };
    const Json reply = Json::parse(body.begin(), body.end(), shallow, false);
    if (!reply.is_object()) return std::nullopt;
    Envelope envelope = read(reply);
    envelope.meta = reply.dump(-1, ' ', false, Json::error_handler_t::replace);
    return envelope;
}

} // namespace kontext::json
