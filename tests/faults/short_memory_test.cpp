// Memory that runs out while libcurl has called us, which must not throw through it.

#include <new>
#include <string>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"
#include "faults/short_memory.hpp"

namespace kontext_test::short_memory_test {
namespace {

constexpr std::size_t large = 40'000;

/// Answers requests for a token, and others with this.
FaultServer::Script answering(const std::string& response) {
    return [response](Peer& peer) {
        while (peer.receive())
            if (!peer.send(peer.request().target == "/oauth2/token" ? goodResponse(R"({"access_token":"t"})")
                                                                    : response))
                return;
    };
}

class ShortOfMemory : public ::testing::Test {
protected:
    /// A call that fails by std::bad_alloc, and works when there is memory again.
    static void expectBadAlloc(const std::string& response, std::size_t least, std::size_t most) {
        const FaultServer server(answering(response));
        kontext::ClientConfig config{.baseUrl = server.url(),
                                     .credentials = {.clientId = clientId, .clientSecret = clientSecret}};
        const kontext::KontextManagementClient client(config);
        client.refreshToken();
        {
            const ShortMemory memory(least, most);
            EXPECT_THROW(client.applications.get("42"), std::bad_alloc);
            EXPECT_EQ(memory.refusals(), 1) << "it was tried again";
        }
        EXPECT_EQ(client.applications.get("42").application.name, "Answer");
    }
};

TEST_F(ShortOfMemory, ForTheBodyOfAResponse) {
    const std::string padded = application() + std::string(large, ' ');
    expectBadAlloc(goodResponse(padded), large, 2 * large);
    expectBadAlloc("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + application()
                       + std::string(0xffff - application().size(), ' ') + "\r\n0\r\n\r\n",
                   large, 10 * large);
}

TEST_F(ShortOfMemory, ForAHeaderOfAResponse) {
    expectBadAlloc(goodResponse(application(), "X-Long: " + std::string(large, 'h') + "\r\n"), large, 2 * large);
}

// The list of a handle's sockets, which grows by one when a connection is opened.
TEST_F(ShortOfMemory, ForASocket) {
    const FaultServer server(answering(goodResponse()));
    const kontext::KontextManagementClient client(
        {.baseUrl = server.url(), .credentials = {.clientId = clientId, .clientSecret = clientSecret}});
    {
        const ShortMemory memory(sizeof(int), sizeof(int));
        EXPECT_THROW(client.refreshToken(), std::bad_alloc);
        EXPECT_EQ(memory.refusals(), 1);
    }
    EXPECT_EQ(client.applications.get("42").application.name, "Answer");
}

} // namespace
} // namespace kontext_test::short_memory_test
