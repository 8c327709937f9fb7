// What tests say over and over: a client of a WireServer, and an error that must come.
#pragma once

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "support/wire_server.hpp"

namespace kontext_test {

/// Retries wait a millisecond, so that nothing waits for long.
inline kontext::ClientConfig configFor(const WireServer& server) {
    return {.baseUrl = server.url(),
            .credentials = {.clientId = "sa_tester", .clientSecret = "s3cret-of-the-tester"},
            .retry = {.initialDelay = std::chrono::milliseconds(1)}};
}

/// The error that `call` throws, of exactly this class; anything else fails the test.
template <class Error, class Call>
Error thrown(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(typeid(error).name()), typeid(Error).name()) << error.what();
        return error;
    }
    throw std::logic_error(std::string("nothing was thrown, where there should be ") + typeid(Error).name());
}

/// A server and its client, which fetches its token when the first call comes.
class Wired : public ::testing::Test {
protected:
    WireServer server{};
    kontext::KontextManagementClient client{configFor(server)};

    void answers(std::string json) { server.respond(Response::json(std::move(json))); }
    /// The last API request that came.
    Request sent() const {
        const auto requests = server.requests();
        if (requests.empty()) throw std::logic_error("no request came");
        return requests.back();
    }
};

} // namespace kontext_test
