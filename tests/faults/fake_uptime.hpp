// The machine's uptime, as the transport reads it to tell how long a connection has been idle: it moves only when a
// test says so, and a suspend takes no time.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include <kontext/config.hpp>

#include "transport/curl_transport.hpp"

namespace kontext_test {

/// One at a time.
class FakeUptime {
public:
    FakeUptime() { passed_ = std::chrono::nanoseconds(std::chrono::hours(1)).count(); }
    FakeUptime(const FakeUptime&) = delete;
    FakeUptime& operator=(const FakeUptime&) = delete;

    static void pass(std::chrono::nanoseconds duration) { passed_ += duration.count(); }

    /// The transport that a client of this configuration has, but for the clock.
    static std::shared_ptr<kontext::Transport> transport(const kontext::ClientConfig& config) {
        return std::make_shared<kontext::transport::CurlTransport>(
            config.tls, config.proxy, config.httpVersion,
            +[]() noexcept { return std::chrono::nanoseconds(passed_.load()); });
    }

private:
    static inline std::atomic<std::chrono::nanoseconds::rep> passed_{0};
};

} // namespace kontext_test
