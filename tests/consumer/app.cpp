// A program outside the project: it uses the client without a network, and catches what the library throws.
#include <cstdio>
#include <memory>
#include <string>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>

int main() {
    const auto mock = std::make_shared<kontext::mock::MockTransport>();
    mock->on("GET", "/api/v1/applications/1").reply(200, R"({"application":{"id":"1","name":"a"}})");
    mock->on("GET", "/api/v1/applications/2").reply(404, R"({"message":"Application not found","statusCode":404})");
    kontext::ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials.clientId = "a";
    config.credentials.clientSecret = "b";
    config.transport = mock;
    const kontext::KontextManagementClient client(config);
    if (client.applications.get("1").application.name != "a") return 1;
    try {
        client.applications.get("2");
    } catch (const kontext::NotFoundError& error) {
        std::printf("kontext %s: %s\n", kontext::version(), error.what());
        return error.message() == "Application not found" && mock->requests().size() == 3 ? 0 : 2;
    }
    return 3;
}
