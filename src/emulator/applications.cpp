#include <algorithm>

#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/route.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

const Response notFound = errorResponse(404, "Application not found");

Json json(const Store& store, const Application& application) {
    Json out = application.shown;
    out["sessions"] = countSessions(store, out["id"]);
    return out;
}

std::vector<Member> oauthMembers(bool creating) {
    return {{"type", Kind::string, false, false, {"public", "confidential"}},
            {"redirectUris", Kind::urls, creating},
            {"pkceRequired", Kind::boolean},
            {"scopes", Kind::strings},
            {"allowedResources", Kind::strings}};
}

void checkExternalAuth(Validator& validator, const Json& body) {
    const auto found = body.find("externalAuth");
    if (found == body.end() || !found->is_object()) return;
    validator.object(*found, "externalAuth.",
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

/// The response with the OAuth client and a secret that is not shown again; a public client has none.
Json withNewSecret(const Application& application) {
    Json oauth = application.oauth;
    if (oauth["type"] == "confidential") oauth["clientSecret"] = "app_secret_" + randomText(32);
    return oauth;
}

/// Runs on the application that the path names.
template <class Action>
Response onApplication(Store& store, const Request& request, Action action) {
    Application* application = withId(store.applications, request.segments[3]);
    if (application == nullptr) return notFound;
    return action(*application);
}

Response listApplications(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}, {"all", Kind::boolean}});
    if (!validator.passed()) return validator.response();
    std::vector<Listed> items;
    for (const Application& one : store.applications)
        items.push_back({one.sequence, json(store, one)});
    return pageOf(items, request);
}

Response createApplication(Store& store, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Validator validator;
    validator.object(body, "",
                     {{"name", Kind::string, true}, {"oauth", Kind::object, true}, {"description", Kind::text}});
    if (body.contains("oauth") && body["oauth"].is_object())
        validator.object(body["oauth"], "oauth.", oauthMembers(true));
    if (!validator.passed()) return validator.response();
    if (auto refusal = refuseTaken(store.applications, "An application", body["name"])) return *refusal;

    Application application;
    application.sequence = ++store.lastSequence;
    const std::string clientId = "app_" + uuid();
    const std::string now = utcNow();
    application.shown = {{"id", uuid()}, {"name", body["name"]}};
    if (body.contains("description")) application.shown["description"] = body["description"];
    application.shown.update({{"clientId", clientId}, {"createdAt", now}, {"updatedAt", now}});
    application.oauth = {{"type", "confidential"}, {"clientId", clientId},    {"redirectUris", Json::array()},
                         {"pkceRequired", true},   {"scopes", Json::array()}, {"allowedResources", Json::array()}};
    application.oauth.update(body["oauth"]);
    store.applications.push_back(application);
    return created({{"application", json(store, application)}, {"oauth", withNewSecret(application)}});
}

Response getApplication(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& a) { return ok({{"application", json(store, a)}}); });
}

Response updateApplication(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        validator.object(body, "",
                         {{"name", Kind::string},
                          {"description", Kind::text, false, true},
                          {"externalAuth", Kind::object, false, true}});
        checkExternalAuth(validator, body);
        if (!validator.passed()) return validator.response();
        if (auto refusal = refuseTaken(store.applications, "An application", body.value("name", ""), &application))
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
        return ok({{"application", json(store, application)}});
    });
}

Response archiveApplication(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        const Json id = application.shown["id"];
        const auto belongs = [&id](const Json& session) { return session["agentId"] == id; };
        store.sessions.erase(std::remove_if(store.sessions.begin(), store.sessions.end(), belongs),
                             store.sessions.end());
        store.applications.erase(store.applications.begin() + (&application - store.applications.data()));
        return noContent();
    });
}

Response rotateApplicationSecret(Store& store, const Request& request) {
    return onApplication(store, request, [](Application& application) {
        if (application.oauth["type"] != "confidential")
            return errorResponse(400, "A public client has no secret to rotate");
        return ok({{"oauth", withNewSecret(application)}});
    });
}

Response getApplicationOAuth(Store& store, const Request& request) {
    return onApplication(store, request, [](Application& application) { return ok({{"oauth", application.oauth}}); });
}

Response updateApplicationOAuth(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        validator.object(body, "", oauthMembers(false));
        if (!validator.passed()) return validator.response();
        application.oauth.update(body);
        application.shown["updatedAt"] = utcNow();
        return ok({{"oauth", application.oauth}});
    });
}

Response listApplicationIntegrations(Store& store, const Request& request) {
    return onApplication(store, request, [](Application& a) { return ok({{"integrationIds", a.integrationIds}}); });
}

Response setApplicationIntegrations(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        validator.object(body, "", {{"integrationIds", Kind::strings, true}});
        if (!validator.passed()) return validator.response();
        const Json& ids = body["integrationIds"];
        std::vector<std::string> wanted;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string id = ids[i];
            if (withId(store.integrations, id) == nullptr)
                validator.errorResponse("integrationIds[" + std::to_string(i) + "]", "does not exist");
            if (std::find(wanted.begin(), wanted.end(), id) == wanted.end()) wanted.push_back(id);
        }
        if (!validator.passed()) return validator.response();
        application.integrationIds = wanted;
        return ok({{"integrationIds", wanted}});
    });
}

Response attachIntegration(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        const std::string& id = request.segments.back();
        if (withId(store.integrations, id) == nullptr) return errorResponse(404, "Integration not found");
        std::vector<std::string>& ids = application.integrationIds;
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
        return noContent();
    });
}

Response detachIntegration(Store& store, const Request& request) {
    return onApplication(store, request, [&](Application& application) {
        std::vector<std::string>& ids = application.integrationIds;
        const auto found = std::find(ids.begin(), ids.end(), request.segments.back());
        if (found == ids.end()) return errorResponse(404, "The integration is not attached to this application");
        ids.erase(found);
        return noContent();
    });
}

Response getAccessGraph(Store&, const Request&) {
    return errorResponse(501, "The emulator has no access graph: the vendor does not document what it looks like");
}

} // namespace

const Routes applicationRoutes = {
    {"GET", {"applications"}, &listApplications, Takes::query},
    {"POST", {"applications"}, &createApplication, Takes::body},
    {"GET", {"applications", "access-graph"}, &getAccessGraph},
    {"GET", {"applications", ":"}, &getApplication},
    {"PATCH", {"applications", ":"}, &updateApplication, Takes::body},
    {"DELETE", {"applications", ":"}, &archiveApplication},
    {"POST", {"applications", ":", "rotate-secret"}, &rotateApplicationSecret},
    {"GET", {"applications", ":", "oauth"}, &getApplicationOAuth},
    {"PATCH", {"applications", ":", "oauth"}, &updateApplicationOAuth, Takes::body},
    {"GET", {"applications", ":", "integrations"}, &listApplicationIntegrations},
    {"PUT", {"applications", ":", "integrations"}, &setApplicationIntegrations, Takes::body},
    {"POST", {"applications", ":", "integrations", ":"}, &attachIntegration},
    {"DELETE", {"applications", ":", "integrations", ":"}, &detachIntegration},
};

} // namespace kontext_emulator
