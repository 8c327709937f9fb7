#include <kontext/service_accounts.hpp>

#include <utility>

#include "client/core.hpp"
#include "json/text.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

template <>
struct Fields<ServiceAccount> {
    static constexpr FieldList list{
        required<&ServiceAccount::id>("id"),
        field<&ServiceAccount::name>("name"),
        field<&ServiceAccount::description>("description"),
        field<&ServiceAccount::clientId>("clientId"),
        field<&ServiceAccount::createdAt>("createdAt"),
        field<&ServiceAccount::updatedAt>("updatedAt"),
        field<&ServiceAccount::lastUsedAt>("lastUsedAt"),
    };
};

template <>
struct Fields<Credentials> {
    static constexpr FieldList list{
        // The secret alone is what cannot be had again: a response that lacks the id must not lose it.
        field<&Credentials::clientId>("clientId"),
        required<&Credentials::clientSecret>("clientSecret"),
    };
};

template <>
struct Fields<CreateServiceAccountInput> {
    static constexpr FieldList list{
        field<&CreateServiceAccountInput::name>("name"),
        field<&CreateServiceAccountInput::description>("description"),
    };
};

template <>
struct Fields<ListServiceAccountsParams> {
    static constexpr FieldList list{
        field<&ListServiceAccountsParams::limit>("limit"),
        field<&ListServiceAccountsParams::cursor>("cursor"),
    };
};

template <>
struct Fields<ServiceAccountResponse> {
    static constexpr FieldList list{
        required<&ServiceAccountResponse::serviceAccount>("serviceAccount"),
    };
};

template <>
struct Fields<CreateServiceAccountResponse> {
    static constexpr FieldList list{
        required<&CreateServiceAccountResponse::serviceAccount>("serviceAccount"),
        required<&CreateServiceAccountResponse::credentials>("credentials"),
    };
};

template <>
struct Fields<ServiceAccountCredentialsResponse> {
    static constexpr FieldList list{
        required<&ServiceAccountCredentialsResponse::credentials>("credentials"),
    };
};

} // namespace json

namespace detail {
template KONTEXT_API std::string jsonText(const ServiceAccount& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const Credentials& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateServiceAccountInput& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ServiceAccountResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const CreateServiceAccountResponse& value, bool revealSecrets);
template KONTEXT_API std::string jsonText(const ServiceAccountCredentialsResponse& value, bool revealSecrets);
} // namespace detail

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
