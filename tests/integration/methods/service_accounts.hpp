// The methods of client.serviceAccounts.
#pragma once

#include <string>
#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

inline const std::string serviceAccount =
    R"({"id!":"sa-1","name":"CI","description?":"Builds","clientId?":"sa_1","createdAt?":"2026-01-01T00:00:00Z",)"
    R"("updatedAt?":"2026-01-02T00:00:00Z","lastUsedAt?":"2026-01-03T00:00:00Z"})";
inline const std::string credentials = R"({"clientSecret!":"shown once \u00fc","clientId":"sa_1"})";

// clang-format off
inline const std::vector<Method> serviceAccounts = {
    {"list", "GET", "/service-accounts",
     [](auto& c, auto& a, auto& o) { return c.serviceAccounts.list({.limit = a.limit, .cursor = a.cursor}, o); }, pageOf(serviceAccount)},
    {"listAll", "GET", "/service-accounts",
     [](auto& c, auto& a, auto& o) { return c.serviceAccounts.listAll({.limit = a.limit, .cursor = a.cursor}, o); }, itemsOf(serviceAccount)},
    {"get", "GET", "/service-accounts/{id}",
     [](auto& c, auto& a, auto& o) { return c.serviceAccounts.get(a.id, o); },
     R"({"serviceAccount!":)" + serviceAccount + "}"},
    {"create", "POST", "/service-accounts",
     [](auto& c, auto&, auto& o) { return c.serviceAccounts.create({.name = "CI"}, o); },
     R"({"serviceAccount!":)" + serviceAccount + R"(,"credentials!":)" + credentials + "}", R"({"name":"CI"})"},
    {"revoke", "DELETE", "/service-accounts/{id}",
     [](auto& c, auto& a, auto& o) { c.serviceAccounts.revoke(a.id, o); }, "", "", Body::ignored},
    {"rotateSecret", "POST", "/service-accounts/{id}/rotate-secret",
     [](auto& c, auto& a, auto& o) { return c.serviceAccounts.rotateSecret(a.id, o); },
     R"({"credentials!":)" + credentials + "}"},
};
// clang-format on

} // namespace kontext_test
