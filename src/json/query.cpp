#include "json/query.hpp"

#include <kontext/errors.hpp>

#include "values/percent.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

std::string textOf(const Type& type, const void* value) {
    switch (type.kind) {
    case Kind::string:
        return *static_cast<const std::string*>(value);
    case Kind::openEnum:
        return std::string(type.text(value));
    case Kind::boolean:
        return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::integer:
        return std::to_string(*static_cast<const std::int64_t*>(value));
    default:
        return {}; // no list of the API takes another kind
    }
}

} // namespace

std::string encodeQuery(const Object& object, const void* params) {
    std::string query;
    for (std::size_t i = 0; i < object.count; ++i) {
        const Field& field = object.fields[i];
        const FieldValue value = field.valueOf(params);
        if (value.state != FieldValue::State::value) continue;
        const std::string text = textOf(*field.type, value.value);
        const std::string name(field.name);
        if (breaksLines(text)) throw ConfigError(name, name + " must not contain CR, LF or NUL");
        // What a loop over pages passes on from a last page means the beginning, not an empty cursor.
        if (text.empty() && field.name == "cursor") continue;
        if (!query.empty()) query.push_back('&');
        query.append(name).push_back('=');
        appendEncoded(query, text);
    }
    return query;
}

} // namespace json
KONTEXT_END_NAMESPACE
