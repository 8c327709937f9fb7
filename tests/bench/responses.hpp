// What the API answers, in its shape: the one source of every response that is measured.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// A token response; the token is of a JWT's length.
std::string tokenResponse();
std::string applicationResponse();
std::string applications(std::size_t count);
std::string integrations(std::size_t count);
std::string serviceAccounts(std::size_t count);
std::string sessions(std::size_t count);
std::string traces(std::size_t count);
/// `responseBytes`: how much arbitrary JSON each event carries in its responseJson.
std::string events(std::size_t count, std::size_t responseBytes = 300);

} // namespace bench
