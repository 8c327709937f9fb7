// A request's headers as libcurl wants them.
#pragma once

#include <curl/curl.h>

#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// Kept from one request to the next: mostly only the first one pays for it. It holds the bearer token and so is wiped
/// when it goes.
class HeaderList {
public:
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() { clear(); }

    /// Makes it say these, and nothing that libcurl would add of its own accord; valid until the next call.
    /// Throws ConfigError for one that would break its line.
    curl_slist* set(const Headers& headers);

private:
    bool matches(const Headers& headers) const;
    void append(const std::string& line);
    void clear();

    curl_slist* list_ = nullptr;
};

} // namespace transport
KONTEXT_END_NAMESPACE
