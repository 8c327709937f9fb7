#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/route.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

std::string newSecret() { return "sa_secret_" + randomText(32); }

Json credentials(const Account& account) { return {{"clientId", account.clientId}, {"clientSecret", account.secret}}; }

template <class Action>
Response onServiceAccount(Store& store, const Request& request, Action action) {
    Account* account = withId(store.accounts, request.segments[3]);
    if (account == nullptr) return errorResponse(404, "Service account not found");
    return action(*account);
}

Response listServiceAccounts(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}});
    if (!validator.passed()) return validator.response();
    std::vector<Listed> items;
    for (const Account& account : store.accounts)
        items.push_back({account.sequence, account.shown});
    return pageOf(items, request);
}

Response createServiceAccount(Store& store, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Validator validator;
    validator.object(body, "", {{"name", Kind::string, true}, {"description", Kind::text}});
    if (!validator.passed()) return validator.response();
    if (auto refusal = refuseTaken(store.accounts, "A service account", body["name"])) return *refusal;

    const std::string id = uuid();
    Account& account = addAccount(store, id, "sa_" + id, body);
    account.secret = newSecret();
    return created({{"serviceAccount", account.shown}, {"credentials", credentials(account)}});
}

Response getServiceAccount(Store& store, const Request& request) {
    return onServiceAccount(store, request, [](Account& account) { return ok({{"serviceAccount", account.shown}}); });
}

Response revokeServiceAccount(Store& store, const Request& request) {
    return onServiceAccount(store, request, [&](Account& account) {
        store.tokens.revoke(account.clientId);
        store.accounts.erase(store.accounts.begin() + (&account - store.accounts.data()));
        return noContent();
    });
}

/// Tokens issued with the old secret live on until they expire; only the secret dies.
Response rotateServiceAccountSecret(Store& store, const Request& request) {
    return onServiceAccount(store, request, [](Account& account) {
        account.secret = newSecret();
        account.shown["updatedAt"] = utcNow();
        return ok({{"credentials", credentials(account)}});
    });
}

} // namespace

Account& addAccount(Store& store, const std::string& id, const std::string& clientId, const Json& described) {
    Account account;
    account.sequence = ++store.lastSequence;
    account.clientId = clientId;
    account.shown = {{"id", id}, {"name", described["name"]}};
    if (described.contains("description")) account.shown["description"] = described["description"];
    const std::string now = utcNow();
    account.shown.update({{"clientId", clientId}, {"createdAt", now}, {"updatedAt", now}, {"lastUsedAt", nullptr}});
    store.accounts.push_back(std::move(account));
    return store.accounts.back();
}

const Routes serviceAccountRoutes = {
    {"GET", {"service-accounts"}, &listServiceAccounts, Takes::query},
    {"POST", {"service-accounts"}, &createServiceAccount, Takes::body},
    {"GET", {"service-accounts", ":"}, &getServiceAccount},
    {"DELETE", {"service-accounts", ":"}, &revokeServiceAccount},
    {"POST", {"service-accounts", ":", "rotate-secret"}, &rotateServiceAccountSecret},
};

} // namespace kontext_emulator
