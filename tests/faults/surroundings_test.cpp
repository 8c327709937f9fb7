// What lies about, in the user's home or in earlier responses, and is none of the client's business.

#include <gtest/gtest.h>

#include "faults/environment.hpp"
#include "faults/scenario.hpp"
#include "support/temp_dir.hpp"
#include "transport/curl_transport.hpp"

namespace kontext_test {
namespace {

TEST(Surroundings, ACookieIsNotSentBack) {
    const World world;
    const FaultServer server(always(goodResponse(application(), "Set-Cookie: session=abc; Path=/\r\n")));
    const Client client(world.config(server.url()));
    for (int i = 0; i < 3; ++i)
        getApplication(client);
    ASSERT_EQ(server.requests().size(), 3u);
    for (const Request& request : server.requests())
        EXPECT_EQ(request.count("Cookie"), 0u);
}

class WithNetrc : public ::testing::Test {
protected:
    TempDir home{};
    const Variable variable{"HOME", (home.file(".netrc", "machine 127.0.0.1 login bob password hunter2\n"
                                                         "default login bob password hunter2\n"),
                                     home.path(""))};
    const World world{};
    FaultServer server{always(goodResponse())};
};

TEST_F(WithNetrc, ACallIsMadeWithTheClientsTokenAlone) {
    const Client client(world.config(server.url()));
    getApplication(client);
    ASSERT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(server.requests().front().count("Authorization"), 1u);
    EXPECT_EQ(server.requests().front().header("Authorization"), "Bearer " + accessToken);
}

// Where there are no credentials of ours in their way, either.
TEST_F(WithNetrc, TheTransportSendsNoCredentialsOfItsOwn) {
    kontext::transport::CurlTransport transport({}, {}, kontext::HttpVersion::http1_1);
    kontext::HttpRequest request;
    request.method = "GET";
    request.url = server.url() + "/";
    request.connectTimeout = milliseconds(20'000);
    request.timeout = milliseconds(30'000);
    request.maxResponseBytes = 1'000;
    EXPECT_EQ(transport.send(request).statusCode, 200);
    ASSERT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(server.requests().front().count("Authorization"), 0u);
}

} // namespace
} // namespace kontext_test
