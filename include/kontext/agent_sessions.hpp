/// @file
/// Agent sessions: the MCP sessions of an application.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <kontext/call_options.hpp>
#include <kontext/export.hpp>
#include <kontext/open_enum.hpp>
#include <kontext/page.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/shared.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Whether a session is connected.
class SessionStatus : public OpenEnum<SessionStatus> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<SessionStatus> active{"active"};             ///< Connected.
    static constexpr EnumValue<SessionStatus> disconnected{"disconnected"}; ///< Ended.
};

/// What a session's times make of its status.
class DerivedSessionStatus : public OpenEnum<DerivedSessionStatus> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<DerivedSessionStatus> active{"active"};             ///< In use.
    static constexpr EnumValue<DerivedSessionStatus> idle{"idle"};                 ///< Connected, not in use.
    static constexpr EnumValue<DerivedSessionStatus> expired{"expired"};           ///< Its token ran out.
    static constexpr EnumValue<DerivedSessionStatus> disconnected{"disconnected"}; ///< Ended.
};

/// Which sessions to list.
class SessionFilter : public OpenEnum<SessionFilter> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<SessionFilter> active{"active"};     ///< Those that live.
    static constexpr EnumValue<SessionFilter> inactive{"inactive"}; ///< Those that do not.
    static constexpr EnumValue<SessionFilter> all{"all"};           ///< Both.
};

/// An agent's session with an application. Only `id` is sure to be there.
struct AgentSession {
    std::string id{};                          ///< A UUID.
    std::string name{};                        ///< For people.
    SessionStatus status{};                    ///< Connected or not.
    DerivedSessionStatus derivedStatus{};      ///< Active, idle, expired or disconnected.
    std::optional<Timestamp> tokenExpiresAt{}; ///< When its token ends.
    std::optional<Timestamp> lastActiveAt{};   ///< When it was last used.
    std::optional<Timestamp> connectedAt{};    ///< When it connected.
    std::optional<Timestamp> disconnectedAt{}; ///< When it ended.
    Timestamp createdAt{};                     ///< When it was created.
    std::string agentId{};                     ///< The application.
    std::string organizationId{};              ///< The organization.
    std::optional<std::string> hostname{};     ///< Where the agent runs.
    std::optional<std::string> userAgent{};    ///< What the agent calls itself.
    std::optional<RawJson> clientInfo{};       ///< A JSON object.

    KONTEXT_ITEM(AgentSession);
};

/// Which sessions to list.
struct ListAgentSessionsParams {
    std::optional<std::int64_t> limit{};   ///< At most this many; the server's default is 100.
    std::optional<SessionFilter> status{}; ///< active, inactive or all.
    std::optional<bool> includeInactive{}; ///< Whether to list those that ended as well.

    KONTEXT_INPUT(ListAgentSessionsParams);
};

/// A session.
struct AgentSessionResponse {
    AgentSession session{}; ///< The session.

    KONTEXT_VALUE(AgentSessionResponse);
};

/// What became of an application's sessions.
struct RevokeSessionsResponse {
    bool success = true;                ///< True unless the server says otherwise.
    std::int64_t disconnectedCount = 0; ///< How many sessions were ended.

    KONTEXT_VALUE(RevokeSessionsResponse);
};

namespace detail {
class Core;
}

/// Agent sessions, reached as `client.agentSessions`. Every method throws KontextError; ids are UUIDs. An id that is
/// "", "." or "..", or that holds CR, LF or NUL, is a ConfigError. Thread safe.
class KONTEXT_API AgentSessionsResource {
public:
    /// Fetches an application's sessions: GET /applications/{applicationId}/sessions. There is no cursor: raise `limit`
    /// to see more.
    Items<AgentSession> list(std::string_view applicationId, const ListAgentSessionsParams& params = {},
                             const CallOptions& options = {}) const;
    /// Fetches one session: GET /applications/{applicationId}/sessions/{sessionId}.
    AgentSessionResponse get(std::string_view applicationId, std::string_view sessionId,
                             const CallOptions& options = {}) const;
    /// Ends all live sessions of an application: DELETE /applications/{applicationId}/sessions. Agents must
    /// authenticate again.
    RevokeSessionsResponse revokeAll(std::string_view applicationId, const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit AgentSessionsResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

KONTEXT_HASH(SessionStatus);
KONTEXT_HASH(DerivedSessionStatus);
KONTEXT_HASH(SessionFilter);
