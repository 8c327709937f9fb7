#include <kontext/events.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

template <>
struct json::Fields<ListEventsParams> {
    static constexpr FieldList list{
        field<&ListEventsParams::limit>("limit"),
    };
};

// Its table is in shared_fields.hpp.
template KONTEXT_API std::string detail::jsonText(const McpEvent& value, bool revealSecrets);

EventsResource::EventsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Items<McpEvent> EventsResource::list(const ListEventsParams& params, const CallOptions& options) const {
    return core_->fetch<Items<McpEvent>>(Request("GET", "/mcp-events").query(params), options);
}

KONTEXT_END_NAMESPACE
