/// @file
/// Applications: what an organization has registered, their OAuth clients and their integrations.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/agent_sessions.hpp>
#include <kontext/call_options.hpp>
#include <kontext/export.hpp>
#include <kontext/open_enum.hpp>
#include <kontext/page.hpp>
#include <kontext/patch.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/secret.hpp>
#include <kontext/shared.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Whether an OAuth client can keep a secret.
class OAuthClientType : public OpenEnum<OAuthClientType> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<OAuthClientType> publicClient{"public"};       ///< It cannot, and has none.
    static constexpr EnumValue<OAuthClientType> confidential{"confidential"}; ///< It can; the server gives it one.
};

/// How many of an application's agent sessions are in which state.
struct SessionCounts {
    std::int64_t active = 0; ///< In use.
    std::int64_t idle = 0;   ///< Connected, not in use.
    std::int64_t live = 0;   ///< Active and idle.
    std::int64_t total = 0;  ///< All, those that ended included.

    KONTEXT_VALUE(SessionCounts);
};

/// How an application accepts identities of another issuer.
struct ExternalAuth {
    bool enabled = false;                         ///< Whether it does.
    std::string issuer{};                         ///< The issuer's URL.
    std::string jwksUrl{};                        ///< Where its keys are.
    std::string audience{};                       ///< The audience that its tokens must have.
    std::vector<std::string> allowedAlgorithms{}; ///< Such as "RS256".
    RawJson requiredClaims{};                     ///< A JSON object: claims that its tokens must have.
    std::vector<std::string> allowedReturnUrls{}; ///< Where users may be sent back to.
    std::int64_t maxTokenAgeSeconds = 0;          ///< The oldest token that is accepted, in seconds.
    bool partnerApiKeyConfigured = false; ///< Whether there is a partner API key; the key itself never comes back.

    KONTEXT_VALUE(ExternalAuth);
};

/// The write side of ExternalAuth: what is not assigned is left alone.
struct ExternalAuthInput {
    Patch<bool> enabled{};                               ///< Whether identities of the issuer are accepted.
    Patch<std::string> issuer{};                         ///< The issuer's URL.
    Patch<std::string> jwksUrl{};                        ///< Where its keys are.
    Patch<std::string> audience{};                       ///< The audience that its tokens must have.
    Patch<std::vector<std::string>> allowedAlgorithms{}; ///< Such as "RS256".
    Patch<RawJson> requiredClaims{};                     ///< A JSON object.
    Patch<std::vector<std::string>> allowedReturnUrls{}; ///< Where users may be sent back to.
    Patch<std::int64_t> maxTokenAgeSeconds{};            ///< Seconds.
    Patch<Secret> partnerApiKey{};                       ///< Write-only.

    KONTEXT_INPUT(ExternalAuthInput);
};

/// An application. Only `id` is sure to be there.
struct Application {
    std::string id{};                           ///< A UUID; what the methods take.
    std::string name{};                         ///< Unique in the organization.
    std::optional<std::string> description{};   ///< Free text.
    std::optional<std::string> clientId{};      ///< The OAuth client's id, `app_<uuid>`; not the application's id.
    std::optional<Timestamp> createdAt{};       ///< When it was created.
    std::optional<Timestamp> updatedAt{};       ///< When it last changed.
    std::optional<SessionCounts> sessions{};    ///< Its agent sessions, counted.
    std::optional<ExternalAuth> externalAuth{}; ///< Identities of another issuer.

    KONTEXT_ITEM(Application);
};

/// An application's OAuth client.
struct ApplicationOAuth {
    std::optional<OAuthClientType> type{}; ///< public or confidential.
    std::optional<std::string> clientId{}; ///< `app_<uuid>`.
    std::optional<Secret>
        clientSecret{}; ///< Only from `create` and `rotateSecret`, only for confidential clients: shown once, save it.
    std::vector<std::string> redirectUris{};     ///< Where users may be sent back to.
    std::optional<bool> pkceRequired{};          ///< Whether PKCE is required.
    std::vector<std::string> scopes{};           ///< What it may ask for.
    std::vector<std::string> allowedResources{}; ///< Which audiences it may ask for.
    std::optional<std::string> gatewayUrl{};     ///< The gateway that agents connect to.

    KONTEXT_VALUE(ApplicationOAuth);
};

/// The OAuth client of an application to be created.
struct CreateApplicationOAuthInput {
    std::optional<OAuthClientType> type{};       ///< Recommended; unset, the server decides.
    std::vector<std::string> redirectUris{};     ///< Always sent, also when empty.
    std::optional<bool> pkceRequired{};          ///< The server's default is true.
    std::vector<std::string> scopes{};           ///< Left out when empty.
    std::vector<std::string> allowedResources{}; ///< Left out when empty.

    KONTEXT_INPUT(CreateApplicationOAuthInput);
};

/// An application to be created.
struct CreateApplicationInput {
    std::string name{};                       ///< Unique in the organization.
    CreateApplicationOAuthInput oauth{};      ///< Its OAuth client.
    std::optional<std::string> description{}; ///< Free text. Not in the vendor's documentation; our reading.

    KONTEXT_INPUT(CreateApplicationInput);
};

/// A change of an application: what is not assigned is left alone.
struct UpdateApplicationInput {
    Patch<std::string> name{};               ///< The new name.
    Patch<std::string> description{};        ///< The new description; nullptr clears it.
    Patch<ExternalAuthInput> externalAuth{}; ///< `ExternalAuthInput{.enabled = true, …}`; nullptr clears it.

    KONTEXT_INPUT(UpdateApplicationInput);
};

/// A change of an application's OAuth client: what is not assigned is left alone.
struct UpdateApplicationOAuthInput {
    Patch<OAuthClientType> type{};                      ///< public or confidential.
    Patch<std::vector<std::string>> redirectUris{};     ///< Replaces the whole list.
    Patch<bool> pkceRequired{};                         ///< Whether PKCE is required.
    Patch<std::vector<std::string>> scopes{};           ///< Replaces the whole list.
    Patch<std::vector<std::string>> allowedResources{}; ///< Replaces the whole list.

    KONTEXT_INPUT(UpdateApplicationOAuthInput);
};

/// The integrations that an application shall have.
struct SetIntegrationsInput {
    std::vector<std::string> integrationIds{}; ///< Replaces the whole list; empty detaches all.

    KONTEXT_INPUT(SetIntegrationsInput);
};

/// Which applications to list.
struct ListApplicationsParams {
    std::optional<std::int64_t> limit{}; ///< Items a page: 1 to 200, the server's default is 50.
    std::optional<std::string> cursor{}; ///< Page::nextCursor of the page before, or Pager::cursor().
    std::optional<bool> all{};           ///< The whole organization; for privileged users.

    KONTEXT_INPUT(ListApplicationsParams);
};

/// An application.
struct ApplicationResponse {
    Application application{}; ///< The application.

    KONTEXT_VALUE(ApplicationResponse);
};

/// An application that was created.
struct CreateApplicationResponse {
    Application application{}; ///< The application.
    ApplicationOAuth oauth{};  ///< Its OAuth client, with the secret that is shown once.

    KONTEXT_VALUE(CreateApplicationResponse);
};

/// An application's OAuth client.
struct ApplicationOAuthResponse {
    ApplicationOAuth oauth{}; ///< The OAuth client.

    KONTEXT_VALUE(ApplicationOAuthResponse);
};

/// The integrations of an application.
struct IntegrationIdsResponse {
    std::vector<std::string> integrationIds{}; ///< Their ids.

    KONTEXT_VALUE(IntegrationIdsResponse);
};

namespace detail {
class Core;
}

/// Applications, reached as `client.applications`. Every method throws KontextError; each takes the id of an
/// application, a UUID, not its OAuth client id. An id that is "", "." or "..", or that holds CR, LF or NUL, is a
/// ConfigError. Thread safe.
class KONTEXT_API ApplicationsResource {
public:
    /// Fetches one page of the applications: GET /applications.
    Page<Application> list(const ListApplicationsParams& params = {}, const CallOptions& options = {}) const;
    /// Walks all applications, page after page, fetched as they are reached: GET /applications. `options.info` must
    /// outlive the pager.
    [[nodiscard]] Pager<Application> listAll(const ListApplicationsParams& params = {},
                                             const CallOptions& options = {}) const;
    /// Fetches one application: GET /applications/{id}.
    ApplicationResponse get(std::string_view id, const CallOptions& options = {}) const;
    /// Creates an application and its OAuth client: POST /applications. The secret is shown only here. Not repeated
    /// after a failure of unknown outcome: see NetworkError::requestMayHaveBeenProcessed.
    CreateApplicationResponse create(const CreateApplicationInput& input, const CallOptions& options = {}) const;
    /// Changes what is assigned of an application: PATCH /applications/{id}.
    ApplicationResponse update(std::string_view id, const UpdateApplicationInput& input,
                               const CallOptions& options = {}) const;
    /// Archives an application: DELETE /applications/{id}.
    void archive(std::string_view id, const CallOptions& options = {}) const;
    /// Gives an application a new client secret: POST /applications/{id}/rotate-secret. The old secret dies at once;
    /// the new one is shown only here.
    ApplicationOAuthResponse rotateSecret(std::string_view id, const CallOptions& options = {}) const;
    /// Fetches an application's OAuth client, without its secret: GET /applications/{id}/oauth.
    ApplicationOAuthResponse getOAuth(std::string_view id, const CallOptions& options = {}) const;
    /// Changes what is assigned of an application's OAuth client: PATCH /applications/{id}/oauth.
    ApplicationOAuthResponse updateOAuth(std::string_view id, const UpdateApplicationOAuthInput& input,
                                         const CallOptions& options = {}) const;
    /// Fetches the ids of an application's integrations: GET /applications/{id}/integrations.
    IntegrationIdsResponse listIntegrations(std::string_view id, const CallOptions& options = {}) const;
    /// Replaces all of an application's integrations: PUT /applications/{id}/integrations.
    IntegrationIdsResponse setIntegrations(std::string_view id, const SetIntegrationsInput& input,
                                           const CallOptions& options = {}) const;
    /// Attaches one integration to an application: POST /applications/{id}/integrations/{integrationId}.
    void attachIntegration(std::string_view id, std::string_view integrationId, const CallOptions& options = {}) const;
    /// Detaches one integration from an application: DELETE /applications/{id}/integrations/{integrationId}.
    void detachIntegration(std::string_view id, std::string_view integrationId, const CallOptions& options = {}) const;
    /// Ends all live sessions of an application: DELETE /applications/{id}/sessions. Agents must authenticate again.
    RevokeSessionsResponse revokeAllAgentSessions(std::string_view id, const CallOptions& options = {}) const;
    /// Fetches the access graph of all applications: GET /applications/access-graph. The vendor documents the path but
    /// not the shape.
    RawJson accessGraph(const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit ApplicationsResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

KONTEXT_HASH(OAuthClientType);
