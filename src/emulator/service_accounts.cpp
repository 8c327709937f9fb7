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
        if (!account.shown.empty()) items.push_back({account.sequence, account.shown});
    return pageOf(items, request);
}

Response createServiceAccount(Store& store, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Validator validator;
    validator.object(body, "", {{"name", Kind::string, true}, {"description", Kind::text}});
    if (!validator.passed()) return validator.response();
    if (auto refusal = refuseTaken(store.accounts, "A service account", body["name"])) return *refusal;

    Account account;
    account.sequence = ++store.lastSequence;
    const std::string id = uuid();
    account.clientId = "sa_" + id;
    account.secret = newSecret();
    account.shown = {{"id", id}, {"name", body["name"]}};
    if (body.contains("description")) account.shown["description"] = body["description"];
    const std::string now = utcNow();
    account.shown.update(
        {{"clientId", account.clientId}, {"createdAt", now}, {"updatedAt", now}, {"lastUsedAt", nullptr}});
    store.accounts.push_back(account);
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

const Routes serviceAccountRoutes = {
    {"GET", {"service-accounts"}, &listServiceAccounts, Takes::query},
    {"POST", {"service-accounts"}, &createServiceAccount, Takes::body},
    {"GET", {"service-accounts", ":"}, &getServiceAccount},
    {"DELETE", {"service-accounts", ":"}, &revokeServiceAccount},
    {"POST", {"service-accounts", ":", "rotate-secret"}, &rotateServiceAccountSecret},
};

} // namespace kontext_emulator
