// libcurl and nlohmann/json by hand: parse into a tree, copy into the structs that we fill.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kontext/applications.hpp>

#include "easy.hpp"
#include "program.hpp"

namespace {

using nlohmann::json;

/// The member, or null if there is none.
const json* find(const json& object, const char* name) {
    const auto member = object.find(name);
    return member == object.end() || member->is_null() ? nullptr : &*member;
}

template <class T>
void copy(const json& object, const char* name, T& target) {
    if (const json* member = find(object, name)) member->get_to(target);
}
template <class T>
void copy(const json& object, const char* name, std::optional<T>& target) {
    if (const json* member = find(object, name)) target = member->get<T>();
}
void copy(const json& object, const char* name, std::optional<kontext::Timestamp>& target) {
    if (const json* member = find(object, name)) target = kontext::Timestamp(member->get<std::string>());
}
void copy(const json& object, const char* name, kontext::RawJson& target) {
    if (const json* member = find(object, name)) target = kontext::RawJson(member->dump());
}

kontext::ExternalAuth externalAuth(const json& object) {
    kontext::ExternalAuth auth;
    copy(object, "enabled", auth.enabled);
    copy(object, "issuer", auth.issuer);
    copy(object, "jwksUrl", auth.jwksUrl);
    copy(object, "audience", auth.audience);
    copy(object, "allowedAlgorithms", auth.allowedAlgorithms);
    copy(object, "requiredClaims", auth.requiredClaims);
    copy(object, "allowedReturnUrls", auth.allowedReturnUrls);
    copy(object, "maxTokenAgeSeconds", auth.maxTokenAgeSeconds);
    copy(object, "partnerApiKeyConfigured", auth.partnerApiKeyConfigured);
    return auth;
}

kontext::Application application(const json& object) {
    kontext::Application application;
    application.id = object.at("id").get<std::string>();
    copy(object, "name", application.name);
    copy(object, "description", application.description);
    copy(object, "clientId", application.clientId);
    copy(object, "createdAt", application.createdAt);
    copy(object, "updatedAt", application.updatedAt);
    if (const json* counts = find(object, "sessions")) {
        auto& sessions = application.sessions.emplace();
        copy(*counts, "active", sessions.active);
        copy(*counts, "idle", sessions.idle);
        copy(*counts, "live", sessions.live);
        copy(*counts, "total", sessions.total);
    }
    if (const json* auth = find(object, "externalAuth")) application.externalAuth = externalAuth(*auth);
    return application;
}

void readOne(const std::string& body) {
    const json response = json::parse(body);
    if (application(response.at("application")).id.empty()) throw std::runtime_error("no application");
}

void readPage(const std::string& body) {
    const json response = json::parse(body);
    const json& items = response.at("items");
    kontext::Page<kontext::Application> page;
    page.items.reserve(items.size());
    for (const json& item : items)
        page.items.push_back(application(item));
    copy(response, "nextCursor", page.nextCursor);
    if (page.items.size() != 50) throw std::runtime_error("no page of 50");
}

void run(const bench::Arguments& arguments) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const bool one = arguments.mode == "one";
    if (!one && arguments.mode != "page") throw std::runtime_error("unknown mode " + arguments.mode);
    bench::measure(arguments, [&]() -> std::function<void()> {
        auto easy = std::make_shared<bench::Easy>(arguments.baseUrl);
        easy->authorize();
        return [easy, one] {
            std::string body;
            easy->get(one ? bench::applicationPath : bench::pagePath, &body);
            one ? readOne(body) : readPage(body);
        };
    });
}

} // namespace

int main(int count, char** values) {
    return bench::guarded("dom", [&] { run(bench::Arguments(count, values)); });
}
