// A libcurl loop by hand, as well as one can write it: what we are measured against.
#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

namespace bench {

/// One easy handle, set up once, with the headers, timeouts and options that matter to what is sent: equal to ours.
/// Trusts what SSL_CERT_FILE and SSL_CERT_DIR name.
class Easy {
public:
    explicit Easy(std::string baseUrl, long httpVersion = CURL_HTTP_VERSION_1_1);

    /// The token request; its response is the bearer of what follows.
    void authorize();
    /// GET. The body goes to `body`, or is thrown away.
    void get(const std::string& path, std::string* body = nullptr);

private:
    using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

    void perform(const std::string& url, std::string* body);

    std::string baseUrl_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
    Headers headers_;
};

} // namespace bench
