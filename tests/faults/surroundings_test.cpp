// What lies about, in the user's home or in earlier responses, and is none of the client's business.

#include <gtest/gtest.h>

#include "faults/environment.hpp"
#include "faults/scenario.hpp"
#include "support/temp_dir.hpp"
#include "transport/curl_transport.hpp"

namespace kontext_test::surroundings_test {
namespace {

kontext::HttpRequest requestTo(const std::string& url) {
    kontext::HttpRequest request;
    request.method = "GET";
    request.url = url;
    request.connectTimeout = milliseconds(20'000);
    request.timeout = milliseconds(30'000);
    request.maxResponseBytes = 1'000;
    return request;
}

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
    EXPECT_EQ(transport.send(requestTo(server.url() + "/")).statusCode, 200);
    ASSERT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(server.requests().front().count("Authorization"), 0u);
}

// The program may run with an older libcurl than it was built with.
TEST(OlderLibcurl, IsGivenTheOptionsThatItKnows) {
    const FaultServer server(always(goodResponse()));
    kontext::transport::CurlSettings settings =
        kontext::transport::checkSettings({}, {}, kontext::HttpVersion::http1_1);
    settings.libcurlVersion = 0x075000;
    const auto send = [&](const std::string& url) {
        return kontext::transport::CurlHandle(settings).send(requestTo(url), {});
    };
    EXPECT_EQ(send(server.url() + "/").statusCode, 200);
    EXPECT_THROW(send("file:///etc/passwd"), kontext::NetworkError);
}

// Whatever it is that libcurl does not take, it does not take it the next time either.
TEST(OlderLibcurl, ThatRefusesAnOptionIsAFaultOfTheConfiguration) {
    kontext::transport::CurlTransport transport({}, {}, kontext::HttpVersion::http1_1);
    const Result result =
        observe([&] { transport.send(requestTo("http://127.0.0.1/" + std::string(9'000'000, 'x'))); });
    EXPECT_EQ(result.error, "ConfigError");
    EXPECT_NE(result.message.find("refuses option"), std::string::npos) << result.message;
}

} // namespace
} // namespace kontext_test::surroundings_test
