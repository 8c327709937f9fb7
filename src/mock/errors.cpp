#include <chrono>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace mock {
namespace {

/// An error that is wanted is no news, whatever KONTEXT_LOG says.
class Silence : public Logger {
public:
    void log(LogLevel, std::string_view) override {}
};

KontextManagementClient clientOf(std::shared_ptr<MockTransport> transport) {
    ClientConfig config;
    config.baseUrl = "https://api.test";
    config.credentials = {"sa_mock", Secret("mock")};
    config.retry.maxRetries = 0;
    config.transport = std::move(transport);
    config.logger = std::make_shared<Silence>();
    return KontextManagementClient(std::move(config));
}

std::exception_ptr errorOf(const std::shared_ptr<MockTransport>& transport, const CallOptions& options = {}) {
    try {
        clientOf(transport).applications.get("1", options);
    } catch (const KontextError&) {
        return std::current_exception();
    }
    throw std::invalid_argument("kontext::mock: this response is no error");
}

void checkStatus(int statusCode) {
    if (statusCode < 300 || statusCode > 599)
        throw std::invalid_argument("kontext::mock: the status " + std::to_string(statusCode)
                                    + " of an error must be 300 to 599");
}

} // namespace

std::exception_ptr makeHttpError(int statusCode, std::string body, Headers headers) {
    checkStatus(statusCode);
    const auto transport = std::make_shared<MockTransport>();
    transport->on("*", "/**").reply(statusCode, std::move(body), std::move(headers));
    return errorOf(transport);
}

std::exception_ptr makeOAuthError(int statusCode, std::string body, Headers headers) {
    checkStatus(statusCode);
    const auto transport = std::make_shared<MockTransport>();
    transport->on("POST", "/oauth2/token").reply(statusCode, std::move(body), std::move(headers));
    return errorOf(transport);
}

std::exception_ptr makeDecodeError(std::string body) {
    const auto transport = std::make_shared<MockTransport>();
    transport->on("*", "/**").reply(200, std::move(body));
    return errorOf(transport);
}

std::exception_ptr makeCancelledError(bool requestMayHaveBeenProcessed) {
    CancellationSource source;
    const auto transport = std::make_shared<MockTransport>();
    transport->on("*", "/**").reply([&source](const RecordedRequest&) -> HttpResponse {
        source.cancel();
        throw NetworkError(NetworkErrorKind::receive, "cancelled", true);
    });
    if (!requestMayHaveBeenProcessed) source.cancel();
    CallOptions options;
    options.cancel = source.token();
    return errorOf(transport, options);
}

} // namespace mock
KONTEXT_END_NAMESPACE
