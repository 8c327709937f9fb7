#include <kontext/integrations.hpp>

#include <utility>

#include "client/core.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

template <>
struct Fields<IntegrationOAuth> {
    static constexpr FieldList list{
        field<&IntegrationOAuth::provider>("provider"),
        field<&IntegrationOAuth::issuer>("issuer"),
        field<&IntegrationOAuth::scopes>("scopes"),
        field<&IntegrationOAuth::metadata>("metadata"),
    };
};

template <>
struct Fields<IntegrationOAuthInput> {
    static constexpr FieldList list{
        field<&IntegrationOAuthInput::provider>("provider"),
        field<&IntegrationOAuthInput::issuer>("issuer"),
        unlessEmpty<&IntegrationOAuthInput::scopes>("scopes"),
    };
};

template <>
struct Fields<Integration> {
    static constexpr FieldList list{
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
        field<&Integration::updatedAt>("updatedAt"),
    };
};

template <>
struct Fields<CreateIntegrationInput> {
    static constexpr FieldList list{
        field<&CreateIntegrationInput::name>("name"),
        field<&CreateIntegrationInput::url>("url"),
        field<&CreateIntegrationInput::authMode>("authMode"),
        field<&CreateIntegrationInput::category>("category"),
        field<&CreateIntegrationInput::oauth>("oauth"),
        field<&CreateIntegrationInput::capabilities>("capabilities"),
        field<&CreateIntegrationInput::credentialSchema>("credentialSchema"),
        field<&CreateIntegrationInput::serverToken>("serverToken"),
    };
};

template <>
struct Fields<UpdateIntegrationInput> {
    static constexpr FieldList list{
        field<&UpdateIntegrationInput::name>("name"),
        field<&UpdateIntegrationInput::url>("url"),
        field<&UpdateIntegrationInput::authMode>("authMode"),
        field<&UpdateIntegrationInput::category>("category"),
        field<&UpdateIntegrationInput::oauth>("oauth"),
        field<&UpdateIntegrationInput::capabilities>("capabilities"),
        field<&UpdateIntegrationInput::credentialSchema>("credentialSchema"),
        field<&UpdateIntegrationInput::serverToken>("serverToken"),
    };
};

template <>
struct Fields<ListIntegrationsParams> {
    static constexpr FieldList list{
        field<&ListIntegrationsParams::limit>("limit"),
        field<&ListIntegrationsParams::cursor>("cursor"),
    };
};

template <>
struct Fields<SetIntegrationOAuthConfigInput> {
    static constexpr FieldList list{
        field<&SetIntegrationOAuthConfigInput::clientId>("clientId"),
        field<&SetIntegrationOAuthConfigInput::clientSecret>("clientSecret"),
        field<&SetIntegrationOAuthConfigInput::authorizationUrl>("authorizationUrl"),
        field<&SetIntegrationOAuthConfigInput::tokenUrl>("tokenUrl"),
        unlessEmpty<&SetIntegrationOAuthConfigInput::scopes>("scopes"),
    };
};

template <>
struct Fields<AddConnectionInput> {
    static constexpr FieldList list{
        field<&AddConnectionInput::token>("token"),
    };
};

template <>
struct Fields<IntegrationResponse> {
    static constexpr FieldList list{
        required<&IntegrationResponse::integration>("integration"),
    };
};

template <>
struct Fields<ValidationResult> {
    static constexpr FieldList list{
        required<&ValidationResult::status>("status"),
        field<&ValidationResult::message>("message"),
    };
};

} // namespace json

namespace detail {
template KONTEXT_API std::string jsonText(const Integration& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const IntegrationOAuth& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const IntegrationOAuthInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const SetIntegrationOAuthConfigInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const AddConnectionInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateIntegrationInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const UpdateIntegrationInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const IntegrationResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ValidationResult& value, bool revealSecrets);
} // namespace detail

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
