#include <kontext/events.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_INPUT(ListEventsParams,
    field<&ListEventsParams::limit>("limit"));

// Its table is in shared_fields.hpp.
KONTEXT_JSON_PRINTS(McpEvent);
KONTEXT_JSON_READS(McpEvent);
KONTEXT_JSON_LISTS(McpEvent);

EventsResource::EventsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Items<McpEvent> EventsResource::list(const ListEventsParams& params, const CallOptions& options) const {
    return core_->fetch<Items<McpEvent>>(Request("GET", "/mcp-events").query(params), options);
}

KONTEXT_END_NAMESPACE
