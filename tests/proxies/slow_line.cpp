#include "proxies/slow_line.hpp"

#include <cerrno>
#include <memory>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.hpp"

namespace kontext_test {
namespace {

struct Socket {
    explicit Socket(int descriptor) : fd(descriptor) {
        const int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    ~Socket() { close(fd); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    const int fd;
};

using Shared = std::shared_ptr<Socket>;

bool sendAll(int fd, const char* data, ssize_t size) {
    while (size > 0) {
        const ssize_t sent = send(fd, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= sent;
    }
    return true;
}

/// One way. What comes during the wait goes with the next piece: it is later than it need be, never sooner.
void pump(const Shared& from, const Shared& to, std::chrono::milliseconds delay) {
    char buffer[64 * 1024];
    ssize_t size = 0;
    do {
        size = recv(from->fd, buffer, sizeof buffer, 0);
        std::this_thread::sleep_for(delay);
    } while (size > 0 && sendAll(to->fd, buffer, size));
    shutdown(to->fd, SHUT_WR);
}

} // namespace

SlowLine::SlowLine(int target, std::chrono::milliseconds delay)
    : target_(target), delay_(delay), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    check(listener_ >= 0, "socket");
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    check(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
    check(listen(listener_, SOMAXCONN) == 0, "listen");
    check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

SlowLine::~SlowLine() {
    shutdown(listener_, SHUT_RDWR); // wakes accept()
    acceptor_.join();
    close(listener_);
}

void SlowLine::accept() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        const auto client = std::make_shared<Socket>(fd);
        const auto server = std::make_shared<Socket>(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = loopback(target_);
        // If nobody listens, the client's connection ends before it has said anything.
        if (connect(server->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) continue;
        std::thread(pump, client, server, delay_).detach();
        std::thread(pump, server, client, delay_).detach();
    }
}

} // namespace kontext_test
