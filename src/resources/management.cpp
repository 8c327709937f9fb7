#include <kontext/management.hpp>

#include <utility>

#include "client/core.hpp"
#include "platform/environment.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

std::string demand(const char* name) {
    std::string value = platform::environment(name);
    if (value.empty())
        throw ConfigError(name, std::string("the environment variable ") + name + " is not set or is empty");
    return value;
}

} // namespace

ClientConfig ClientConfig::fromEnvironment() {
    ClientConfig config;
    config.baseUrl = demand("KONTEXT_API_BASE_URL");
    config.credentials.clientId = demand("KONTEXT_SERVICE_ACCOUNT_CLIENT_ID");
    config.credentials.clientSecret = Secret(demand("KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET"));
    if (std::string audience = platform::environment("MANAGEMENT_API_RESOURCE"); !audience.empty())
        config.audience = std::move(audience);
    return config;
}

KontextManagementClient::KontextManagementClient(ClientConfig config)
    : KontextManagementClient(std::make_shared<const detail::Core>(std::move(config), makeSystemClock())) {}

KontextManagementClient::KontextManagementClient(std::shared_ptr<const detail::Core> core)
    : applications(core), integrations(core), serviceAccounts(core), agentSessions(core), traces(core), events(core),
      core_(std::move(core)) {}

void KontextManagementClient::refreshToken(const CallOptions& options) const { core_->refreshToken(options); }

void KontextManagementClient::clearToken() const { core_->clearToken(); }

void KontextManagementClient::setCredentials(Credentials credentials) const {
    core_->setCredentials(std::move(credentials));
}

RawResponse KontextManagementClient::request(std::string_view method, std::string_view path, const RawRequest& request,
                                             const CallOptions& options) const {
    return core_->raw(method, path, request, options);
}

Pager<RawJson> KontextManagementClient::requestAll(std::string_view path, const RawRequest& request,
                                                   const CallOptions& options) const {
    auto source = std::make_unique<detail::RawListSource>(core_, path, request, options);
    std::optional<std::string> cursor = source->first();
    return {std::move(source), std::move(cursor)};
}

KONTEXT_END_NAMESPACE
