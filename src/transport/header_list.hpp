// A request's headers as libcurl wants them.
#pragma once

#include <string>
#include <vector>

#include <curl/curl.h>

#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// Its buffers are kept from one request to the next, so that mostly only the first one pays for them. What they hold
/// is not: the bearer token, which is wiped when the request is over.
class HeaderList {
public:
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() { wipe(); }

    /// Makes it say these, and nothing that libcurl would add of its own accord; valid until the next call.
    /// Throws ConfigError for one that would break its line.
    curl_slist* set(const Headers& headers);
    /// Overwrites what it says, when libcurl no longer reads it. A line keeps its length, so that the next one of that
    /// length finds its place.
    void wipe() noexcept;

private:
    std::vector<std::string> lines_{}; // those of the request, and behind them some of requests before
    std::vector<curl_slist> nodes_{};
};

} // namespace transport
KONTEXT_END_NAMESPACE
