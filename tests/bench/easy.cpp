#include "easy.hpp"

#include <cstddef>
#include <stdexcept>
#include <utility>

#include "program.hpp"

namespace bench {
namespace {

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

std::size_t keep(char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

void append(curl_slist*& list, const std::string& line) { list = curl_slist_append(list, line.c_str()); }

} // namespace

Easy::Easy(std::string baseUrl, long httpVersion)
    : baseUrl_(std::move(baseUrl)), easy_(curl_easy_init(), &curl_easy_cleanup),
      headers_(nullptr, &curl_slist_free_all) {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, httpVersion);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
    // No proxy, as ours has none for loopback.
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    const std::string file = environment("SSL_CERT_FILE");
    const std::string directory = environment("SSL_CERT_DIR");
    curl_easy_setopt(easy, CURLOPT_CAINFO, file.empty() ? nullptr : file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, directory.empty() ? nullptr : directory.c_str());
}

void Easy::authorize() {
    CURL* easy = easy_.get();
    curl_slist* list = nullptr;
    append(list, "Authorization: Basic c2FfMTph" + std::string(56, 'b'));
    append(list, "Accept: application/json");
    append(list, "User-Agent: " KONTEXT_BENCH_USER_AGENT);
    append(list, "Content-Type: application/x-www-form-urlencoded");
    headers_.reset(list);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "grant_type=client_credentials&scope=management%3Aall");
    std::string response;
    perform(baseUrl_ + "/oauth2/token", &response);
    const std::string before = "\"access_token\":\"";
    const std::size_t start = response.find(before) + before.size();
    const std::string token = response.substr(start, response.find('"', start) - start);

    list = nullptr;
    append(list, "Authorization: Bearer " + token);
    append(list, "Accept: application/json");
    append(list, "User-Agent: " KONTEXT_BENCH_USER_AGENT);
    headers_.reset(list);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
}

void Easy::get(const std::string& path, std::string* body) { perform(baseUrl_ + "/api/v1" + path, body); }

void Easy::perform(const std::string& url, std::string* body) {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body != nullptr ? &keep : &drop);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    const CURLcode code = curl_easy_perform(easy);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200)
        throw std::runtime_error(url + ": " + curl_easy_strerror(code) + ", status " + std::to_string(status));
}

} // namespace bench
