// A connection to a server that is far away: what either side says, and that it has closed, arrives later. What is lost
// in that time is lost here too, as it never is on loopback: a server that closes an idle connection while a request is
// on its way.
#pragma once

#include <chrono>
#include <thread>

namespace kontext_test {

/// Passes connections on to `127.0.0.1:target`, on a port from the kernel, each way `delay` late. The destructor
/// accepts no more; connections end when their ends do.
class SlowLine {
public:
    SlowLine(int target, std::chrono::milliseconds delay);
    ~SlowLine();
    SlowLine(const SlowLine&) = delete;
    SlowLine& operator=(const SlowLine&) = delete;

    int port() const { return port_; }

private:
    void accept();

    int target_;
    std::chrono::milliseconds delay_;
    int listener_;
    int port_ = 0;
    std::thread acceptor_{};
};

} // namespace kontext_test
