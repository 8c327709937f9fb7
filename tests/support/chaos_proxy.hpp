// A reverse proxy that stands before a good server and makes it a bad one: it cuts connections, at all points of a
// request, and answers in the server's place.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kontext_test {

struct Chaos {
    double cut = 0.05;         // of the requests: the connection is closed or reset before, within or after them
    double unavailable = 0.05; // of the requests: answered with a 503, and not passed on
    std::uint64_t seed = 1;    // the same seed makes the same dice, for each connection in turn
};

/// Passes HTTP/1.1 requests on to `127.0.0.1:target`, over a connection of its own for each of the client's. On a port
/// from the kernel. The destructor ends all connections. Thread safe.
class ChaosProxy {
public:
    ChaosProxy(int target, Chaos chaos);
    ~ChaosProxy();
    ChaosProxy(const ChaosProxy&) = delete;
    ChaosProxy& operator=(const ChaosProxy&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    /// How many requests came.
    long requests() const noexcept { return requests_; }
    /// How many of them were cut before they reached the server, and how many behind.
    long cutBefore() const noexcept { return cutBefore_; }
    long cutBehind() const noexcept { return cutBehind_; }
    /// How many were answered with a 503.
    long unavailable() const noexcept { return unavailable_; }

private:
    struct Channel;

    void accept();
    void serve(int socket, std::uint64_t number);

    int target_;
    Chaos chaos_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    int port_ = 0;
    std::atomic<long> requests_{0};
    std::atomic<long> cutBefore_{0};
    std::atomic<long> cutBehind_{0};
    std::atomic<long> unavailable_{0};
    std::atomic<int> serving_{0}; // threads, which are detached: a soak would gather thousands
    std::thread acceptor_{};
};

} // namespace kontext_test
