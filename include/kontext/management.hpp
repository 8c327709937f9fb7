/// @file
/// The client of the Kontext Management API: its resources, its values and its errors.
#pragma once

// Old Windows headers define these, and neither fields of ours nor the standard library's headers would survive it.
#pragma push_macro("in")
#pragma push_macro("out")
#undef in
#undef out

#include <memory>
#include <string_view>

#include <kontext/agent_sessions.hpp>
#include <kontext/applications.hpp>
#include <kontext/call_options.hpp>
#include <kontext/config.hpp>
#include <kontext/errors.hpp>
#include <kontext/events.hpp>
#include <kontext/export.hpp>
#include <kontext/integrations.hpp>
#include <kontext/logger.hpp>
#include <kontext/observer.hpp>
#include <kontext/page.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/service_accounts.hpp>
#include <kontext/shared.hpp>
#include <kontext/token_store.hpp>
#include <kontext/traces.hpp>
#include <kontext/transport.hpp>
#include <kontext/version.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A client of the Kontext Management API. It fetches an access token with the first request, shares it between all
/// threads, refreshes it before it expires, and replays a request once if the token is refused.
///
/// Cheap to copy: copies share token, credentials and connections. Safe to share between threads, and usable in the
/// child of a `fork()` if no thread was within a call meanwhile; if one was, the child must call exec or _exit.
/// `pthread_cancel` of a thread that is within a call is not supported.
class KONTEXT_API KontextManagementClient {
public:
    /// Checks the configuration; sends nothing. Throws ConfigError that names the field that is wrong.
    explicit KontextManagementClient(ClientConfig config);

    ApplicationsResource applications;       ///< Applications, their OAuth clients and integrations.
    IntegrationsResource integrations;       ///< The services that applications connect to.
    ServiceAccountsResource serviceAccounts; ///< Credentials for machines.
    AgentSessionsResource agentSessions;     ///< The MCP sessions of applications.
    TracesResource traces;                   ///< What agents did with tools.
    EventsResource events;                   ///< Each use of a tool.

    /// Fetches a new token now, also if the current one is still good. Of the options, timeout, maxRetries and cancel
    /// count. Throws OAuthError, NetworkError, CancelledError.
    void refreshToken(const CallOptions& options = {}) const;
    /// Forgets the token, in the TokenStore too; the next request fetches one. A store that fails is logged.
    void clearToken() const;
    /// Takes new credentials and forgets the token: for after a rotation. Calls that are under way end with the old
    /// ones. Throws ConfigError.
    void setCredentials(Credentials credentials) const;
    /// Any endpoint, with our authentication, retries and errors. `path` begins with '/', is relative to
    /// `{baseUrl}/api/{apiVersion}` and already encoded; it may carry a query. A full URL is taken only with baseUrl's
    /// scheme, host and port, such as `{baseUrl}/api/openapi.json`. "." and ".." segments, CR, LF and NUL are a
    /// ConfigError. GET, HEAD, OPTIONS, PUT, PATCH and DELETE are repeated after transient failures, other methods only
    /// if they cannot have been processed.
    RawResponse request(std::string_view method, std::string_view path, const RawRequest& request = {},
                        const CallOptions& options = {}) const;
    /// The items of any endpoint that responds `{items, nextCursor}`, page after page, by GET: what a `listAll` is to
    /// its `list`, `requestAll` is to `request`. Pass a cursor to begin at, or an offset, in `request.query` and not in
    /// `path`. Every page is sent with the rest of `request` and with `options`. A response without `items` is a
    /// DecodeError. Nothing is sent, checked or thrown before the first page is reached.
    [[nodiscard]] Pager<RawJson> requestAll(std::string_view path, const RawRequest& request = {},
                                            const CallOptions& options = {}) const;

private:
    explicit KontextManagementClient(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

#pragma pop_macro("out")
#pragma pop_macro("in")
