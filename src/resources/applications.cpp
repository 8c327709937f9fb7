#include <kontext/applications.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_VALUE(SessionCounts,
    field<&SessionCounts::active>("active"),
    field<&SessionCounts::idle>("idle"),
    field<&SessionCounts::live>("live"),
    field<&SessionCounts::total>("total"));

KONTEXT_JSON_VALUE(ExternalAuth,
    field<&ExternalAuth::enabled>("enabled"),
    field<&ExternalAuth::issuer>("issuer"),
    field<&ExternalAuth::jwksUrl>("jwksUrl"),
    field<&ExternalAuth::audience>("audience"),
    field<&ExternalAuth::allowedAlgorithms>("allowedAlgorithms"),
    field<&ExternalAuth::requiredClaims>("requiredClaims"),
    field<&ExternalAuth::allowedReturnUrls>("allowedReturnUrls"),
    field<&ExternalAuth::maxTokenAgeSeconds>("maxTokenAgeSeconds"),
    field<&ExternalAuth::partnerApiKeyConfigured>("partnerApiKeyConfigured"));

KONTEXT_JSON_INPUT(ExternalAuthInput,
    field<&ExternalAuthInput::enabled>("enabled"),
    field<&ExternalAuthInput::issuer>("issuer"),
    field<&ExternalAuthInput::jwksUrl>("jwksUrl"),
    field<&ExternalAuthInput::audience>("audience"),
    field<&ExternalAuthInput::allowedAlgorithms>("allowedAlgorithms"),
    field<&ExternalAuthInput::requiredClaims>("requiredClaims"),
    field<&ExternalAuthInput::allowedReturnUrls>("allowedReturnUrls"),
    field<&ExternalAuthInput::maxTokenAgeSeconds>("maxTokenAgeSeconds"),
    field<&ExternalAuthInput::partnerApiKey>("partnerApiKey"));

KONTEXT_JSON_ITEM(Application,
    required<&Application::id>("id"),
    field<&Application::name>("name"),
    field<&Application::description>("description"),
    field<&Application::clientId>("clientId"),
    field<&Application::createdAt>("createdAt"),
    field<&Application::updatedAt>("updatedAt"),
    field<&Application::sessions>("sessions"),
    field<&Application::externalAuth>("externalAuth"));

KONTEXT_JSON_VALUE(ApplicationOAuth,
    field<&ApplicationOAuth::type>("type"),
    field<&ApplicationOAuth::clientId>("clientId"),
    field<&ApplicationOAuth::clientSecret>("clientSecret"),
    field<&ApplicationOAuth::redirectUris>("redirectUris"),
    field<&ApplicationOAuth::pkceRequired>("pkceRequired"),
    field<&ApplicationOAuth::scopes>("scopes"),
    field<&ApplicationOAuth::allowedResources>("allowedResources"),
    field<&ApplicationOAuth::gatewayUrl>("gatewayUrl"));

KONTEXT_JSON_INPUT(CreateApplicationOAuthInput,
    field<&CreateApplicationOAuthInput::type>("type"),
    field<&CreateApplicationOAuthInput::redirectUris>("redirectUris"),
    field<&CreateApplicationOAuthInput::pkceRequired>("pkceRequired"),
    unlessEmpty<&CreateApplicationOAuthInput::scopes>("scopes"),
    unlessEmpty<&CreateApplicationOAuthInput::allowedResources>("allowedResources"));

KONTEXT_JSON_INPUT(CreateApplicationInput,
    field<&CreateApplicationInput::name>("name"),
    field<&CreateApplicationInput::oauth>("oauth"),
    field<&CreateApplicationInput::description>("description"));

KONTEXT_JSON_INPUT(UpdateApplicationInput,
    field<&UpdateApplicationInput::name>("name"),
    field<&UpdateApplicationInput::description>("description"),
    field<&UpdateApplicationInput::externalAuth>("externalAuth"));

KONTEXT_JSON_INPUT(UpdateApplicationOAuthInput,
    field<&UpdateApplicationOAuthInput::type>("type"),
    field<&UpdateApplicationOAuthInput::redirectUris>("redirectUris"),
    field<&UpdateApplicationOAuthInput::pkceRequired>("pkceRequired"),
    field<&UpdateApplicationOAuthInput::scopes>("scopes"),
    field<&UpdateApplicationOAuthInput::allowedResources>("allowedResources"));

KONTEXT_JSON_INPUT(SetIntegrationsInput,
    field<&SetIntegrationsInput::integrationIds>("integrationIds"));

KONTEXT_JSON_INPUT(ListApplicationsParams,
    field<&ListApplicationsParams::limit>("limit"),
    field<&ListApplicationsParams::cursor>("cursor"),
    field<&ListApplicationsParams::all>("all"));

KONTEXT_JSON_VALUE(ApplicationResponse,
    required<&ApplicationResponse::application>("application"));

KONTEXT_JSON_VALUE(CreateApplicationResponse,
    required<&CreateApplicationResponse::application>("application"),
    field<&CreateApplicationResponse::oauth>("oauth"));

KONTEXT_JSON_VALUE(ApplicationOAuthResponse,
    required<&ApplicationOAuthResponse::oauth>("oauth"));

KONTEXT_JSON_VALUE(IntegrationIdsResponse,
    field<&IntegrationIdsResponse::integrationIds>("integrationIds"));

ApplicationsResource::ApplicationsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Page<Application> ApplicationsResource::list(const ListApplicationsParams& params, const CallOptions& options) const {
    return core_->fetchPage<Application>(Request("GET", "/applications").query(params), options);
}

Pager<Application> ApplicationsResource::listAll(const ListApplicationsParams& params,
                                                 const CallOptions& options) const {
    return detail::listAll<Application>(core_, "/applications", {}, params, options);
}

ApplicationResponse ApplicationsResource::get(std::string_view id, const CallOptions& options) const {
    return core_->fetch<ApplicationResponse>(Request("GET", "/applications/{id}", {id}), options);
}

CreateApplicationResponse ApplicationsResource::create(const CreateApplicationInput& input,
                                                       const CallOptions& options) const {
    return core_->fetch<CreateApplicationResponse>(Request("POST", "/applications").json(input), options);
}

ApplicationResponse ApplicationsResource::update(std::string_view id, const UpdateApplicationInput& input,
                                                 const CallOptions& options) const {
    return core_->fetch<ApplicationResponse>(Request("PATCH", "/applications/{id}", {id}).json(input), options);
}

void ApplicationsResource::archive(std::string_view id, const CallOptions& options) const {
    core_->run(Request("DELETE", "/applications/{id}", {id}), options);
}

ApplicationOAuthResponse ApplicationsResource::rotateSecret(std::string_view id, const CallOptions& options) const {
    return core_->fetch<ApplicationOAuthResponse>(Request("POST", "/applications/{id}/rotate-secret", {id}), options);
}

ApplicationOAuthResponse ApplicationsResource::getOAuth(std::string_view id, const CallOptions& options) const {
    return core_->fetch<ApplicationOAuthResponse>(Request("GET", "/applications/{id}/oauth", {id}), options);
}

ApplicationOAuthResponse ApplicationsResource::updateOAuth(std::string_view id,
                                                           const UpdateApplicationOAuthInput& input,
                                                           const CallOptions& options) const {
    return core_->fetch<ApplicationOAuthResponse>(Request("PATCH", "/applications/{id}/oauth", {id}).json(input),
                                                  options);
}

IntegrationIdsResponse ApplicationsResource::listIntegrations(std::string_view id, const CallOptions& options) const {
    return core_->fetch<IntegrationIdsResponse>(Request("GET", "/applications/{id}/integrations", {id}), options);
}

IntegrationIdsResponse ApplicationsResource::setIntegrations(std::string_view id, const SetIntegrationsInput& input,
                                                             const CallOptions& options) const {
    // A server that says nothing has done what it was told.
    return core_->fetch<IntegrationIdsResponse>(
        Request("PUT", "/applications/{id}/integrations", {id}).json(input).response(ResponseBody::optional), options,
        &json::read<IntegrationIdsResponse>, {input.integrationIds});
}

void ApplicationsResource::attachIntegration(std::string_view id, std::string_view integrationId,
                                             const CallOptions& options) const {
    core_->run(Request("POST", "/applications/{id}/integrations/{integrationId}", {id, integrationId}), options);
}

void ApplicationsResource::detachIntegration(std::string_view id, std::string_view integrationId,
                                             const CallOptions& options) const {
    core_->run(Request("DELETE", "/applications/{id}/integrations/{integrationId}", {id, integrationId}), options);
}

RevokeSessionsResponse ApplicationsResource::revokeAllAgentSessions(std::string_view id,
                                                                    const CallOptions& options) const {
    return core_->fetch<RevokeSessionsResponse>(
        Request("DELETE", "/applications/{id}/sessions", {id}).response(ResponseBody::optional), options);
}

RawJson ApplicationsResource::accessGraph(const CallOptions& options) const {
    return core_->fetch<RawJson>(Request("GET", "/applications/access-graph"), options);
}

KONTEXT_END_NAMESPACE
