// A scripted HTTP/1.1 server on loopback: it notes every request to the byte and answers as a test tells it, well or
// badly.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <kontext/headers.hpp>

namespace kontext_test {

/// A request as it came.
struct Request {
    std::string method{};
    std::string target{};
    kontext::Headers headers{}; // in the order of the wire
    std::string body{};
    int connection = 0; // 1 for the first that was accepted

    /// The header's value, or "" if there is none.
    std::string header(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

/// What to answer, and what to do to the connection. Content-Length is set as HTTP wants it, and Content-Type is JSON
/// unless `headers` says otherwise.
struct Response {
    /// What becomes of the connection when the bytes are sent.
    enum class End {
        keep,  // as the client wishes; after raw or cut bytes the connection is closed
        close, // with a FIN
        reset, // with a RST
        hang   // nothing more is sent until the client goes or the server stops
    };

    int status = 200;
    kontext::Headers headers{};
    std::string body{};

    bool closeAfter = false;                    // says `Connection: close`, and does it
    bool chunked = false;                       // in chunks of a few bytes
    std::optional<std::size_t> contentLength{}; // a wrong one
    std::optional<std::string> raw{};           // exactly these bytes in place of all of the above
    std::optional<std::size_t> cutAt{};         // only so many bytes of the response, head included
    std::chrono::milliseconds delay{};          // before the first byte
    std::chrono::milliseconds drip{};           // between single bytes
    End end = End::keep;

    static Response json(std::string body) { return {.body = std::move(body)}; }
    static Response bytes(std::string raw) { return {.raw = std::move(raw)}; }
    static Response closing() { return {.raw = "", .end = End::close}; }
    static Response resetting() { return {.raw = "", .end = End::reset}; }
    static Response hanging() { return {.raw = "", .end = End::hang}; }
};

/// On 127.0.0.1 and a port from the kernel; a thread for each connection. The destructor ends them all at once,
/// whatever they wait for. Thread safe.
class WireServer {
public:
    using Handler = std::function<Response(const Request&)>;

    WireServer();
    ~WireServer();
    WireServer(const WireServer&) = delete;
    WireServer& operator=(const WireServer&) = delete;

    std::string url() const; // http://127.0.0.1:PORT
    int port() const noexcept { return port_; }

    /// The answer to the next API request; the last one stays. Without any, requests get a 501.
    WireServer& respond(Response response);
    /// Answers all API requests, in place of the responses. Runs on the threads of the connections.
    void on(Handler handler);
    /// The answer to the next request to `…/oauth2/token`; the last one stays. Without any, the n-th gets "token-n",
    /// good for an hour.
    WireServer& token(Response response);

    std::vector<Request> requests() const; // without those for a token
    std::vector<Request> tokenRequests() const;
    int connections() const;
    /// Waits until that many API requests have come; false if they do not.
    bool waitForRequests(std::size_t count) const;
    bool waitForTokenRequests(std::size_t count) const;

private:
    /// Responses in turn, of which the last one stays.
    struct Script {
        std::deque<Response> responses{};
        bool used = false; // the first of them
        Response next();
    };
    struct Socket;

    void accept();
    void serve(Socket& socket, int connection);
    Response answer(const Request& request);
    bool send(Socket& socket, const Request& request, const Response& response);

    int listener_ = -1;      // closed by accept()
    int stop_[2] = {-1, -1}; // a pipe: readable once the server stops
    int port_ = 0;
    std::thread acceptor_{};

    mutable std::mutex mutex_{};
    mutable std::condition_variable arrived_{};
    std::vector<std::thread> threads_{};
    std::vector<Request> requests_{};
    std::vector<Request> tokenRequests_{};
    Script api_{};
    Script token_{};
    Handler handler_{};
    int connections_ = 0;
};

} // namespace kontext_test
