// The methods of client.integrations.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

inline const std::string integration =
    R"({"id!":"int-1","name":"GitHub","url":"https://mcp.example/mcp","authMode?":"server_token",)"
    R"("category?":"internal_mcp_credentials","capabilities?*":["tools",{"n":1.0}],)"
    R"("oauth?":{"provider?":"github","issuer?":"https://github.example","scopes":["repo"],)"
    R"("metadata?*":{"token_endpoint":"https://github.example/token"}},)"
    R"("credentialSchema?*":{"type":"object"},"serverTokenConfigured?":true,"validationStatus?":"pending",)"
    R"("createdAt?":"2026-01-31T12:00:00Z","updatedAt?":"2026-02-01T12:00:00Z"})";

// clang-format off
inline const std::vector<Method> integrations = {
    {"list", "GET", "/integrations",
     [](auto& c, auto& a, auto& o) { return c.integrations.list({.limit = a.limit, .cursor = a.cursor}, o); }, pageOf(integration)},
    {"listAll", "GET", "/integrations",
     [](auto& c, auto& a, auto& o) { return c.integrations.listAll({.limit = a.limit, .cursor = a.cursor}, o); }, itemsOf(integration)},
    {"get", "GET", "/integrations/{id}",
     [](auto& c, auto& a, auto& o) { return c.integrations.get(a.id, o); },
     R"({"integration!":)" + integration + "}"},
    {"create", "POST", "/integrations",
     [](auto& c, auto&, auto& o) { return c.integrations.create({.name = "Git", .url = "https://git.example"}, o); },
     R"({"integration!":)" + integration + "}", R"({"name":"Git","url":"https://git.example"})"},
    {"update", "PATCH", "/integrations/{id}",
     [](auto& c, auto& a, auto& o) { return c.integrations.update(a.id, {.name = "Git"}, o); },
     R"({"integration!":)" + integration + "}", R"({"name":"Git"})"},
    {"archive", "DELETE", "/integrations/{id}",
     [](auto& c, auto& a, auto& o) { c.integrations.archive(a.id, o); }, "", "", Body::ignored},
    {"validate", "POST", "/integrations/{id}/validate",
     [](auto& c, auto& a, auto& o) { return c.integrations.validate(a.id, o); },
     R"({"status!":"invalid","message?":"connection refused"})", "", Body::json, true},
    {"getOAuthConfig", "GET", "/integrations/{id}/oauth",
     [](auto& c, auto& a, auto& o) { return c.integrations.getOAuthConfig(a.id, o); }, R"({"clientId":"x"})"},
    {"setOAuthConfig", "PUT", "/integrations/{id}/oauth",
     [](auto& c, auto& a, auto& o) { return c.integrations.setOAuthConfig(a.id, {.clientId = "x", .clientSecret = "y", .authorizationUrl = "a", .tokenUrl = "t"}, o); },
     R"({"clientId":"x"})", R"({"clientId":"x","clientSecret":"y","authorizationUrl":"a","tokenUrl":"t"})", Body::jsonOrNothing},
    {"removeOAuthConfig", "DELETE", "/integrations/{id}/oauth",
     [](auto& c, auto& a, auto& o) { c.integrations.removeOAuthConfig(a.id, o); }, "", "", Body::ignored},
    {"addConnection", "POST", "/integrations/{id}/connection",
     [](auto& c, auto& a, auto& o) { return c.integrations.addConnection(a.id, {.token = "t"}, o); },
     R"({"connected":true})", R"({"token":"t"})", Body::jsonOrNothing},
    {"getConnectionStatus", "GET", "/integrations/{id}/connection",
     [](auto& c, auto& a, auto& o) { return c.integrations.getConnectionStatus(a.id, o); }, R"({"connected":true})"},
    {"revokeConnection", "DELETE", "/integrations/{id}/connection",
     [](auto& c, auto& a, auto& o) { c.integrations.revokeConnection(a.id, o); }, "", "", Body::ignored},
};
// clang-format on

} // namespace kontext_test
