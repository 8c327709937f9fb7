// The methods of the client itself.
#pragma once

#include <vector>

#include "integration/methods/method.hpp"

namespace kontext_test {

// clang-format off
inline const std::vector<Method> clientItself = {
    {"request", "GET", "/policy/settings",
     [](auto& c, auto&, auto& o) { c.request("GET", "/policy/settings", {}, o); }, "", "", Body::ignored},
    {"requestWithABody", "POST", "/policy",
     [](auto& c, auto&, auto& o) { c.request("POST", "/policy", {.body = R"({"rule":1})"}, o); }, "", R"({"rule":1})", Body::ignored},
};
// clang-format on

} // namespace kontext_test
