// Any bytes as the path of a raw request, or as a full URL: what is accepted stays on its host, and libcurl reads it as
// it is written.
#include <algorithm>
#include <cstdint>
#include <string>

#include <kontext/errors.hpp>

#include "recorder.hpp"
#include "transport/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const RecordedClient recorded;
    if (size == 0) return 0;
    std::string path(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) path.insert(0, "/");
    if (data[0] % 3 == 1) path.insert(0, "https://api.test");
    const bool relative = path.substr(0, 1) == "/";
    try {
        recorded.client.request("GET", path);
    } catch (const kontext::ConfigError& error) {
        demand(error.field() == "path", "another field is to blame");
        return 0;
    }
    const std::string& url = recorded.recorder->url;
    demand(url == (relative ? RecordedClient::root + path : path), "it was changed");
    demand(std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; }), "a byte that ends a line");
    const auto base = kontext::transport::parseUrl(RecordedClient::root);
    const auto made = kontext::transport::parseUrl(url);
    demand(base && made && kontext::transport::sameOrigin(*base, *made), "it leaves the host");
    demand(!made->userinfo && made->fragment.empty(), "a user name, or a fragment");
    std::string written = url.substr(url.find("://") + 3);
    written.erase(0, std::min(written.find_first_of("/?"), written.size()));
    written.resize(std::min(written.find('?'), written.size()));
    demand(made->path == (written.empty() ? "/" : written), "libcurl reads another path");
    return 0;
}
