#include <kontext/agent_sessions.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_ITEM(AgentSession,
    required<&AgentSession::id>("id"),
    field<&AgentSession::name>("name"),
    field<&AgentSession::status>("status"),
    field<&AgentSession::derivedStatus>("derivedStatus"),
    field<&AgentSession::tokenExpiresAt>("tokenExpiresAt"),
    field<&AgentSession::lastActiveAt>("lastActiveAt"),
    field<&AgentSession::connectedAt>("connectedAt"),
    field<&AgentSession::disconnectedAt>("disconnectedAt"),
    field<&AgentSession::createdAt>("createdAt"),
    field<&AgentSession::agentId>("agentId"),
    field<&AgentSession::organizationId>("organizationId"),
    field<&AgentSession::hostname>("hostname"),
    field<&AgentSession::userAgent>("userAgent"),
    field<&AgentSession::clientInfo>("clientInfo"));

KONTEXT_JSON_INPUT(ListAgentSessionsParams,
    field<&ListAgentSessionsParams::limit>("limit"),
    field<&ListAgentSessionsParams::status>("status"),
    field<&ListAgentSessionsParams::includeInactive>("includeInactive"));

KONTEXT_JSON_VALUE(AgentSessionResponse,
    required<&AgentSessionResponse::session>("session"));

// Its table is in shared_fields.hpp.
KONTEXT_JSON_PRINTS(RevokeSessionsResponse);
KONTEXT_JSON_READS(RevokeSessionsResponse);

AgentSessionsResource::AgentSessionsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Items<AgentSession> AgentSessionsResource::list(std::string_view applicationId, const ListAgentSessionsParams& params,
                                                const CallOptions& options) const {
    return core_->fetch<Items<AgentSession>>(
        Request("GET", "/applications/{applicationId}/sessions", {applicationId}).query(params), options);
}

AgentSessionResponse AgentSessionsResource::get(std::string_view applicationId, std::string_view sessionId,
                                                const CallOptions& options) const {
    return core_->fetch<AgentSessionResponse>(
        Request("GET", "/applications/{applicationId}/sessions/{sessionId}", {applicationId, sessionId}), options);
}

RevokeSessionsResponse AgentSessionsResource::revokeAll(std::string_view applicationId,
                                                        const CallOptions& options) const {
    return core_->fetch<RevokeSessionsResponse>(
        Request("DELETE", "/applications/{applicationId}/sessions", {applicationId}).response(ResponseBody::optional),
        options);
}

KONTEXT_END_NAMESPACE
