// Compiled twice, against two versions of the library, into one program: each half calls its own.
#include <memory>
#include <string>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>

#ifdef SECOND
bool secondWorks() {
#else
bool firstWorks() {
#endif
    const auto mock = std::make_shared<kontext::mock::MockTransport>();
    mock->on("GET", "/api/v1/applications/1").reply(200, R"({"application":{"id":"1","name":"a"}})");
    mock->on("GET", "/api/v1/applications/2").reply(404, R"({"message":"Application not found"})");
    kontext::ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials.clientId = "a";
    config.credentials.clientSecret = "b";
    config.transport = mock;
    const kontext::KontextManagementClient client(config);
    if (client.applications.get("1").application.name != "a") return false;
    try {
        client.applications.get("2");
    } catch (const kontext::NotFoundError& error) {
        return error.message() == "Application not found";
    }
    return false;
}

#ifndef SECOND
bool secondWorks();

int main() {
    if (!firstWorks()) return 1;
    return secondWorks() ? 0 : 2;
}
#endif
