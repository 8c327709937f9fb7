// A client without a network: its transport answers at once, so that what is left is the call loop and the decoding.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// A list of the API.
struct Resource {
    const char* name;
    std::string (*response)(std::size_t count);
    /// Lists once by a client that gets `response`, and returns how many items came.
    std::function<std::size_t()> (*lister)(std::string response);
};

/// Applications, integrations, serviceAccounts, sessions, traces, events.
const std::vector<Resource>& resources();

} // namespace bench
