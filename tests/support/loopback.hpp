// What servers and proxies of the tests share: an address on this machine, and errno as an exception.
#pragma once

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <netinet/in.h>

namespace kontext_test {

inline void check(bool good, const char* what) {
    if (!good) throw std::system_error(errno, std::generic_category(), what);
}

inline sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

} // namespace kontext_test
