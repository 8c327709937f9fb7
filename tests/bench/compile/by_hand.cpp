// The same three calls on nlohmann/json and libcurl.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

using nlohmann::json;

namespace {

std::size_t keep(char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

class Client {
public:
    explicit Client(std::string base) : base_(std::move(base)), easy_(curl_easy_init(), &curl_easy_cleanup) {}

    void login(const std::string& id, const std::string& secret) {
        curl_easy_setopt(easy_.get(), CURLOPT_USERPWD, (id + ':' + secret).c_str());
        const json response = call("POST", "/oauth2/token", "grant_type=client_credentials&scope=management%3Aall");
        curl_easy_setopt(easy_.get(), CURLOPT_USERPWD, nullptr);
        curl_slist* list = curl_slist_append(
            nullptr, ("Authorization: Bearer " + response.at("access_token").get<std::string>()).c_str());
        headers_.reset(curl_slist_append(list, "Content-Type: application/json"));
        curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
    }

    json call(const char* method, const std::string& path, const std::string& body = {}) {
        std::string response;
        CURL* easy = easy_.get();
        curl_easy_setopt(easy, CURLOPT_URL, (base_ + path).c_str());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.empty() ? nullptr : body.c_str());
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &keep);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &response);
        const CURLcode code = curl_easy_perform(easy);
        if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (status < 200 || status > 299) throw std::runtime_error("status " + std::to_string(status));
        return response.empty() ? json() : json::parse(response);
    }

private:
    std::string base_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr, &curl_slist_free_all};
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : std::string();
}

} // namespace

int main() {
    Client client(environment("KONTEXT_API_BASE_URL"));
    client.login(environment("KONTEXT_SERVICE_ACCOUNT_CLIENT_ID"),
                 environment("KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET"));
    for (const json& application : client.call("GET", "/api/v1/applications").at("items"))
        std::cout << application.at("id").get<std::string>() << ' ' << application.at("name").get<std::string>()
                  << '\n';
    const json created = client.call("POST", "/api/v1/service-accounts",
                                     json{{"name", "deploy"}, {"description", "Rolls releases out"}}.dump());
    const auto id = created.at("serviceAccount").at("id").get<std::string>();
    std::cout << id << ' ' << created.at("credentials").at("clientId").get<std::string>() << '\n';
    client.call("DELETE", "/api/v1/service-accounts/" + id);
}
