#include <algorithm>

#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

const Reply notFound = fault(404, "Application not found");

Json shown(const World& world, const Application& application) {
    Json out = application.shown;
    out["sessions"] = countSessions(world, out["id"]);
    return out;
}

std::vector<Member> oauthMembers(bool creating) {
    return {{"type", Kind::string, false, false, {"public", "confidential"}},
            {"redirectUris", Kind::urls, creating},
            {"pkceRequired", Kind::boolean},
            {"scopes", Kind::strings},
            {"allowedResources", Kind::strings}};
}

void checkExternalAuth(Checks& checks, const Json& body) {
    const auto found = body.find("externalAuth");
    if (found == body.end() || !found->is_object()) return;
    checks.object(*found, "externalAuth.",
                  {{"enabled", Kind::boolean},
                   {"issuer", Kind::url},
                   {"jwksUrl", Kind::url},
                   {"audience", Kind::string},
                   {"allowedAlgorithms", Kind::strings},
                   {"requiredClaims", Kind::object},
                   {"allowedReturnUrls", Kind::urls},
                   {"maxTokenAgeSeconds", Kind::count},
                   {"partnerApiKey", Kind::string, false, true}});
}

void mergeExternalAuth(Json& target, const Json& change) {
    if (!target.is_object())
        target = {{"enabled", false},
                  {"issuer", ""},
                  {"jwksUrl", ""},
                  {"audience", ""},
                  {"allowedAlgorithms", {"RS256"}},
                  {"requiredClaims", Json::object()},
                  {"allowedReturnUrls", Json::array()},
                  {"maxTokenAgeSeconds", 3600},
                  {"partnerApiKeyConfigured", false}};
    for (const auto& [name, value] : change.items()) {
        if (name == "partnerApiKey")
            target["partnerApiKeyConfigured"] = !value.is_null();
        else
            target[name] = value;
    }
}

/// The reply with the OAuth client and a secret that is not shown again; a public client has none.
Json withNewSecret(const Application& application) {
    Json oauth = application.oauth;
    if (oauth["type"] == "confidential") oauth["clientSecret"] = "app_secret_" + randomText(32);
    return oauth;
}

/// Runs on the application that the path names.
template <class Action>
Reply onApplication(World& world, const Request& request, Action action) {
    Application* application = withId(world.applications, request.segments[3]);
    if (application == nullptr) return notFound;
    return action(*application);
}

} // namespace

Reply listApplications(World& world, const Request& request) {
    Checks checks;
    checks.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}, {"all", Kind::boolean}});
    if (!checks.passed()) return checks.reply();
    std::vector<Listed> items;
    for (const Application& one : world.applications)
        items.push_back({one.sequence, shown(world, one)});
    return pageOf(items, request);
}

Reply createApplication(World& world, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Checks checks;
    checks.object(body, "", {{"name", Kind::string, true}, {"oauth", Kind::object, true}, {"description", Kind::text}});
    if (body.contains("oauth") && body["oauth"].is_object()) checks.object(body["oauth"], "oauth.", oauthMembers(true));
    if (!checks.passed()) return checks.reply();
    if (auto refusal = refuseTaken(world.applications, "An application", body["name"])) return *refusal;

    Application application;
    application.sequence = ++world.lastSequence;
    const std::string clientId = "app_" + uuid();
    const std::string now = utcNow();
    application.shown = {{"id", uuid()}, {"name", body["name"]}};
    if (body.contains("description")) application.shown["description"] = body["description"];
    application.shown.update({{"clientId", clientId}, {"createdAt", now}, {"updatedAt", now}});
    application.oauth = {{"type", "confidential"}, {"clientId", clientId},    {"redirectUris", Json::array()},
                         {"pkceRequired", true},   {"scopes", Json::array()}, {"allowedResources", Json::array()}};
    application.oauth.update(body["oauth"]);
    world.applications.push_back(application);
    return created({{"application", shown(world, application)}, {"oauth", withNewSecret(application)}});
}

Reply getApplication(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& a) { return ok({{"application", shown(world, a)}}); });
}

Reply updateApplication(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checks.object(body, "",
                      {{"name", Kind::string},
                       {"description", Kind::text, false, true},
                       {"externalAuth", Kind::object, false, true}});
        checkExternalAuth(checks, body);
        if (!checks.passed()) return checks.reply();
        if (auto refusal = refuseTaken(world.applications, "An application", body.value("name", ""), &application))
            return *refusal;
        for (const auto& [name, value] : body.items()) {
            if (value.is_null())
                application.shown.erase(name);
            else if (name == "externalAuth")
                mergeExternalAuth(application.shown[name], value);
            else
                application.shown[name] = value;
        }
        application.shown["updatedAt"] = utcNow();
        return ok({{"application", shown(world, application)}});
    });
}

Reply archiveApplication(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        const Json id = application.shown["id"];
        const auto belongs = [&id](const Json& session) { return session["agentId"] == id; };
        world.sessions.erase(std::remove_if(world.sessions.begin(), world.sessions.end(), belongs),
                             world.sessions.end());
        world.applications.erase(world.applications.begin() + (&application - world.applications.data()));
        return noContent();
    });
}

Reply rotateApplicationSecret(World& world, const Request& request) {
    return onApplication(world, request, [](Application& application) {
        if (application.oauth["type"] != "confidential") return fault(400, "A public client has no secret to rotate");
        return ok({{"oauth", withNewSecret(application)}});
    });
}

Reply getApplicationOAuth(World& world, const Request& request) {
    return onApplication(world, request, [](Application& application) { return ok({{"oauth", application.oauth}}); });
}

Reply updateApplicationOAuth(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checks.object(body, "", oauthMembers(false));
        if (!checks.passed()) return checks.reply();
        application.oauth.update(body);
        application.shown["updatedAt"] = utcNow();
        return ok({{"oauth", application.oauth}});
    });
}

Reply listApplicationIntegrations(World& world, const Request& request) {
    return onApplication(world, request, [](Application& a) { return ok({{"integrationIds", a.integrationIds}}); });
}

Reply setApplicationIntegrations(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checks.object(body, "", {{"integrationIds", Kind::strings, true}});
        if (!checks.passed()) return checks.reply();
        const Json& ids = body["integrationIds"];
        std::vector<std::string> wanted;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string id = ids[i];
            if (withId(world.integrations, id) == nullptr)
                checks.fault("integrationIds[" + std::to_string(i) + "]", "is no integration");
            if (std::find(wanted.begin(), wanted.end(), id) == wanted.end()) wanted.push_back(id);
        }
        if (!checks.passed()) return checks.reply();
        application.integrationIds = wanted;
        return ok({{"integrationIds", wanted}});
    });
}

Reply attachIntegration(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        const std::string& id = request.segments.back();
        if (withId(world.integrations, id) == nullptr) return fault(404, "Integration not found");
        std::vector<std::string>& ids = application.integrationIds;
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
        return noContent();
    });
}

Reply detachIntegration(World& world, const Request& request) {
    return onApplication(world, request, [&](Application& application) {
        std::vector<std::string>& ids = application.integrationIds;
        const auto found = std::find(ids.begin(), ids.end(), request.segments.back());
        if (found == ids.end()) return fault(404, "The integration is not attached to this application");
        ids.erase(found);
        return noContent();
    });
}

} // namespace kontext_emulator
