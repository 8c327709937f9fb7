#include <algorithm>

#include "emulator/ids.hpp"
#include "emulator/page.hpp"
#include "emulator/store.hpp"
#include "emulator/validator.hpp"

namespace kontext_emulator {
namespace {

template <class Action>
Reply onIntegration(World& world, const Request& request, Action action) {
    Integration* integration = withId(world.integrations, request.segments[3]);
    if (integration == nullptr) return fault(404, "Integration not found");
    return action(*integration);
}

void checkMembers(Checks& checks, const Json& body, bool creating) {
    const bool patch = !creating;
    checks.object(body, "",
                  {{"name", Kind::string, creating},
                   {"url", Kind::url, creating},
                   {"category", Kind::string, false, false, {"gateway_remote_mcp", "internal_mcp_credentials"}},
                   {"authMode", Kind::string, false, false, {"oauth", "user_token", "server_token", "none"}},
                   {"oauth", Kind::object, false, patch},
                   {"capabilities", Kind::any, false, patch},
                   {"credentialSchema", Kind::object, false, patch},
                   {"serverToken", Kind::string, false, patch}});
    if (body.contains("oauth") && body["oauth"].is_object())
        checks.object(body["oauth"], "oauth.",
                      {{"provider", Kind::string}, {"issuer", Kind::url}, {"scopes", Kind::strings}});
}

/// A server token and the mode server_token want each other. `before` is the mode and whether there is a token already.
void checkServerToken(Checks& checks, const Json& body, const Json& before) {
    const Json mode = body.value("authMode", before.value("authMode", Json("none")));
    const bool given = body.contains("serverToken") && !body["serverToken"].is_null();
    const bool had = before.value("serverTokenConfigured", false) && !body.contains("serverToken");
    if (given && mode != "server_token") checks.fault("serverToken", "belongs to authMode server_token alone");
    if (mode == "server_token" && !given && !had)
        checks.fault("serverToken", "is required when authMode is server_token");
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

} // namespace

Reply listIntegrations(World& world, const Request& request) {
    Checks checks;
    checks.query(request.query, {{"limit", Kind::count}, {"cursor", Kind::string}});
    if (!checks.passed()) return checks.reply();
    std::vector<Listed> items;
    for (const Integration& one : world.integrations)
        items.push_back({one.sequence, one.shown});
    return pageOf(items, request);
}

Reply createIntegration(World& world, const Request& request) {
    Json body;
    if (auto refusal = readObject(request, body)) return *refusal;
    Checks checks;
    checkMembers(checks, body, true);
    checkServerToken(checks, body, Json::object());
    if (!checks.passed()) return checks.reply();
    if (auto refusal = refuseTaken(world.integrations, "An integration", body["name"])) return *refusal;

    Integration integration;
    integration.sequence = ++world.lastSequence;
    integration.shown = {{"id", uuid()},
                         {"name", ""},
                         {"url", ""},
                         {"authMode", "none"},
                         {"category", "gateway_remote_mcp"},
                         {"serverTokenConfigured", false},
                         {"validationStatus", nullptr},
                         {"createdAt", utcNow()}};
    change(integration, body);
    world.integrations.push_back(integration);
    return created({{"integration", integration.shown}});
}

Reply getIntegration(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& one) { return ok({{"integration", one.shown}}); });
}

Reply updateIntegration(World& world, const Request& request) {
    return onIntegration(world, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checkMembers(checks, body, false);
        checkServerToken(checks, body, integration.shown);
        if (!checks.passed()) return checks.reply();
        if (auto refusal = refuseTaken(world.integrations, "An integration", body.value("name", ""), &integration))
            return *refusal;
        change(integration, body);
        return ok({{"integration", integration.shown}});
    });
}

Reply archiveIntegration(World& world, const Request& request) {
    return onIntegration(world, request, [&](Integration& integration) {
        const std::string id = integration.shown["id"];
        for (Application& application : world.applications) {
            auto& ids = application.integrationIds;
            ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
        }
        world.integrations.erase(world.integrations.begin() + (&integration - world.integrations.data()));
        return noContent();
    });
}

/// There is no MCP endpoint to try: a URL with "invalid" in it is invalid, any other is valid.
Reply validateIntegration(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& integration) {
        const bool invalid = integration.shown["url"].get<std::string>().find("invalid") != std::string::npos;
        integration.shown["validationStatus"] = invalid ? "invalid" : "valid";
        if (invalid) return ok({{"status", "invalid"}, {"message", "The MCP endpoint does not answer"}});
        return ok({{"status", "valid"}});
    });
}

// The vendor documents these paths and what they take, not what they answer: the answers are our reading.

Reply getIntegrationOAuth(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& integration) {
        if (integration.oauthConfig.is_null()) return fault(404, "The integration has no OAuth configuration");
        return ok({{"oauth", integration.oauthConfig}});
    });
}

Reply setIntegrationOAuth(World& world, const Request& request) {
    return onIntegration(world, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checks.object(body, "",
                      {{"clientId", Kind::string, true},
                       {"clientSecret", Kind::string, true},
                       {"authorizationUrl", Kind::url, true},
                       {"tokenUrl", Kind::url, true},
                       {"scopes", Kind::strings}});
        if (!checks.passed()) return checks.reply();
        body.erase("clientSecret");
        body["clientSecretConfigured"] = true;
        integration.oauthConfig = body;
        return ok({{"oauth", body}});
    });
}

Reply removeIntegrationOAuth(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& integration) {
        if (integration.oauthConfig.is_null()) return fault(404, "The integration has no OAuth configuration");
        integration.oauthConfig = nullptr;
        return noContent();
    });
}

Reply addConnection(World& world, const Request& request) {
    return onIntegration(world, request, [&](Integration& integration) {
        Json body;
        if (auto refusal = readObject(request, body)) return *refusal;
        Checks checks;
        checks.object(body, "", {{"token", Kind::string, true}});
        if (checks.passed() && integration.shown["authMode"] != "user_token")
            checks.fault("token", "belongs to integrations with authMode user_token");
        if (!checks.passed()) return checks.reply();
        integration.connected = true;
        return created({{"connected", true}});
    });
}

Reply getConnection(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& one) { return ok({{"connected", one.connected}}); });
}

Reply removeConnection(World& world, const Request& request) {
    return onIntegration(world, request, [](Integration& integration) {
        if (!integration.connected) return fault(404, "There is no connection");
        integration.connected = false;
        return noContent();
    });
}

} // namespace kontext_emulator
