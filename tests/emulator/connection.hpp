// A connection to an emulator, on which a test says what no client would.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "emulator/server.hpp"

namespace kontext_test {

class Connection {
public:
    struct Response {
        int status = 0; // 0: the connection had ended
        std::string head{};
        std::string body{};
    };

    explicit Connection(const kontext_emulator::Server& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const std::string url = server.url();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{30, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::system_error(errno, std::generic_category(), "connect");
    }
    ~Connection() { close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Connection& send(const std::string& bytes) {
        for (std::size_t sent = 0; sent < bytes.size();) {
            const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (count < 0) throw std::system_error(errno, std::generic_category(), "send");
            sent += static_cast<std::size_t>(count);
        }
        return *this;
    }

    /// The next one, as long as its Content-Length says.
    Response receive() {
        const std::string end = "\r\n\r\n";
        while (input_.find(end) == std::string::npos)
            if (!readMore()) return {};
        Response response;
        response.head = input_.substr(0, input_.find(end) + end.size());
        response.status = std::stoi(response.head.substr(response.head.find(' ')));
        const std::string name = "\r\nContent-Length: ";
        const std::size_t length = response.head.find(name);
        const std::size_t size =
            length == std::string::npos ? 0 : std::stoul(response.head.substr(length + name.size()));
        while (input_.size() < response.head.size() + size)
            if (!readMore()) throw std::runtime_error("half a reply: " + input_);
        response.body = input_.substr(response.head.size(), size);
        input_.erase(0, response.head.size() + size);
        return response;
    }

    /// Waits until the other side has closed it; false: there came something.
    bool ends() { return input_.empty() && !readMore(); }

private:
    bool readMore() {
        char buffer[4096];
        const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
        if (count < 0 && errno != ECONNRESET) throw std::system_error(errno, std::generic_category(), "recv");
        if (count > 0) input_.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    }

    int socket_;
    std::string input_{};
};

} // namespace kontext_test
