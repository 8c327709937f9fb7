#include "json/text.hpp"

#include <utility>

#include "errors/error_data.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

void refuse(Fault fault) {
    detail::ErrorData data;
    data.kind = detail::ErrorData::Kind::decode;
    data.message = "the JSON cannot be read: " + fault.message;
    data.pointer = std::move(fault.pointer);
    detail::raise(std::move(data));
}

} // namespace json

KONTEXT_JSON_READS(RawJson);

KONTEXT_END_NAMESPACE
