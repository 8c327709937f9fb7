#include <kontext/applications.hpp>

#include <utility>

#include "client/core.hpp"
#include "resources/shared_fields.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

template <>
struct Fields<SessionCounts> {
    static constexpr FieldList list{
        field<&SessionCounts::active>("active"),
        field<&SessionCounts::idle>("idle"),
        field<&SessionCounts::live>("live"),
        field<&SessionCounts::total>("total"),
    };
};

template <>
struct Fields<ExternalAuth> {
    static constexpr FieldList list{
        field<&ExternalAuth::enabled>("enabled"),
        field<&ExternalAuth::issuer>("issuer"),
        field<&ExternalAuth::jwksUrl>("jwksUrl"),
        field<&ExternalAuth::audience>("audience"),
        field<&ExternalAuth::allowedAlgorithms>("allowedAlgorithms"),
        field<&ExternalAuth::requiredClaims>("requiredClaims"),
        field<&ExternalAuth::allowedReturnUrls>("allowedReturnUrls"),
        field<&ExternalAuth::maxTokenAgeSeconds>("maxTokenAgeSeconds"),
        field<&ExternalAuth::partnerApiKeyConfigured>("partnerApiKeyConfigured"),
    };
};

template <>
struct Fields<ExternalAuthInput> {
    static constexpr FieldList list{
        field<&ExternalAuthInput::enabled>("enabled"),
        field<&ExternalAuthInput::issuer>("issuer"),
        field<&ExternalAuthInput::jwksUrl>("jwksUrl"),
        field<&ExternalAuthInput::audience>("audience"),
        field<&ExternalAuthInput::allowedAlgorithms>("allowedAlgorithms"),
        field<&ExternalAuthInput::requiredClaims>("requiredClaims"),
        field<&ExternalAuthInput::allowedReturnUrls>("allowedReturnUrls"),
        field<&ExternalAuthInput::maxTokenAgeSeconds>("maxTokenAgeSeconds"),
        field<&ExternalAuthInput::partnerApiKey>("partnerApiKey"),
    };
};

template <>
struct Fields<Application> {
    static constexpr FieldList list{
        required<&Application::id>("id"),
        field<&Application::name>("name"),
        field<&Application::description>("description"),
        field<&Application::clientId>("clientId"),
        field<&Application::createdAt>("createdAt"),
        field<&Application::updatedAt>("updatedAt"),
        field<&Application::sessions>("sessions"),
        field<&Application::externalAuth>("externalAuth"),
    };
};

template <>
struct Fields<ApplicationOAuth> {
    static constexpr FieldList list{
        field<&ApplicationOAuth::type>("type"),
        field<&ApplicationOAuth::clientId>("clientId"),
        field<&ApplicationOAuth::clientSecret>("clientSecret"),
        field<&ApplicationOAuth::redirectUris>("redirectUris"),
        field<&ApplicationOAuth::pkceRequired>("pkceRequired"),
        field<&ApplicationOAuth::scopes>("scopes"),
        field<&ApplicationOAuth::allowedResources>("allowedResources"),
        field<&ApplicationOAuth::gatewayUrl>("gatewayUrl"),
    };
};

template <>
struct Fields<CreateApplicationOAuthInput> {
    static constexpr FieldList list{
        field<&CreateApplicationOAuthInput::type>("type"),
        field<&CreateApplicationOAuthInput::redirectUris>("redirectUris"),
        field<&CreateApplicationOAuthInput::pkceRequired>("pkceRequired"),
        unlessEmpty<&CreateApplicationOAuthInput::scopes>("scopes"),
        unlessEmpty<&CreateApplicationOAuthInput::allowedResources>("allowedResources"),
    };
};

template <>
struct Fields<CreateApplicationInput> {
    static constexpr FieldList list{
        field<&CreateApplicationInput::name>("name"),
        field<&CreateApplicationInput::oauth>("oauth"),
        field<&CreateApplicationInput::description>("description"),
    };
};

template <>
struct Fields<UpdateApplicationInput> {
    static constexpr FieldList list{
        field<&UpdateApplicationInput::name>("name"),
        field<&UpdateApplicationInput::description>("description"),
        field<&UpdateApplicationInput::externalAuth>("externalAuth"),
    };
};

template <>
struct Fields<UpdateApplicationOAuthInput> {
    static constexpr FieldList list{
        field<&UpdateApplicationOAuthInput::type>("type"),
        field<&UpdateApplicationOAuthInput::redirectUris>("redirectUris"),
        field<&UpdateApplicationOAuthInput::pkceRequired>("pkceRequired"),
        field<&UpdateApplicationOAuthInput::scopes>("scopes"),
        field<&UpdateApplicationOAuthInput::allowedResources>("allowedResources"),
    };
};

template <>
struct Fields<SetIntegrationsInput> {
    static constexpr FieldList list{
        field<&SetIntegrationsInput::integrationIds>("integrationIds"),
    };
};

template <>
struct Fields<ListApplicationsParams> {
    static constexpr FieldList list{
        field<&ListApplicationsParams::limit>("limit"),
        field<&ListApplicationsParams::cursor>("cursor"),
        field<&ListApplicationsParams::all>("all"),
    };
};

template <>
struct Fields<ApplicationResponse> {
    static constexpr FieldList list{
        required<&ApplicationResponse::application>("application"),
    };
};

template <>
struct Fields<CreateApplicationResponse> {
    static constexpr FieldList list{
        required<&CreateApplicationResponse::application>("application"),
        field<&CreateApplicationResponse::oauth>("oauth"),
    };
};

template <>
struct Fields<ApplicationOAuthResponse> {
    static constexpr FieldList list{
        required<&ApplicationOAuthResponse::oauth>("oauth"),
    };
};

template <>
struct Fields<IntegrationIdsResponse> {
    static constexpr FieldList list{
        field<&IntegrationIdsResponse::integrationIds>("integrationIds"),
    };
};

} // namespace json

namespace detail {
template KONTEXT_API std::string jsonText(const Application& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ApplicationOAuth& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const SessionCounts& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ExternalAuth& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ExternalAuthInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateApplicationOAuthInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateApplicationInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const UpdateApplicationInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const UpdateApplicationOAuthInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const SetIntegrationsInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ApplicationResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateApplicationResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ApplicationOAuthResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const IntegrationIdsResponse& value, bool revealSecrets);
} // namespace detail

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
        &json::decode<IntegrationIdsResponse>, {input.integrationIds});
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
