/// @file
/// Service accounts: credentials for machines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <kontext/call_options.hpp>
#include <kontext/config.hpp>
#include <kontext/export.hpp>
#include <kontext/page.hpp>
#include <kontext/secret.hpp>
#include <kontext/shared.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A service account. Only `id` is sure to be there.
struct ServiceAccount {
    std::string id{};                         ///< A UUID; what the methods take.
    std::string name{};                       ///< Unique in the organization.
    std::optional<std::string> description{}; ///< Free text.
    std::optional<std::string> clientId{};    ///< `sa_<uuid>`. Not in the vendor's documentation; our reading.
    std::optional<Timestamp> createdAt{};     ///< When it was created. Our reading.
    std::optional<Timestamp> updatedAt{};     ///< When it last changed. Our reading.
    std::optional<Timestamp> lastUsedAt{};    ///< When it last fetched a token. Our reading.

    KONTEXT_ITEM(ServiceAccount);
};

/// A service account to be created.
struct CreateServiceAccountInput {
    std::string name{};                       ///< Unique in the organization.
    std::optional<std::string> description{}; ///< Free text.

    KONTEXT_INPUT(CreateServiceAccountInput);
};

/// Which service accounts to list.
struct ListServiceAccountsParams {
    std::optional<std::int64_t> limit{}; ///< Items a page; the server may return all.
    std::optional<std::string> cursor{}; ///< Page::nextCursor of the page before, or Pager::cursor().

    KONTEXT_INPUT(ListServiceAccountsParams);
};

/// A service account.
struct ServiceAccountResponse {
    ServiceAccount serviceAccount{}; ///< The service account.

    KONTEXT_VALUE(ServiceAccountResponse);
};

/// A service account that was created.
struct CreateServiceAccountResponse {
    ServiceAccount serviceAccount{}; ///< The service account.
    Credentials credentials{};       ///< Its credentials, shown once.

    KONTEXT_VALUE(CreateServiceAccountResponse);
};

/// New credentials, for `setCredentials` or another client's ClientConfig.
struct ServiceAccountCredentialsResponse {
    Credentials credentials{}; ///< The credentials, shown once.

    KONTEXT_VALUE(ServiceAccountCredentialsResponse);
};

namespace detail {
class Core;
}

/// Service accounts, reached as `client.serviceAccounts`. Every method throws KontextError; ids are UUIDs, not client
/// ids. An id that is "", "." or "..", or that holds CR, LF or NUL, is a ConfigError. Thread safe.
class KONTEXT_API ServiceAccountsResource {
public:
    /// Fetches one page of the service accounts, which may hold all of them: GET /service-accounts.
    Page<ServiceAccount> list(const ListServiceAccountsParams& params = {}, const CallOptions& options = {}) const;
    /// Walks all service accounts, page after page, fetched as they are reached: GET /service-accounts. `options.info`
    /// must outlive the pager.
    [[nodiscard]] Pager<ServiceAccount> listAll(const ListServiceAccountsParams& params = {},
                                                const CallOptions& options = {}) const;
    /// Fetches one service account: GET /service-accounts/{id}.
    ServiceAccountResponse get(std::string_view id, const CallOptions& options = {}) const;
    /// Creates a service account: POST /service-accounts. The secret is shown only here. Not repeated after an
    /// ambiguous failure: list, revoke the orphan, create again.
    CreateServiceAccountResponse create(const CreateServiceAccountInput& input, const CallOptions& options = {}) const;
    /// Revokes a service account, which can no longer log in then: DELETE /service-accounts/{id}.
    void revoke(std::string_view id, const CallOptions& options = {}) const;
    /// Gives a service account a new secret: POST /service-accounts/{id}/rotate-secret. The old secret dies at once,
    /// tokens already issued remain valid until they expire; the new secret is shown only here.
    ServiceAccountCredentialsResponse rotateSecret(std::string_view id, const CallOptions& options = {}) const;

private:
    friend class KontextManagementClient;
    explicit ServiceAccountsResource(std::shared_ptr<const detail::Core> core);
    detail::Shared<const detail::Core> core_;
};

KONTEXT_END_NAMESPACE
