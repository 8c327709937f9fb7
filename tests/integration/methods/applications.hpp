// The methods of client.applications.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

inline const std::string application =
    R"({"id!":"app-1","name":"My \"App\" \u00fc","description?":"For tests","clientId?":"app_1",)"
    R"("createdAt?":"2026-01-31T12:00:00.000Z","updatedAt?":"2026-02-01T12:00:00.000Z",)"
    R"("sessions?":{"active":1,"idle":2,"live":3,"total":4},)"
    R"("externalAuth?":{"enabled":true,"issuer":"https://idp.example","jwksUrl":"https://idp.example/jwks",)"
    R"("audience":"kontext","allowedAlgorithms":["RS256","ES256"],"requiredClaims?*":{"org":"x"},)"
    R"("allowedReturnUrls":["https://a.example"],"maxTokenAgeSeconds":300,"partnerApiKeyConfigured":true}})";
inline const std::string applicationOAuth =
    R"({"type?":"confidential","clientId?":"app_1","clientSecret?":"shown-once \u00fc",)"
    R"("redirectUris":["https://a.example/cb","https://b.example/cb"],"pkceRequired?":false,"scopes":["read","write"],)"
    R"("allowedResources":["https://mcp.example"],"gatewayUrl?":"https://gateway.example"})";
inline const std::string revokedSessions = R"({"success~":false,"disconnectedCount":3})";

// clang-format off
inline const std::vector<Method> applications = {
    {"list", "GET", "/applications",
     [](auto& c, auto& a, auto& o) { return c.applications.list({.limit = a.limit, .cursor = a.cursor}, o); }, pageOf(application)},
    {"listAll", "GET", "/applications",
     [](auto& c, auto& a, auto& o) { return c.applications.listAll({.limit = a.limit, .cursor = a.cursor}, o); }, itemsOf(application)},
    {"get", "GET", "/applications/{id}",
     [](auto& c, auto& a, auto& o) { return c.applications.get(a.id, o); },
     R"({"application!":)" + application + "}"},
    {"create", "POST", "/applications",
     [](auto& c, auto&, auto& o) { return c.applications.create({.name = "App"}, o); },
     R"({"application!":)" + application + R"(,"oauth":)" + applicationOAuth + "}", R"({"name":"App","oauth":{"redirectUris":[]}})"},
    {"update", "PATCH", "/applications/{id}",
     [](auto& c, auto& a, auto& o) { return c.applications.update(a.id, {.name = "App"}, o); },
     R"({"application!":)" + application + "}", R"({"name":"App"})"},
    {"archive", "DELETE", "/applications/{id}",
     [](auto& c, auto& a, auto& o) { c.applications.archive(a.id, o); }, "", "", Body::ignored},
    {"rotateSecret", "POST", "/applications/{id}/rotate-secret",
     [](auto& c, auto& a, auto& o) { return c.applications.rotateSecret(a.id, o); },
     R"({"oauth!":)" + applicationOAuth + "}"},
    {"getOAuth", "GET", "/applications/{id}/oauth",
     [](auto& c, auto& a, auto& o) { return c.applications.getOAuth(a.id, o); },
     R"({"oauth!":)" + applicationOAuth + "}"},
    {"updateOAuth", "PATCH", "/applications/{id}/oauth",
     [](auto& c, auto& a, auto& o) { return c.applications.updateOAuth(a.id, {.pkceRequired = true}, o); },
     R"({"oauth!":)" + applicationOAuth + "}", R"({"pkceRequired":true})"},
    {"listIntegrations", "GET", "/applications/{id}/integrations",
     [](auto& c, auto& a, auto& o) { return c.applications.listIntegrations(a.id, o); }, R"({"integrationIds":["int-1","int-2"]})"},
    {"setIntegrations", "PUT", "/applications/{id}/integrations",
     [](auto& c, auto& a, auto& o) { return c.applications.setIntegrations(a.id, {.integrationIds = {"x"}}, o); },
     R"({"integrationIds~":["int-1","int-2"]})", R"({"integrationIds":["x"]})", Body::jsonOrNothing},
    {"attachIntegration", "POST", "/applications/{id}/integrations/{integrationId}",
     [](auto& c, auto& a, auto& o) { c.applications.attachIntegration(a.id, a.id2, o); }, "", "", Body::ignored},
    {"detachIntegration", "DELETE", "/applications/{id}/integrations/{integrationId}",
     [](auto& c, auto& a, auto& o) { c.applications.detachIntegration(a.id, a.id2, o); }, "", "", Body::ignored},
    {"revokeAllAgentSessions", "DELETE", "/applications/{id}/sessions",
     [](auto& c, auto& a, auto& o) { return c.applications.revokeAllAgentSessions(a.id, o); },
     revokedSessions, "", Body::jsonOrNothing},
    {"accessGraph", "GET", "/applications/access-graph",
     [](auto& c, auto&, auto& o) { return c.applications.accessGraph(o); }, R"({"nodes":[]})"},
};
// clang-format on

} // namespace kontext_test
