#include "support/wire_server.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontext_test {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds longestWait(10);

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

void check(bool good, const char* what) {
    if (!good) throw std::system_error(errno, std::generic_category(), what);
}

bool isForToken(const Request& request) {
    constexpr std::string_view path = "/oauth2/token";
    return request.method == "POST" && request.target.size() >= path.size()
           && request.target.compare(request.target.size() - path.size(), path.size(), path) == 0;
}

bool has(const kontext::Headers& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [name](const auto& header) { return equalsIgnoringCase(header.first, name); });
}

std::string inChunks(const std::string& body) {
    constexpr std::size_t size = 7;
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const std::string piece = body.substr(at, size);
        out += std::to_string(piece.size()) + "\r\n" + piece + "\r\n";
    }
    return out + "0\r\n\r\n";
}

std::string serialise(const Request& request, const Response& response) {
    if (response.raw) return *response.raw;
    const bool bodiless = response.status == 204 || response.status == 304;
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " Scripted\r\n";
    const auto add = [&out](const std::string& name, const std::string& value) { out += name + ": " + value + "\r\n"; };
    if (!response.body.empty() && !has(response.headers, "Content-Type")) add("Content-Type", "application/json");
    for (const auto& [name, value] : response.headers)
        add(name, value);
    if (response.closeAfter) add("Connection", "close");
    if (response.chunked)
        add("Transfer-Encoding", "chunked");
    else if (response.contentLength || !bodiless)
        add("Content-Length", std::to_string(response.contentLength.value_or(response.body.size())));
    out += "\r\n";
    if (request.method == "HEAD" || bodiless) return out;
    return out + (response.chunked ? inChunks(response.body) : response.body);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// Request line and headers, without the empty line.
void parseHead(std::string_view head, Request& request) {
    const auto line = [&head] {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view first = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        return first;
    };
    const std::string_view first = line();
    const std::size_t space = std::min(first.find(' '), first.size());
    request.method = first.substr(0, space);
    request.target = first.substr(std::min(space + 1, first.size()));
    request.target.resize(std::min(request.target.rfind(' '), request.target.size()));
    while (!head.empty()) {
        const std::string_view field = line();
        const std::size_t colon = std::min(field.find(':'), field.size());
        request.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(std::min(colon + 1, field.size()))));
    }
}

} // namespace

std::string Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equalsIgnoringCase(key, name)) return value;
    return {};
}

std::size_t Request::count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        headers.begin(), headers.end(), [name](const auto& header) { return equalsIgnoringCase(header.first, name); }));
}

Response WireServer::Script::next() {
    if (responses.empty()) return {.status = 501, .body = R"({"message":"no reply was scripted"})"};
    if (used && responses.size() > 1) responses.pop_front();
    used = true;
    return responses.front();
}

/// A connection that does not block: whatever it waits for, the server's end wakes it.
struct WireServer::Socket {
    int fd;
    int stop;
    std::string input{};

    Socket(int descriptor, int stopping) : fd(descriptor), stop(stopping) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (fd >= 0) ::close(fd);
    }

    /// False if the server stops.
    bool wait(short events) const {
        pollfd watched[2] = {{fd, events, 0}, {stop, POLLIN, 0}};
        int ready = 0;
        do
            ready = ::poll(watched, 2, -1);
        while (ready < 0 && errno == EINTR);
        return ready > 0 && watched[1].revents == 0;
    }
    /// False if the server stops meanwhile.
    bool pause(milliseconds duration) const {
        pollfd watched{stop, POLLIN, 0};
        return duration <= milliseconds::zero() || ::poll(&watched, 1, static_cast<int>(duration.count())) == 0;
    }
    /// More input; false at its end.
    bool read() {
        char buffer[16384];
        while (wait(POLLIN)) {
            const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got > 0) {
                input.append(buffer, static_cast<std::size_t>(got));
                return true;
            }
            if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return false;
        }
        return false;
    }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent > 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if ((errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) || !wait(POLLOUT))
                return false;
        }
        return true;
    }
    /// The next request; false if the client went before it was complete.
    bool next(Request& request) {
        std::size_t end = 0;
        while ((end = input.find("\r\n\r\n")) == std::string::npos)
            if (!read()) return false;
        parseHead(std::string_view(input).substr(0, end), request);
        input.erase(0, end + 4);
        const std::string length = request.header("Content-Length");
        const std::size_t size = length.empty() ? 0 : std::stoul(length);
        while (input.size() < size)
            if (!read()) return false;
        request.body = input.substr(0, size);
        input.erase(0, size);
        return true;
    }
    void reset() {
        const linger now{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        ::close(std::exchange(fd, -1));
    }
};

WireServer::WireServer() {
    check(::pipe2(stop_, O_CLOEXEC) == 0, "pipe2");
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check(listener_ >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener_, generic, size) == 0, "bind");
    check(::listen(listener_, 128) == 0, "listen");
    check(::getsockname(listener_, generic, &size) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

WireServer::~WireServer() {
    ::close(stop_[1]); // the other end becomes readable for all who wait
    acceptor_.join();
    for (std::thread& thread : threads_) // nobody but the acceptor adds to them
        thread.join();
    ::close(stop_[0]);
}

std::string WireServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

WireServer& WireServer::respond(Response response) {
    const std::lock_guard<std::mutex> lock(mutex_);
    api_.responses.push_back(std::move(response));
    return *this;
}

void WireServer::on(Handler handler) {
    const std::lock_guard<std::mutex> lock(mutex_);
    handler_ = std::move(handler);
}

WireServer& WireServer::token(Response response) {
    const std::lock_guard<std::mutex> lock(mutex_);
    token_.responses.push_back(std::move(response));
    return *this;
}

std::vector<Request> WireServer::requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
}

std::vector<Request> WireServer::tokenRequests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return tokenRequests_;
}

int WireServer::connections() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return connections_;
}

bool WireServer::waitForRequests(std::size_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return arrived_.wait_for(lock, longestWait, [&] { return requests_.size() >= count; });
}

bool WireServer::waitForTokenRequests(std::size_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return arrived_.wait_for(lock, longestWait, [&] { return tokenRequests_.size() >= count; });
}

void WireServer::accept() {
    const Socket listener(listener_, stop_[0]);
    while (listener.wait(POLLIN)) {
        const int fd = ::accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) continue;
        const int yes = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const std::lock_guard<std::mutex> lock(mutex_);
        threads_.emplace_back([this, fd, number = ++connections_] {
            Socket socket(fd, stop_[0]);
            serve(socket, number);
        });
    }
}

void WireServer::serve(Socket& socket, int connection) {
    for (;;) {
        Request request;
        request.connection = connection;
        if (!socket.next(request)) return;
        if (!send(socket, request, answer(request))) return;
    }
}

Response WireServer::answer(const Request& request) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (isForToken(request)) {
        tokenRequests_.push_back(request);
        arrived_.notify_all();
        if (!token_.responses.empty()) return token_.next();
        return Response::json(R"({"access_token":"token-)" + std::to_string(tokenRequests_.size())
                              + R"(","token_type":"bearer","expires_in":3600,"scope":"management:all"})");
    }
    requests_.push_back(request);
    arrived_.notify_all();
    if (!handler_) return api_.next();
    const Handler handler = handler_;
    lock.unlock();
    return handler(request);
}

/// False if the connection is to be closed.
bool WireServer::send(Socket& socket, const Request& request, const Response& response) {
    if (!socket.pause(response.delay)) return false;
    const std::string all = serialise(request, response);
    const std::string_view bytes = std::string_view(all).substr(0, response.cutAt.value_or(all.size()));
    if (response.drip > milliseconds::zero()) {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            if (!socket.write(bytes.substr(i, 1)) || !socket.pause(response.drip)) return false;
    } else if (!socket.write(bytes)) {
        return false;
    }
    switch (response.end) {
    case Response::End::keep:
        return !response.raw && !response.cutAt && !response.closeAfter;
    case Response::End::close:
        return false;
    case Response::End::reset:
        socket.reset();
        return false;
    case Response::End::hang:
        socket.wait(POLLRDHUP); // until the client goes
        return false;
    }
    return false;
}

} // namespace kontext_test
