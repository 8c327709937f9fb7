#include <algorithm>

#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/route.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

template <class Action>
Response onIntegration(Store& store, const Request& request, Action action) {
    Integration* integration = withId(store.integrations, request.segments[3]);
    if (integration == nullptr) return errorResponse(404, "Integration not found");
    return action(*integration);
}

void checkMembers(Validator& validator, const Json& body, bool creating) {
    const bool patch = !creating;
    validator.object(body, "",
                     {{"name", Kind::string, creating},
                      {"url", Kind::url, creating},
                      {"category", Kind::string, false, false, {"gateway_remote_mcp", "internal_mcp_credentials"}},
                      {"authMode", Kind::string, false, false, {"oauth", "user_token", "server_token", "none"}},
                      {"oauth", Kind::object, false, patch},
                      {"capabilities", Kind::any, false, patch},
                      {"credentialSchema", Kind::object, false, patch},
                      {"serverToken", Kind::string, false, patch}});
    if (body.contains("oauth") && body["oauth"].is_object())
        validator.object(body["oauth"], "oauth.",
                         {{"provider", Kind::string}, {"issuer", Kind::url}, {"scopes", Kind::strings}});
}

/// A server token and the mode server_token want each other. `before` is the mode and whether there is a token already.
void checkServerToken(Validator& validator, const Json& body, const Json& before) {
    const Json mode = body.value("authMode", before.value("authMode", Json("none")));
    const bool given = body.contains("serverToken") && !body["serverToken"].is_null();
    const bool had = before.value("serverTokenConfigured", false) && !body.contains("serverToken");
    if (given && mode != "server_token") validator.errorResponse("serverToken", "is only for authMode server_token");
    if (mode == "server_token" && !given && !had)
        validator.errorResponse("serverToken", "is required when authMode is server_token");
}

void change(Integration& integration, const Json& body) {
    Json& shown = integration.shown;
    const Json modeBefore = shown["authMode"];
    for (const auto& [name, value] : body.items()) {
        if (name == "serverToken")
            shown["serverTokenConfigured"] = !value.is_null();
        else if (value.is_null())
            shown.erase(name);
        else
            shown[name] = value;
    }
    if (shown["authMode"] != "server_token") shown["serverTokenConfigured"] = false;
    if (shown["authMode"] != modeBefore) integration.connected = false;
    if (body.contains("url") || body.contains("authMode")) shown["validationStatus"] = nullptr;
    shown["updatedAt"] = utcNow();
}

Response listIntegrations(Store& store, const Request& request) {
    Validator validator;
    validator.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}});
    if (!validator.passed()) return validator.response();
    std::vector<Listed> items;
    for (const Integration& one : store.integrations)
        items.push_back({one.sequence, one.shown});
    return pageOf(items, request);
}

Response createIntegration(Store& store, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Validator validator;
    checkMembers(validator, body, true);
    checkServerToken(validator, body, Json::object());
    if (!validator.passed()) return validator.response();
    if (auto refusal = refuseTaken(store.integrations, "An integration", body["name"])) return *refusal;

    Integration integration;
    integration.sequence = ++store.lastSequence;
    integration.shown = {{"id", uuid()},
                         {"name", ""},
                         {"url", ""},
                         {"authMode", "none"},
                         {"category", "gateway_remote_mcp"},
                         {"serverTokenConfigured", false},
                         {"validationStatus", nullptr},
                         {"createdAt", utcNow()}};
    change(integration, body);
    store.integrations.push_back(integration);
    return created({{"integration", integration.shown}});
}

Response getIntegration(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& one) { return ok({{"integration", one.shown}}); });
}

Response updateIntegration(Store& store, const Request& request) {
    return onIntegration(store, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        checkMembers(validator, body, false);
        checkServerToken(validator, body, integration.shown);
        if (!validator.passed()) return validator.response();
        if (auto refusal = refuseTaken(store.integrations, "An integration", body.value("name", ""), &integration))
            return *refusal;
        change(integration, body);
        return ok({{"integration", integration.shown}});
    });
}

Response archiveIntegration(Store& store, const Request& request) {
    return onIntegration(store, request, [&](Integration& integration) {
        const std::string id = integration.shown["id"];
        for (Application& application : store.applications) {
            auto& ids = application.integrationIds;
            ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
        }
        store.integrations.erase(store.integrations.begin() + (&integration - store.integrations.data()));
        return noContent();
    });
}

/// There is no MCP endpoint to try: a URL with "invalid" in it is invalid, any other is valid.
Response validateIntegration(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& integration) {
        const bool invalid = integration.shown["url"].get<std::string>().find("invalid") != std::string::npos;
        integration.shown["validationStatus"] = invalid ? "invalid" : "valid";
        if (invalid) return ok({{"status", "invalid"}, {"message", "The MCP endpoint does not answer"}});
        return ok({{"status", "valid"}});
    });
}

// The vendor documents these paths and what they take, not what they answer: the answers are our reading.

Response getIntegrationOAuth(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& integration) {
        if (integration.oauthConfig.is_null()) return errorResponse(404, "The integration has no OAuth configuration");
        return ok({{"oauth", integration.oauthConfig}});
    });
}

Response setIntegrationOAuth(Store& store, const Request& request) {
    return onIntegration(store, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        validator.object(body, "",
                         {{"clientId", Kind::string, true},
                          {"clientSecret", Kind::string, true},
                          {"authorizationUrl", Kind::url, true},
                          {"tokenUrl", Kind::url, true},
                          {"scopes", Kind::strings}});
        if (!validator.passed()) return validator.response();
        body.erase("clientSecret");
        body["clientSecretConfigured"] = true;
        integration.oauthConfig = body;
        return ok({{"oauth", body}});
    });
}

Response removeIntegrationOAuth(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& integration) {
        if (integration.oauthConfig.is_null()) return errorResponse(404, "The integration has no OAuth configuration");
        integration.oauthConfig = nullptr;
        return noContent();
    });
}

Response addConnection(Store& store, const Request& request) {
    return onIntegration(store, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Validator validator;
        validator.object(body, "", {{"token", Kind::string, true}});
        if (validator.passed() && integration.shown["authMode"] != "user_token")
            validator.errorResponse("token", "is only for integrations with authMode user_token");
        if (!validator.passed()) return validator.response();
        integration.connected = true;
        return created({{"connected", true}});
    });
}

Response getConnection(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& one) { return ok({{"connected", one.connected}}); });
}

Response removeConnection(Store& store, const Request& request) {
    return onIntegration(store, request, [](Integration& integration) {
        if (!integration.connected) return errorResponse(404, "There is no connection");
        integration.connected = false;
        return noContent();
    });
}

} // namespace

const Routes integrationRoutes = {
    {"GET", {"integrations"}, &listIntegrations, Takes::query},
    {"POST", {"integrations"}, &createIntegration, Takes::body},
    {"GET", {"integrations", ":"}, &getIntegration},
    {"PATCH", {"integrations", ":"}, &updateIntegration, Takes::body},
    {"DELETE", {"integrations", ":"}, &archiveIntegration},
    {"POST", {"integrations", ":", "validate"}, &validateIntegration},
    {"GET", {"integrations", ":", "oauth"}, &getIntegrationOAuth},
    {"PUT", {"integrations", ":", "oauth"}, &setIntegrationOAuth, Takes::body},
    {"DELETE", {"integrations", ":", "oauth"}, &removeIntegrationOAuth},
    {"POST", {"integrations", ":", "connection"}, &addConnection, Takes::body},
    {"GET", {"integrations", ":", "connection"}, &getConnection},
    {"DELETE", {"integrations", ":", "connection"}, &removeConnection},
};

} // namespace kontext_emulator
