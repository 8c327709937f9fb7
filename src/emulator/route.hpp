// What the emulator serves: the file of each resource ends with a table of its routes.
#pragma once

#include <array>
#include <vector>

#include "emulator/message.hpp"
#include "emulator/store.hpp"

namespace kontext_emulator {

/// The store is locked while it runs.
using Handler = Response (*)(Store&, const Request&);

/// What a route takes beside its path: anything else is refused before the handler runs. The handler checks what it is.
enum class Takes { nothing, query, body };

/// A route: its segments behind /api/v1, ":" standing for an id.
struct Route {
    const char* method;
    std::array<const char*, 4> path; // null behind the last
    Handler handler;
    Takes takes = Takes::nothing;
};

/// Literal segments before ids: the first that matches is taken.
using Routes = std::vector<Route>;

extern const Routes applicationRoutes;
extern const Routes integrationRoutes;
extern const Routes serviceAccountRoutes;
extern const Routes sessionRoutes;
extern const Routes traceRoutes;

} // namespace kontext_emulator
