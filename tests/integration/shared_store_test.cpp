// Two programs with one file of tokens, as CI jobs on one machine have it.

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <kontext/management.hpp>
#include <kontext/token_store.hpp>

#include "support/child.hpp"
#include "support/temp_dir.hpp"
#include "support/wire_server.hpp"

namespace {

using kontext_test::endOf;
using kontext_test::Response;
using kontext_test::startChild;
using kontext_test::TempDir;
using kontext_test::WireServer;
using Client = kontext::KontextManagementClient;

class SharedStore : public ::testing::Test {
protected:
    SharedStore() { server.respond(Response::json(R"({"application":{"id":"42"}})")); }

    kontext::ClientConfig config() const {
        return {.baseUrl = server.url(),
                .credentials = {.clientId = "sa_shared", .clientSecret = kontext::Secret("the-secret-of-both")},
                .tokenStore = kontext::makeFileTokenStore(directory.path("tokens"))};
    }

    /// So many processes, each with a client of its own that gets an application at the same moment as the others;
    /// how many of them could.
    int callAtOnce(int processes) const {
        int gate[2];
        if (pipe2(gate, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        std::vector<pid_t> children;
        for (int i = 0; i < processes; ++i)
            children.push_back(startChild([&] {
                close(gate[1]);
                char byte = 0;
                while (read(gate[0], &byte, 1) < 0 && errno == EINTR) {
                }
                return Client(config()).applications.get("42").application.id == "42";
            }));
        close(gate[1]); // the last sender: all of them go
        int good = 0;
        for (const pid_t child : children)
            good += endOf(child) == 0;
        close(gate[0]);
        return good;
    }

    WireServer server{};
    const TempDir directory{};
};

TEST_F(SharedStore, LetsTwoProcessesAtOnceMintAtMostOnceEach) {
    EXPECT_EQ(callAtOnce(2), 2);
    EXPECT_GE(server.tokenRequests().size(), 1U);
    EXPECT_LE(server.tokenRequests().size(), 2U);
}

TEST_F(SharedStore, GivesLaterProcessesTheTokenOfAnEarlierOne) {
    Client(config()).applications.get("42");
    EXPECT_EQ(callAtOnce(4), 4);
    EXPECT_EQ(server.tokenRequests().size(), 1U);
    for (const kontext_test::Request& request : server.requests())
        EXPECT_EQ(request.header("Authorization"), "Bearer token-1");
}

TEST_F(SharedStore, LetsTwoProcessesWhoseTokenIsRevokedMintAtMostOnceEach) {
    Client(config()).applications.get("42");
    server.on([](const kontext_test::Request& request) {
        if (request.header("Authorization") == "Bearer token-1") return Response{.status = 401};
        return Response::json(R"({"application":{"id":"42"}})");
    });
    EXPECT_EQ(callAtOnce(2), 2);
    EXPECT_LE(server.tokenRequests().size(), 3U);
    EXPECT_EQ(callAtOnce(2), 2);
    EXPECT_LE(server.tokenRequests().size(), 3U) << "the new one is in the file";
}

} // namespace
