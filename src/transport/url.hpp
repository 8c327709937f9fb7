// URLs as libcurl reads them: what is checked is what is connected to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

struct Url {
    std::string scheme{}; // lower case
    std::string host{};   // without the brackets of IPv6; numbers normalised
    std::string port{};   // the scheme's default if none is given
    bool portGiven = false;
    std::string path{};
    std::string query{};
    std::string fragment{};
    bool userinfo = false;
};

/// Nothing if it is not `scheme://host…`.
std::optional<Url> parseUrl(std::string_view text);

/// `scheme://host:port` of a URL that is known to be one, as it is spelled there.
std::string_view originOf(std::string_view url);

/// localhost, 127.0.0.0/8 and ::1.
bool isLoopback(std::string_view host);

/// Other host names are converted by libcurl, if it can and the locale of the moment has their characters: not always.
bool isAscii(std::string_view host);

/// Whether scheme, host and port are the same.
bool sameOrigin(const Url& a, const Url& b);

} // namespace transport
KONTEXT_END_NAMESPACE
