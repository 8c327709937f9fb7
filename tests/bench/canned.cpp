#include "canned.hpp"

#include <memory>
#include <utility>

#include <kontext/management.hpp>

#include "responses.hpp"

namespace bench {
namespace {

class Canned : public kontext::Transport {
public:
    explicit Canned(std::string response) : response_(std::move(response)) {}
    kontext::HttpResponse send(const kontext::HttpRequest& request) override {
        return {200, {{"Content-Type", "application/json"}}, request.method == "POST" ? tokenResponse() : response_};
    }

private:
    const std::string response_;
};

template <class List>
std::function<std::size_t()> lister(std::string response, List list) {
    kontext::ClientConfig config;
    config.baseUrl = "https://api.example.com";
    config.credentials = {"sa_1", kontext::Secret("secret")};
    config.transport = std::make_shared<Canned>(std::move(response));
    return [client = kontext::KontextManagementClient(std::move(config)), list] { return list(client).items.size(); };
}

using Client = kontext::KontextManagementClient;

} // namespace

const std::vector<Resource>& resources() {
    static const std::vector<Resource> all{
        {"applications", &applications,
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.applications.list(); });
         }},
        {"integrations", &integrations,
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.integrations.list(); });
         }},
        {"serviceAccounts", &serviceAccounts,
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.serviceAccounts.list(); });
         }},
        {"agentSessions", &sessions,
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.agentSessions.list("app"); });
         }},
        {"traces", &traces,
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.traces.list(); });
         }},
        {"events", [](std::size_t count) { return events(count); },
         [](std::string response) {
             return lister(std::move(response), [](const Client& client) { return client.events.list(); });
         }},
    };
    return all;
}

} // namespace bench
