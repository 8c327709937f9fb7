// Any bytes as the response of any method: a KontextError or a value, and a value that says the same when it is written
// and read again.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <kontext/json.hpp>

namespace {

class Canned : public kontext::Transport {
public:
    kontext::HttpResponse send(const kontext::HttpRequest& request) override {
        if (request.method == "POST" && request.body.compare(0, 10, "grant_type") == 0)
            return {200, {}, R"({"access_token":"t","expires_in":3600})"};
        return {status, {{"x-request-id", "req_1"}}, body};
    }
    std::string body{};
    int status = 200;
};

struct Stage {
    std::shared_ptr<Canned> transport = std::make_shared<Canned>();
    kontext::KontextManagementClient client{[this] {
        kontext::ClientConfig config;
        config.baseUrl = "https://api.test";
        config.credentials.clientId = "a";
        config.credentials.clientSecret = "the-secret-of-a";
        config.retry.maxRetries = 0;
        config.transport = transport;
        return config;
    }()};
};

void demand(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

/// Reads the response, writes the value, and reads that.
template <class Call>
void twice(Canned& transport, Call call) {
    const auto text = [&] { return kontext::toJson(call(), kontext::JsonSecrets::reveal).dump(); };
    const std::string first = text();
    transport.body = first;
    demand(text() == first, "a value changes when it is written and read again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Stage stage;
    if (size == 0) return 0;
    stage.transport->body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    stage.transport->status = (data[0] & 0x80U) != 0 ? 400 : 200;
    const auto& client = stage.client;
    Canned& transport = *stage.transport;
    try {
        switch (data[0] & 0x0fU) {
        case 0:
            twice(transport, [&] { return client.applications.get("1"); });
            break;
        case 1:
            client.applications.list();
            break;
        case 2:
            twice(transport, [&] { return client.applications.rotateSecret("1"); });
            break;
        case 3:
            twice(transport, [&] { return client.applications.listIntegrations("1"); });
            break;
        case 4:
            twice(transport, [&] { return client.integrations.get("1"); });
            break;
        case 5:
            twice(transport, [&] { return client.integrations.validate("1"); });
            break;
        case 6:
            twice(transport, [&] { return client.serviceAccounts.create({}); });
            break;
        case 7:
            twice(transport, [&] { return client.agentSessions.get("1", "2"); });
            break;
        case 8:
            twice(transport, [&] { return client.agentSessions.revokeAll("1"); });
            break;
        case 9:
            twice(transport, [&] { return client.traces.get("1"); });
            break;
        case 10:
            twice(transport, [&] { return client.traces.stats(); });
            break;
        case 11:
            client.events.list();
            break;
        case 12:
            client.applications.accessGraph();
            break;
        case 13:
            client.traces.list();
            break;
        case 14:
            client.integrations.list();
            break;
        default:
            client.request("GET", "/x");
            break;
        }
    } catch (const kontext::KontextError& error) {
        const std::string_view text = error.what();
        demand(text.find('\n') == std::string_view::npos && text.find('\x1b') == std::string_view::npos,
               "what() is no line");
    }
    return 0;
}
