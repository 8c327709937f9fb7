#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

std::string newSecret() { return "sa_secret_" + randomText(32); }

Json credentials(const Account& account) { return {{"clientId", account.clientId}, {"clientSecret", account.secret}}; }

template <class Action>
Reply onServiceAccount(World& world, const Request& request, Action action) {
    Account* account = withId(world.accounts, request.segments[3]);
    if (account == nullptr) return fault(404, "Service account not found");
    return action(*account);
}

} // namespace

Reply listServiceAccounts(World& world, const Request& request) {
    Checks checks;
    checks.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}});
    if (!checks.passed()) return checks.reply();
    std::vector<Listed> items;
    for (const Account& account : world.accounts)
        if (!account.shown.empty()) items.push_back({account.sequence, account.shown});
    return pageOf(items, request);
}

Reply createServiceAccount(World& world, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Checks checks;
    checks.object(body, "", {{"name", Kind::string, true}, {"description", Kind::text}});
    if (!checks.passed()) return checks.reply();
    if (auto refusal = refuseTaken(world.accounts, "A service account", body["name"])) return *refusal;

    Account account;
    account.sequence = ++world.lastSequence;
    const std::string id = uuid();
    account.clientId = "sa_" + id;
    account.secret = newSecret();
    account.shown = {{"id", id}, {"name", body["name"]}};
    if (body.contains("description")) account.shown["description"] = body["description"];
    const std::string now = utcNow();
    account.shown.update(
        {{"clientId", account.clientId}, {"createdAt", now}, {"updatedAt", now}, {"lastUsedAt", nullptr}});
    world.accounts.push_back(account);
    return created({{"serviceAccount", account.shown}, {"credentials", credentials(account)}});
}

Reply getServiceAccount(World& world, const Request& request) {
    return onServiceAccount(world, request, [](Account& account) { return ok({{"serviceAccount", account.shown}}); });
}

Reply revokeServiceAccount(World& world, const Request& request) {
    return onServiceAccount(world, request, [&](Account& account) {
        world.tokens.revoke(account.clientId);
        world.accounts.erase(world.accounts.begin() + (&account - world.accounts.data()));
        return noContent();
    });
}

/// Tokens minted with the old secret live on until they expire; only the secret dies.
Reply rotateServiceAccountSecret(World& world, const Request& request) {
    return onServiceAccount(world, request, [](Account& account) {
        account.secret = newSecret();
        account.shown["updatedAt"] = utcNow();
        return ok({{"credentials", credentials(account)}});
    });
}

} // namespace kontext_emulator
