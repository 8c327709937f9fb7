// A server that misbehaves: each connection follows a script, byte by byte, under TLS if wanted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/tls_material.hpp"
#include "support/wire_server.hpp"

namespace kontext_test {

class FaultServer;

/// The server's end of one connection. What returns a bool says false when the client is gone or the server stops.
class Peer {
public:
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// Reads the next request, head and body; the server notes it.
    bool receive();
    /// Reads the head of the next request, which the server notes, and leaves the body where it is.
    bool receiveHead();
    /// Waits for so many bytes, and throws them away, or hands them over.
    bool swallow(std::size_t count, std::string* bytes = nullptr);
    /// From now on a tunnel to `127.0.0.1:port`, until either end closes.
    void relay(int port);
    bool send(std::string_view bytes);
    bool drip(std::string_view bytes, std::chrono::milliseconds gap);
    bool pause(std::chrono::milliseconds duration) const;
    /// Reads nothing and says nothing until the client goes.
    void hang() const;
    /// Says goodbye as TLS wants it; the connection stays open.
    void sayGoodbye();
    /// A FIN; without sayGoodbye() a TLS client cannot tell it from a cut.
    void close();
    /// A RST.
    void reset();

    /// 1 for the first that was accepted.
    int connection() const noexcept { return connection_; }
    /// How often receive() and receiveHead() were successful on this connection.
    int served() const noexcept { return served_; }
    /// The last one received.
    const Request& request() const noexcept { return request_; }

private:
    friend class FaultServer;
    struct Tls;
    Peer(FaultServer& server, int socket, int stop, int connection);

    bool shakeHands(void* context);
    bool wait(short events) const;
    void drain() const;
    bool readMore();
    long readSome(char* buffer, std::size_t size) const;

    FaultServer& server_;
    int socket_;
    int stop_;
    int connection_;
    int served_ = 0;
    std::unique_ptr<Tls> tls_{};
    std::string input_{};
    Request request_{};
};

/// How a FaultServer speaks TLS.
struct FaultTls {
    KeyPair certificate{};
    int newestVersion = 0;         // such as TLS1_1_VERSION of OpenSSL; 0: the newest there is
    std::string clientAuthority{}; // PEM; set: a client certificate of that authority is demanded
    int cutHandshakes = 0;         // so many connections are closed when the client has said hello
    bool http2 = false;            // is what the server wants, if the client offers it
};

/// On loopback and a port from the kernel; a thread for each connection, which runs the script once and closes.
/// The destructor ends them all at once, whatever they wait for. Thread safe.
class FaultServer {
public:
    using Script = std::function<void(Peer&)>;

    explicit FaultServer(Script script, std::optional<FaultTls> tls = std::nullopt,
                         const std::string& address = "127.0.0.1");
    ~FaultServer();
    FaultServer(const FaultServer&) = delete;
    FaultServer& operator=(const FaultServer&) = delete;

    /// From now on who connects is refused.
    void stopListening() const;

    /// With the host given, such as `https://localhost:PORT`.
    std::string url(const std::string& host = "127.0.0.1") const;
    int port() const noexcept { return port_; }

    std::vector<Request> requests() const;
    /// Accepted ones, whatever became of them.
    int connections() const;
    /// Of them, those whose TLS handshake came to a good end.
    int handshakes() const;
    /// Wait until so many have come; false if they do not.
    bool waitForRequests(std::size_t count) const;
    bool waitForConnections(int count) const;

private:
    friend class Peer;
    struct Context;

    void accept();
    void serve(int socket, int connection);
    void note(const Request& request);

    Script script_;
    int cutHandshakes_ = 0;
    std::unique_ptr<Context> context_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    int port_ = 0;
    std::thread acceptor_{};

    mutable std::mutex mutex_{};
    mutable std::condition_variable changed_{};
    std::vector<std::thread> threads_{};
    std::vector<Request> requests_{};
    int connections_ = 0;
    int handshakes_ = 0;
};

/// A port at which nobody listens, and which nobody else gets meanwhile.
class ClosedPort {
public:
    ClosedPort();
    ~ClosedPort();
    ClosedPort(const ClosedPort&) = delete;
    ClosedPort& operator=(const ClosedPort&) = delete;
    int port() const noexcept { return port_; }

private:
    int socket_ = -1;
    int port_ = 0;
};

/// A listener that accepts nobody and whose queue is full: who connects waits, as with a host that drops packets.
class FullBacklog {
public:
    FullBacklog();
    ~FullBacklog();
    FullBacklog(const FullBacklog&) = delete;
    FullBacklog& operator=(const FullBacklog&) = delete;
    int port() const noexcept { return port_; }

private:
    int listener_ = -1;
    std::vector<int> waiting_{};
    int port_ = 0;
};

} // namespace kontext_test
