#include <kontext/integrations.hpp>

#include <utility>

#include "client/core.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_VALUE(IntegrationOAuth,
    field<&IntegrationOAuth::provider>("provider"),
    field<&IntegrationOAuth::issuer>("issuer"),
    field<&IntegrationOAuth::scopes>("scopes"),
    field<&IntegrationOAuth::metadata>("metadata"));

KONTEXT_JSON_INPUT(IntegrationOAuthInput,
    field<&IntegrationOAuthInput::provider>("provider"),
    field<&IntegrationOAuthInput::issuer>("issuer"),
    unlessEmpty<&IntegrationOAuthInput::scopes>("scopes"));

KONTEXT_JSON_ITEM(Integration,
    required<&Integration::id>("id"),
    field<&Integration::name>("name"),
    field<&Integration::url>("url"),
    field<&Integration::authMode>("authMode"),
    field<&Integration::category>("category"),
    field<&Integration::capabilities>("capabilities"),
    field<&Integration::oauth>("oauth"),
    field<&Integration::credentialSchema>("credentialSchema"),
    field<&Integration::serverTokenConfigured>("serverTokenConfigured"),
    field<&Integration::validationStatus>("validationStatus"),
    field<&Integration::createdAt>("createdAt"),
    field<&Integration::updatedAt>("updatedAt"));

KONTEXT_JSON_INPUT(CreateIntegrationInput,
    field<&CreateIntegrationInput::name>("name"),
    field<&CreateIntegrationInput::url>("url"),
    field<&CreateIntegrationInput::authMode>("authMode"),
    field<&CreateIntegrationInput::category>("category"),
    field<&CreateIntegrationInput::oauth>("oauth"),
    field<&CreateIntegrationInput::capabilities>("capabilities"),
    field<&CreateIntegrationInput::credentialSchema>("credentialSchema"),
    field<&CreateIntegrationInput::serverToken>("serverToken"));

KONTEXT_JSON_INPUT(UpdateIntegrationInput,
    field<&UpdateIntegrationInput::name>("name"),
    field<&UpdateIntegrationInput::url>("url"),
    field<&UpdateIntegrationInput::authMode>("authMode"),
    field<&UpdateIntegrationInput::category>("category"),
    field<&UpdateIntegrationInput::oauth>("oauth"),
    field<&UpdateIntegrationInput::capabilities>("capabilities"),
    field<&UpdateIntegrationInput::credentialSchema>("credentialSchema"),
    field<&UpdateIntegrationInput::serverToken>("serverToken"));

KONTEXT_JSON_INPUT(ListIntegrationsParams,
    field<&ListIntegrationsParams::limit>("limit"),
    field<&ListIntegrationsParams::cursor>("cursor"));

KONTEXT_JSON_INPUT(SetIntegrationOAuthConfigInput,
    field<&SetIntegrationOAuthConfigInput::clientId>("clientId"),
    field<&SetIntegrationOAuthConfigInput::clientSecret>("clientSecret"),
    field<&SetIntegrationOAuthConfigInput::authorizationUrl>("authorizationUrl"),
    field<&SetIntegrationOAuthConfigInput::tokenUrl>("tokenUrl"),
    unlessEmpty<&SetIntegrationOAuthConfigInput::scopes>("scopes"));

KONTEXT_JSON_INPUT(AddConnectionInput,
    field<&AddConnectionInput::token>("token"));

KONTEXT_JSON_VALUE(IntegrationResponse,
    required<&IntegrationResponse::integration>("integration"));

KONTEXT_JSON_VALUE(ValidationResult,
    required<&ValidationResult::status>("status"),
    field<&ValidationResult::message>("message"));

IntegrationsResource::IntegrationsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Page<Integration> IntegrationsResource::list(const ListIntegrationsParams& params, const CallOptions& options) const {
    return core_->fetchPage<Integration>(Request("GET", "/integrations").query(params), options);
}

Pager<Integration> IntegrationsResource::listAll(const ListIntegrationsParams& params,
                                                 const CallOptions& options) const {
    return detail::listAll<Integration>(core_, "/integrations", {}, params, options);
}

IntegrationResponse IntegrationsResource::get(std::string_view id, const CallOptions& options) const {
    return core_->fetch<IntegrationResponse>(Request("GET", "/integrations/{id}", {id}), options);
}

IntegrationResponse IntegrationsResource::create(const CreateIntegrationInput& input,
                                                 const CallOptions& options) const {
    return core_->fetch<IntegrationResponse>(Request("POST", "/integrations").json(input), options);
}

IntegrationResponse IntegrationsResource::update(std::string_view id, const UpdateIntegrationInput& input,
                                                 const CallOptions& options) const {
    return core_->fetch<IntegrationResponse>(Request("PATCH", "/integrations/{id}", {id}).json(input), options);
}

void IntegrationsResource::archive(std::string_view id, const CallOptions& options) const {
    core_->run(Request("DELETE", "/integrations/{id}", {id}), options);
}

ValidationResult IntegrationsResource::validate(std::string_view id, const CallOptions& options) const {
    return core_->fetch<ValidationResult>(Request("POST", "/integrations/{id}/validate", {id}).retryable(), options);
}

RawJson IntegrationsResource::getOAuthConfig(std::string_view id, const CallOptions& options) const {
    return core_->fetch<RawJson>(Request("GET", "/integrations/{id}/oauth", {id}), options);
}

RawJson IntegrationsResource::setOAuthConfig(std::string_view id, const SetIntegrationOAuthConfigInput& input,
                                             const CallOptions& options) const {
    return core_->fetch<RawJson>(
        Request("PUT", "/integrations/{id}/oauth", {id}).json(input).response(ResponseBody::optional), options);
}

void IntegrationsResource::removeOAuthConfig(std::string_view id, const CallOptions& options) const {
    core_->run(Request("DELETE", "/integrations/{id}/oauth", {id}), options);
}

RawJson IntegrationsResource::addConnection(std::string_view id, const AddConnectionInput& input,
                                            const CallOptions& options) const {
    return core_->fetch<RawJson>(
        Request("POST", "/integrations/{id}/connection", {id}).json(input).response(ResponseBody::optional), options);
}

RawJson IntegrationsResource::getConnectionStatus(std::string_view id, const CallOptions& options) const {
    return core_->fetch<RawJson>(Request("GET", "/integrations/{id}/connection", {id}), options);
}

void IntegrationsResource::revokeConnection(std::string_view id, const CallOptions& options) const {
    core_->run(Request("DELETE", "/integrations/{id}/connection", {id}), options);
}

KONTEXT_END_NAMESPACE
