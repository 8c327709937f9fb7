// A shared library that uses kontext and lets its errors out; built twice, under two names.
#include <memory>
#include <string>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>

extern "C" __attribute__((visibility("default"))) void PLUGIN_NAME(const char* id) {
    const auto mock = std::make_shared<kontext::mock::MockTransport>();
    mock->on("GET", "/api/v1/applications/*").reply(404, R"({"message":"none"})");
    kontext::ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials.clientId = "a";
    config.credentials.clientSecret = "b";
    config.transport = mock;
    kontext::KontextManagementClient(config).applications.get(id);
}
