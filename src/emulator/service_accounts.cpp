#include <algorithm>

#include "emulator/accounts.hpp"
#include "emulator/checks.hpp"
#include "emulator/ids.hpp"
#include "emulator/page.hpp"

namespace kontext_emulator {
namespace {

const char* const missing = "Service account not found";

std::string newSecret() { return "sa_secret_" + randomText(32); }

Json credentials(const Account& account) { return {{"clientId", account.clientId}, {"clientSecret", account.secret}}; }

} // namespace

Reply Accounts::list(const Request& request) const {
    Checks checks;
    checks.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}});
    if (!checks.passed()) return checks.reply();
    std::vector<Listed> items;
    for (const Account& account : accounts_)
        if (account.shown.is_object()) items.push_back({account.sequence, account.shown});
    return pageOf(items, request);
}

Reply Accounts::get(const Request& request) {
    const auto account = byId(request.segments.back());
    if (account == accounts_.end()) return fault(404, missing);
    return ok({{"serviceAccount", account->shown}});
}

Reply Accounts::create(const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Checks checks;
    checks.object(body, "", {{"name", Kind::string, true}, {"description", Kind::text}});
    if (!checks.passed()) return checks.reply();
    const bool taken = std::any_of(accounts_.begin(), accounts_.end(), [&body](const Account& other) {
        return other.shown.is_object() && other.shown["name"] == body["name"];
    });
    if (taken) return fault(409, "A service account named '" + body["name"].get<std::string>() + "' exists already");

    Account account;
    account.sequence = ++lastSequence_;
    const std::string id = uuid();
    account.clientId = "sa_" + id;
    account.secret = newSecret();
    account.shown = {{"id", id}, {"name", body["name"]}};
    if (body.contains("description")) account.shown["description"] = body["description"];
    const std::string now = utcNow();
    account.shown.update(
        {{"clientId", account.clientId}, {"createdAt", now}, {"updatedAt", now}, {"lastUsedAt", nullptr}});
    accounts_.push_back(account);
    return created({{"serviceAccount", account.shown}, {"credentials", credentials(account)}});
}

Reply Accounts::revoke(const Request& request) {
    if (auto refusal = refuseBody(request)) return *refusal;
    const auto account = byId(request.segments.back());
    if (account == accounts_.end()) return fault(404, missing);
    for (auto token = tokens_.begin(); token != tokens_.end();)
        token = token->second.clientId == account->clientId ? tokens_.erase(token) : std::next(token);
    accounts_.erase(account);
    return noContent();
}

/// Tokens minted with the old secret live on until they expire; only the secret dies.
Reply Accounts::rotateSecret(const Request& request) {
    if (auto refusal = refuseBody(request)) return *refusal;
    const auto account = byId(request.segments[3]);
    if (account == accounts_.end()) return fault(404, missing);
    account->secret = newSecret();
    account->shown["updatedAt"] = utcNow();
    return ok({{"credentials", credentials(*account)}});
}

} // namespace kontext_emulator
