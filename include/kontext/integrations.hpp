/// @file
/// Integrations: the external services that applications connect to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// How users of an integration authenticate to the service behind it.
class AuthMode : public OpenEnum<AuthMode> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<AuthMode> oauth{"oauth"};              ///< Each user by OAuth.
    static constexpr EnumValue<AuthMode> userToken{"user_token"};     ///< Each user with a token of their own.
    static constexpr EnumValue<AuthMode> serverToken{"server_token"}; ///< All with one token, which the server holds.
    static constexpr EnumValue<AuthMode> none{"none"};                ///< Nobody.
};

/// What kind of integration it is.
class IntegrationCategory : public OpenEnum<IntegrationCategory> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<IntegrationCategory> gatewayRemoteMcp{
        "gateway_remote_mcp"}; ///< A remote MCP server behind the gateway.
    static constexpr EnumValue<IntegrationCategory> internalMcpCredentials{
        "internal_mcp_credentials"}; ///< Credentials for an MCP server of one's own.
};

/// The result of a validation.
class ValidationStatus : public OpenEnum<ValidationStatus> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<ValidationStatus> pending{"pending"}; ///< Under way.
    static constexpr EnumValue<ValidationStatus> valid{"valid"};     ///< The endpoint answers.
    static constexpr EnumValue<ValidationStatus> invalid{"invalid"}; ///< It does not; an answer, not an error.
};

/// How an integration does OAuth.
struct IntegrationOAuth {
    std::optional<std::string> provider{}; ///< Such as "github".
    std::optional<std::string> issuer{};   ///< The issuer's URL.
    std::vector<std::string> scopes{};     ///< What is asked for.
    std::optional<RawJson> metadata{};     ///< What the server found out about the issuer.

    KONTEXT_VALUE(IntegrationOAuth);
};

/// The write side of IntegrationOAuth.
struct IntegrationOAuthInput {
    std::optional<std::string> provider{}; ///< Such as "github".
    std::optional<std::string> issuer{};   ///< The issuer's URL.
    std::vector<std::string> scopes{};     ///< Left out when empty.

    KONTEXT_INPUT(IntegrationOAuthInput);
};

/// An integration. Only `id` is sure to be there.
struct Integration {
    std::string id{};                              ///< A UUID; what the methods take.
    std::string name{};                            ///< Unique in the organization.
    std::string url{};                             ///< The MCP endpoint.
    std::optional<AuthMode> authMode{};            ///< Nothing means none.
    std::optional<IntegrationCategory> category{}; ///< What kind it is.
    std::optional<RawJson> capabilities{};         ///< Any JSON.
    std::optional<IntegrationOAuth> oauth{};       ///< For AuthMode::oauth.
    std::optional<RawJson> credentialSchema{};     ///< A JSON object.
    std::optional<bool>
        serverTokenConfigured{}; ///< Whether there is a server token; the token itself never comes back.
    std::optional<ValidationStatus> validationStatus{}; ///< Nothing before the first validation.
    std::optional<Timestamp> createdAt{};               ///< When it was created.
    std::optional<Timestamp> updatedAt{};               ///< When it last changed.

    KONTEXT_ITEM(Integration);
};

/// An integration to be created.
struct CreateIntegrationInput {
    std::string name{};                            ///< Unique in the organization.
    std::string url{};                             ///< The MCP endpoint.
    std::optional<AuthMode> authMode{};            ///< The server's default is none.
    std::optional<IntegrationCategory> category{}; ///< The server's default is gatewayRemoteMcp.
    std::optional<IntegrationOAuthInput> oauth{};  ///< For AuthMode::oauth.
    std::optional<RawJson> capabilities{};         ///< Any JSON.
    std::optional<RawJson> credentialSchema{};     ///< A JSON object.
    std::optional<Secret> serverToken{};           ///< Required with AuthMode::serverToken, and only then.

    KONTEXT_INPUT(CreateIntegrationInput);
};

/// A change of an integration: what is not assigned is left alone. Changing authMode drops the users' connections.
struct UpdateIntegrationInput {
    Patch<std::string> name{};             ///< The new name.
    Patch<std::string> url{};              ///< The new MCP endpoint.
    Patch<AuthMode> authMode{};            ///< Drops the users' connections.
    Patch<IntegrationCategory> category{}; ///< The new category.
    Patch<IntegrationOAuthInput> oauth{};  ///< `IntegrationOAuthInput{.provider = "github"}`; nullptr clears it.
    Patch<RawJson> capabilities{};         ///< Any JSON.
    Patch<RawJson> credentialSchema{};     ///< A JSON object.
    Patch<Secret> serverToken{};           ///< Write-only.

    KONTEXT_INPUT(UpdateIntegrationInput);
};

/// Which integrations to list.
struct ListIntegrationsParams {
    std::optional<std::int64_t> limit{}; ///< Items a page: 1 to 200, the server's default is 50.
    std::optional<std::string> cursor{}; ///< Page::nextCursor of the page before, or Pager::cursor().

    KONTEXT_INPUT(ListIntegrationsParams);
};

/// An integration's own OAuth client at the provider. Its response's shape is not documented.
struct SetIntegrationOAuthConfigInput {
    std::string clientId{};            ///< The client's id at the provider.
    Secret clientSecret{};             ///< Its secret.
    std::string authorizationUrl{};    ///< The provider's authorization endpoint.
    std::string tokenUrl{};            ///< The provider's token endpoint.
    std::vector<std::string> scopes{}; ///< Left out when empty.

    KONTEXT_INPUT(SetIntegrationOAuthConfigInput);
};

/// A connection of the calling account to an integration.
struct AddConnectionInput {
    Secret token{}; ///< The token for the service behind the integration.

    KONTEXT_INPUT(AddConnectionInput);
};

/// An integration.
struct IntegrationResponse {
    Integration integration{}; ///< The integration.

    KONTEXT_VALUE(IntegrationResponse);
};

/// What a validation found.
struct ValidationResult {
    ValidationStatus status{};            ///< `invalid` is an answer, not an error.
    std::optional<std::string> message{}; ///< Why.

    KONTEXT_VALUE(ValidationResult);
};

namespace detail {
class Core;
}

/// Integrations, reached as `client.integrations`. Every method throws KontextError; ids are UUIDs. An id that is "",
/// "." or "..", or that holds CR, LF or NUL, is a ConfigError. Thread safe.
class KONTEXT_API IntegrationsResource {
public:
    /// Fetches one page of the integrations: GET /integrations.
    Page<Integration> list(const ListIntegrationsParams& params = {}, const CallOptions& options = {}) const;
    /// Walks all integrations, page after page, fetched as they are reached: GET /integrations. `options.info` must
    /// outlive the pager.
    [[nodiscard]] Pager<Integration> listAll(const ListIntegrationsParams& params = {},
                                             const CallOptions& options = {}) const;
    /// Fetches one integration: GET /integrations/{id}.
    IntegrationResponse get(std::string_view id, const CallOptions& options = {}) const;
    /// Creates an integration: POST /integrations. Not repeated after a failure of unknown outcome.
    IntegrationResponse create(const CreateIntegrationInput& input, const CallOptions& options = {}) const;
    /// Changes what is assigned of an integration: PATCH /integrations/{id}.
    IntegrationResponse update(std::string_view id, const UpdateIntegrationInput& input,
                               const CallOptions& options = {}) const;
    /// Archives an integration: DELETE /integrations/{id}.
    void archive(std::string_view id, const CallOptions& options = {}) const;
    /// Tries the MCP endpoint of an integration: POST /integrations/{id}/validate. Harmless, and so repeated after
    /// transient failures.
    ValidationResult validate(std::string_view id, const CallOptions& options = {}) const;
    /// Fetches an integration's own OAuth client: GET /integrations/{id}/oauth. The vendor documents the path but not
    /// the shape.
    RawJson getOAuthConfig(std::string_view id, const CallOptions& options = {}) const;
    /// Sets an integration's own OAuth client: PUT /integrations/{id}/oauth. The response's shape is not documented;
    /// `null` if it is empty.
    RawJson setOAuthConfig(std::string_view id, const SetIntegrationOAuthConfigInput& input,
                           const CallOptions& options = {}) const;
    /// Removes an integration's own OAuth client: DELETE /integrations/{id}/oauth.
    void removeOAuthConfig(std::string_view id, const CallOptions& options = {}) const;
    /// Connects the calling account to an integration: POST /integrations/{id}/connection. The response's shape is not
    /// documented; `null` if it is empty.
    RawJson addConnection(std::string_view id, const AddConnectionInput& input, const CallOptions& options = {}) const;
    /// Fetches the state of the calling account's connection: GET /integrations/{id}/connection. The vendor documents
    /// the path but not the shape.
    RawJson getConnectionStatus(std::string_view id, const CallOptions& options = {}) const;
    /// Ends the calling account's connection: DELETE /integrations/{id}/connection.
    void revokeConnection(std::string_view id, const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit IntegrationsResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE

KONTEXT_HASH(AuthMode);
KONTEXT_HASH(IntegrationCategory);
KONTEXT_HASH(ValidationStatus);
