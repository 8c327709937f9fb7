// The tables that more than one resource reads.
#pragma once

#include <kontext/agent_sessions.hpp>
#include <kontext/events.hpp>

#include "json/mapping.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

template <>
struct Fields<McpEvent> {
    static constexpr FieldList list{
        required<&McpEvent::id>("id"),
        field<&McpEvent::createdAt>("createdAt"),
        field<&McpEvent::sessionId>("sessionId"),
        field<&McpEvent::agentId>("agentId"),
        field<&McpEvent::eventType>("eventType"),
        field<&McpEvent::status>("status"),
        field<&McpEvent::traceId>("traceId"),
        field<&McpEvent::apiKeyId>("apiKeyId"),
        field<&McpEvent::durationMs>("durationMs"),
        field<&McpEvent::integrationId>("integrationId"),
        field<&McpEvent::toolName>("toolName"),
        field<&McpEvent::errorMessage>("errorMessage"),
        field<&McpEvent::bytesIn>("bytesIn"),
        field<&McpEvent::bytesOut>("bytesOut"),
        field<&McpEvent::requestJson>("requestJson"),
        field<&McpEvent::responseJson>("responseJson"),
        field<&McpEvent::parentEventId>("parentEventId"),
        field<&McpEvent::agentSessionId>("agentSessionId"),
    };
};

template <>
struct Fields<RevokeSessionsResponse> {
    static constexpr FieldList list{
        field<&RevokeSessionsResponse::success>("success"),
        field<&RevokeSessionsResponse::disconnectedCount>("disconnectedCount"),
    };
};

} // namespace json
KONTEXT_END_NAMESPACE
