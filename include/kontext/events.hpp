/// @file
/// Events: each use of a tool.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <kontext/call_options.hpp>
#include <kontext/export.hpp>
#include <kontext/open_enum.hpp>
#include <kontext/page.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/shared.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE

/// How an event ended.
class EventStatus : public OpenEnum<EventStatus> {
public:
    using OpenEnum::OpenEnum;
    /// Whether it failed: "error", or "error_" and what failed, known to this version or not.
    [[nodiscard]] bool isError() const noexcept { return str().compare(0, 6, "error_") == 0 || str() == "error"; }
    static constexpr EnumValue<EventStatus> ok{"ok"};                    ///< Well.
    static constexpr EnumValue<EventStatus> warn{"warn"};                ///< With a warning.
    static constexpr EnumValue<EventStatus> errorRemote{"error_remote"}; ///< The service behind the integration failed.
    static constexpr EnumValue<EventStatus> errorProxy{"error_proxy"};   ///< The gateway failed.
    static constexpr EnumValue<EventStatus> errorAuth{"error_auth"};     ///< It was not allowed.
};

/// One event. Only `id` is sure to be there.
struct McpEvent {
    std::string id{};                            ///< A UUID.
    Timestamp createdAt{};                       ///< When it happened.
    std::string sessionId{};                     ///< The MCP session.
    std::string agentId{};                       ///< The application.
    std::string eventType{};                     ///< Such as "tool_call".
    EventStatus status{};                        ///< How it ended.
    std::optional<std::string> traceId{};        ///< The trace that it belongs to.
    std::optional<std::string> apiKeyId{};       ///< The API key that was used.
    std::optional<std::int64_t> durationMs{};    ///< How long it took, in milliseconds.
    std::optional<std::string> integrationId{};  ///< The integration.
    std::optional<std::string> toolName{};       ///< The tool.
    std::optional<std::string> errorMessage{};   ///< What went wrong.
    std::optional<std::int64_t> bytesIn{};       ///< Bytes from the tool.
    std::optional<std::int64_t> bytesOut{};      ///< Bytes to the tool.
    std::optional<RawJson> requestJson{};        ///< Any JSON.
    std::optional<RawJson> responseJson{};       ///< Any JSON.
    std::optional<std::string> parentEventId{};  ///< The event that caused it.
    std::optional<std::string> agentSessionId{}; ///< The agent session.

    KONTEXT_ITEM(McpEvent);
};

/// An event of a trace: the same record.
using TraceEvent = McpEvent;

/// Which events to list.
struct ListEventsParams {
    std::optional<std::int64_t> limit{}; ///< At most this many.

    KONTEXT_INPUT(ListEventsParams);
};

namespace detail {
class Core;
}

/// Events, reached as `client.events`. Every method throws KontextError. Thread safe.
class KONTEXT_API EventsResource {
public:
    /// Fetches recent events of the current user: GET /mcp-events. A service account may get none.
    Items<McpEvent> list(const ListEventsParams& params = {}, const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit EventsResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

KONTEXT_HASH(EventStatus);
