#include <kontext/service_accounts.hpp>

#include <utility>

#include "client/core.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE

KONTEXT_JSON_ITEM(ServiceAccount,
    required<&ServiceAccount::id>("id"),
    field<&ServiceAccount::name>("name"),
    field<&ServiceAccount::description>("description"),
    field<&ServiceAccount::clientId>("clientId"),
    field<&ServiceAccount::createdAt>("createdAt"),
    field<&ServiceAccount::updatedAt>("updatedAt"),
    field<&ServiceAccount::lastUsedAt>("lastUsedAt"));

KONTEXT_JSON_VALUE(Credentials,
    // The secret alone is what cannot be had again: a response that lacks the id must not lose it.
    field<&Credentials::clientId>("clientId"),
    required<&Credentials::clientSecret>("clientSecret"));

KONTEXT_JSON_INPUT(CreateServiceAccountInput,
    field<&CreateServiceAccountInput::name>("name"),
    field<&CreateServiceAccountInput::description>("description"));

KONTEXT_JSON_INPUT(ListServiceAccountsParams,
    field<&ListServiceAccountsParams::limit>("limit"),
    field<&ListServiceAccountsParams::cursor>("cursor"));

KONTEXT_JSON_VALUE(ServiceAccountResponse,
    required<&ServiceAccountResponse::serviceAccount>("serviceAccount"));

KONTEXT_JSON_VALUE(CreateServiceAccountResponse,
    required<&CreateServiceAccountResponse::serviceAccount>("serviceAccount"),
    required<&CreateServiceAccountResponse::credentials>("credentials"));

KONTEXT_JSON_VALUE(ServiceAccountCredentialsResponse,
    required<&ServiceAccountCredentialsResponse::credentials>("credentials"));

ServiceAccountsResource::ServiceAccountsResource(std::shared_ptr<const detail::Core> core) : core_(std::move(core)) {}

Page<ServiceAccount> ServiceAccountsResource::list(const ListServiceAccountsParams& params,
                                                   const CallOptions& options) const {
    return core_->fetchPage<ServiceAccount>(Request("GET", "/service-accounts").query(params), options);
}

Pager<ServiceAccount> ServiceAccountsResource::listAll(const ListServiceAccountsParams& params,
                                                       const CallOptions& options) const {
    return detail::listAll<ServiceAccount>(core_, "/service-accounts", {}, params, options);
}

ServiceAccountResponse ServiceAccountsResource::get(std::string_view id, const CallOptions& options) const {
    return core_->fetch<ServiceAccountResponse>(Request("GET", "/service-accounts/{id}", {id}), options);
}

CreateServiceAccountResponse ServiceAccountsResource::create(const CreateServiceAccountInput& input,
                                                             const CallOptions& options) const {
    return core_->fetch<CreateServiceAccountResponse>(Request("POST", "/service-accounts").json(input), options);
}

void ServiceAccountsResource::revoke(std::string_view id, const CallOptions& options) const {
    core_->run(Request("DELETE", "/service-accounts/{id}", {id}), options);
}

ServiceAccountCredentialsResponse ServiceAccountsResource::rotateSecret(std::string_view id,
                                                                        const CallOptions& options) const {
    return core_->fetch<ServiceAccountCredentialsResponse>(
        Request("POST", "/service-accounts/{id}/rotate-secret", {id}), options);
}

KONTEXT_END_NAMESPACE
