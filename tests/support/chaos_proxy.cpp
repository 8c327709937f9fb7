#include "support/chaos_proxy.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.hpp"

namespace kontext_test {
namespace {

/// The number in a message's Content-Length; nothing if it has none.
std::optional<std::size_t> lengthOf(std::string_view head) {
    constexpr std::string_view name = "\r\ncontent-length:";
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
        const std::string_view line = head.substr(at);
        if (line.size() < name.size() || strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        return std::strtoul(std::string(line.substr(name.size(), 32)).c_str(), nullptr, 10);
    }
    return std::nullopt;
}

constexpr std::string_view busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                                  "Content-Length: 44\r\n\r\n{\"message\":\"chaos says no\",\"statusCode\":503}";
static_assert(busy.size() - busy.find('{') == 44);

} // namespace

/// A socket that does not block: whatever it waits for, the proxy's end wakes it.
struct ChaosProxy::Channel {
    int fd;
    int stop;
    std::string input{};

    Channel(int descriptor, int stopping) : fd(descriptor), stop(stopping) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() { close(); }

    void close() {
        if (fd >= 0) ::close(std::exchange(fd, -1));
    }
    void reset() {
        const linger now{1, 0};
        if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    bool wait(short events) const {
        pollfd watched[2] = {{fd, events, 0}, {stop, POLLIN, 0}};
        int ready = 0;
        do
            ready = ::poll(watched, 2, -1);
        while (ready < 0 && errno == EINTR);
        return ready > 0 && watched[1].revents == 0;
    }
    bool readMore() {
        char buffer[16384];
        for (;;) {
            const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got > 0) {
                input.append(buffer, static_cast<std::size_t>(got));
                return true;
            }
            if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return false;
            if (!wait(POLLIN)) return false;
        }
    }
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent > 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if ((errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) || !wait(POLLOUT))
                return false;
        }
        return true;
    }
    /// The next message, head and body; "" if the peer went. Those that come here have a length or no body.
    std::string next() {
        std::size_t end = 0;
        while ((end = input.find("\r\n\r\n")) == std::string::npos)
            if (!readMore()) return {};
        const std::size_t size = end + 4 + lengthOf(std::string_view(input).substr(0, end)).value_or(0);
        while (input.size() < size)
            if (!readMore()) return {};
        std::string message = input.substr(0, size);
        input.erase(0, size);
        return message;
    }
};

ChaosProxy::ChaosProxy(int target, Chaos chaos) : target_(target), chaos_(chaos) {
    check(::pipe2(stop_, O_CLOEXEC) == 0, "pipe2");
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check(listener_ >= 0, "socket");
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener_, generic, size) == 0, "bind");
    check(::listen(listener_, 256) == 0, "listen");
    check(::getsockname(listener_, generic, &size) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

ChaosProxy::~ChaosProxy() {
    ::close(stop_[1]); // the other end becomes readable for all who wait
    acceptor_.join();
    while (serving_ > 0)
        std::this_thread::yield();
    ::close(listener_);
    ::close(stop_[0]);
}

void ChaosProxy::accept() {
    for (std::uint64_t number = 0;;) {
        pollfd watched[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
        const int ready = ::poll(watched, 2, -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0 || watched[1].revents != 0) return;
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) continue;
        const int yes = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        ++serving_;
        std::thread([this, fd, n = ++number] {
            serve(fd, n);
            --serving_;
        }).detach();
    }
}

void ChaosProxy::serve(int socket, std::uint64_t number) {
    Channel client(socket, stop_[0]);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Channel server(fd, stop_[0]);
    const sockaddr_in address = loopback(target_);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);

    std::mt19937_64 dice(chaos_.seed * 1'000'003 + number);
    std::uniform_real_distribution<double> chance(0, 1);
    const auto end = [&] {
        if (chance(dice) < 0.5) client.reset();
    };
    for (;;) {
        const std::string request = client.next();
        if (request.empty()) return;
        ++requests_;
        const double fate = chance(dice);
        const double point = chance(dice);
        const bool cut = fate < chaos_.cut;
        if (cut && point < 0.25) { // the server never sees it
            ++cutBefore_;
            return end();
        }
        if (!cut && fate < chaos_.cut + chaos_.unavailable) {
            ++unavailable_;
            if (!client.send(busy)) return;
            continue;
        }
        if (!server.send(request)) return;
        const std::string response = server.next();
        if (response.empty()) return;
        if (!cut) {
            if (!client.send(response)) return;
            continue;
        }
        ++cutBehind_; // the server has executed it: no byte of the response, a part of its head, or a part of its body
        if (point >= 0.5) {
            const auto shown = static_cast<std::size_t>(chance(dice) * static_cast<double>(response.size()));
            client.send(std::string_view(response).substr(0, std::min(shown, response.size() - 1)));
        }
        return end();
    }
}

} // namespace kontext_test
