#include "emulator/server.hpp"

#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <httplib.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "emulator/api.hpp"
#include "emulator/ids.hpp"

namespace kontext_emulator {
namespace {

constexpr std::size_t largestBody = 16u << 20;
constexpr const char* tooLarge = "The body is larger than 16 MiB";

std::string lastError() { return std::generic_category().message(errno); }

Options completed(Options options) {
    if (options.clientId.empty()) options.clientId = "sa_" + uuid();
    if (options.clientSecret.empty()) options.clientSecret = "sa_secret_" + randomText(32);
    return options;
}

/// Takes the certificate and its key; what is wrong with them, or "". OpenSSL's own words are of little help: "no start
/// line".
std::string useCertificate(SSL_CTX& context, const std::string& cert, const std::string& key) {
    for (const std::string& file : {cert, key})
        if (access(file.c_str(), R_OK) != 0) return "cannot read " + file + ": " + lastError();
    // Without it OpenSSL would ask for a passphrase at the terminal.
    SSL_CTX_set_default_passwd_cb(&context, [](char*, int, int, void*) { return -1; });
    if (SSL_CTX_use_certificate_chain_file(&context, cert.c_str()) != 1) return cert + " contains no PEM certificate";
    ERR_clear_error();
    if (SSL_CTX_use_PrivateKey_file(&context, key.c_str(), SSL_FILETYPE_PEM) == 1) return "";
    if (ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_X509)
        return "the key in " + key + " is not that of the certificate in " + cert;
    return key + " contains no PEM private key that can be read without a passphrase";
}

std::unique_ptr<httplib::Server> makeServer(const Options& options) {
    if (options.tlsCert.empty() != options.tlsKey.empty())
        throw std::runtime_error("a certificate needs its key, and a key its certificate");
    if (options.tlsCert.empty()) return std::make_unique<httplib::Server>();
    std::string fault;
    auto server = std::make_unique<httplib::SSLServer>([&](SSL_CTX& context) {
        SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
        fault = useCertificate(context, options.tlsCert, options.tlsKey);
        return fault.empty();
    });
    if (!fault.empty()) throw std::runtime_error(fault);
    return server;
}

/// A thread for each connection. Of a fixed number each would be held by a connection that is kept alive, and one more
/// connection would wait until another goes.
class Threads : public httplib::TaskQueue {
public:
    void enqueue(std::function<void()> serve) override {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            ++running_;
        }
        const auto run = [this, serve = std::move(serve)] {
            serve();
            const std::lock_guard<std::mutex> lock(mutex_);
            --running_;
            ended_.notify_all();
        };
        try {
            std::thread(run).detach();
        } catch (const std::system_error&) { // there are no more threads: the next connection waits for this one
            run();
        }
    }
    void shutdown() override {
        std::unique_lock<std::mutex> lock(mutex_);
        ended_.wait(lock, [this] { return running_ == 0; });
    }

private:
    std::mutex mutex_{};
    std::condition_variable ended_{};
    int running_ = 0;
};

Request read(const httplib::Request& from) {
    Request request;
    request.method = from.method;
    request.target = from.target;
    for (const auto& [name, value] : from.headers)
        if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT")
            request.headers.emplace_back(name, value);
    return request;
}

/// With `last` the connection ends behind the response: httplib ends one by itself only if a provider of content fails.
void write(const Response& from, httplib::Response& to, bool last = false) {
    to.status = from.status;
    for (const auto& [name, value] : from.headers)
        to.set_header(name, value);
    if (!from.body) return;
    std::string body = from.body->dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!last) return to.set_content(body, "application/json");
    to.set_header("Connection", "close");
    to.set_header("Content-Length", std::to_string(body.size()));
    to.set_content_provider("application/json", [body = std::move(body)](std::size_t, httplib::DataSink& sink) {
        sink.write(body.data(), body.size());
        return false;
    });
}

/// A response to what never got as far as the API, which gives the others their ids.
void refuse(int status, const std::string& message, httplib::Response& response) {
    Response sent = errorResponse(status, message);
    sent.headers.emplace_back("x-request-id", newRequestId());
    write(sent, response, true);
}

/// Where a client on this machine reaches a server that listens there. "All addresses" is none to connect to, and a
/// client takes http to loopback hosts alone.
std::string reachableHost(const std::string& host, const sockaddr& address) {
    if (address.sa_family == AF_INET
        && reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr == htonl(INADDR_ANY))
        return "127.0.0.1";
    if (address.sa_family == AF_INET6
        && IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr))
        return "::1";
    return host;
}

bool hasBody(const httplib::Request& request) {
    const std::string length = request.get_header_value("Content-Length");
    return request.has_header("Transfer-Encoding") || (!length.empty() && length != "0");
}

/// Of the others httplib leaves it in the connection, where it would be taken for the next request.
bool readsBody(const httplib::Request& request) {
    return request.method == "POST" || request.method == "PUT" || request.method == "PATCH"
           || (request.method == "DELETE" && request.has_header("Content-Length"));
}

/// What httplib says of a body that it could not read.
std::string whyUnread(int status) {
    switch (status) {
    case 413:
        return tooLarge;
    case 415:
        return "The body has a Content-Encoding that the emulator does not know";
    default:
        return "The body cannot be read: it ends too early, or its encoding does not match its headers";
    }
}

/// What httplib says of a request by itself.
std::string whyRefused(int status) {
    switch (status) {
    case 400:
        return "This is not a valid HTTP request: an unknown method or version, a header of more than 8 KiB, or bad "
               "syntax";
    case 414:
        return "The URL is longer than 8 KiB";
    case 500:
        return "The emulator failed: this is a bug in the emulator";
    default:
        return "The request is malformed";
    }
}

} // namespace

struct Server::State {
    explicit State(Options o) : options(completed(std::move(o))), api(options), server(makeServer(options)) {
        server->new_task_queue = [] { return new Threads; };
        server->set_keep_alive_max_count(1'000'000);
        server->set_keep_alive_timeout(5); // as long as the destructor may wait for a client that stays connected
        server->set_tcp_nodelay(true);
        server->set_payload_max_length(largestBody);
        // httplib would set SO_REUSEPORT, with which two emulators share a port and take turns.
        server->set_socket_options([this](socket_t socket) {
            listener = socket; // the last one that httplib makes is the one that it binds
            const int yes = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
        // httplib refuses a POST that does not say how long its body is, which is what `curl -X POST` sends; and it
        // knows no handler for some methods.
        server->set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
            if (hasBody(from) && readsBody(from)) return httplib::Server::HandlerResponse::Unhandled;
            Request request = read(from);
            request.hasBody = hasBody(from);
            answer(std::move(request), to, hasBody(from));
            return httplib::Server::HandlerResponse::Handled;
        });
        const auto serve = [this](const httplib::Request& from, httplib::Response& to,
                                  const httplib::ContentReader& reader) {
            Request request = read(from);
            bool fits = true;
            // Read to its end in any case: whoever is still sending does not listen. httplib's own limit looks at
            // Content-Length alone, which a body in chunks has not, and which a compressed one outgrows.
            const auto keep = [&](const char* data, std::size_t size) {
                fits = fits && size <= largestBody - request.body.size();
                if (fits) request.body.append(data, size);
                return true;
            };
            const bool done =
                from.is_multipart_form_data() ? reader([](const auto&) { return true; }, keep) : reader(keep);
            if (!done) return refuse(to.status, whyUnread(to.status), to);
            if (!fits) return refuse(413, tooLarge, to);
            request.hasBody = !request.body.empty();
            answer(std::move(request), to, false);
        };
        server->Post(".*", serve).Put(".*", serve).Patch(".*", serve).Delete(".*", serve);
        // What httplib refuses by itself has no request id yet.
        server->set_error_handler([](const httplib::Request&, httplib::Response& response) {
            if (!response.has_header("x-request-id")) refuse(response.status, whyRefused(response.status), response);
        });
        listen();
    }

    void answer(Request request, httplib::Response& response, bool last) {
        if (options.latency.count() > 0) std::this_thread::sleep_for(options.latency);
        write(api.handle(std::move(request)), response, last);
    }

    void listen() {
        addrinfo* addresses = nullptr;
        if (const int error = getaddrinfo(options.host.c_str(), nullptr, nullptr, &addresses); error != 0)
            throw std::runtime_error("cannot listen on '" + options.host + "': " + gai_strerror(error));
        reachable = reachableHost(options.host, *addresses->ai_addr);
        freeaddrinfo(addresses);
        errno = 0;
        const bool any = options.port == 0;
        if (any) options.port = server->bind_to_any_port(options.host);
        if (any ? options.port < 0 : !server->bind_to_port(options.host, options.port))
            throw std::runtime_error("cannot listen on " + options.host
                                     + (any ? "" : ":" + std::to_string(options.port)) + ": " + lastError());
        // httplib lets five connections wait to be accepted. The kernel drops the others, who ask again after a second.
        ::listen(listener, SOMAXCONN);
        thread = std::thread([this] { server->listen_after_bind(); });
        // stop() before listen_after_bind() has begun would be lost.
        while (!server->is_running())
            std::this_thread::yield();
    }

    ~State() {
        server->stop();
        if (thread.joinable()) thread.join();
    }

    Options options;
    Api api;
    std::unique_ptr<httplib::Server> server;
    std::string reachable{}; // the host of the URL
    socket_t listener = -1;
    std::thread thread{};
};

Server::Server(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Server::~Server() = default;

std::string Server::url() const {
    const Options& options = state_->options;
    const std::string& host = state_->reachable;
    const bool ipv6 = host.find(':') != std::string::npos;
    return (options.tlsCert.empty() ? "http://" : "https://") + (ipv6 ? "[" + host + "]" : host) + ":"
           + std::to_string(options.port);
}

const std::string& Server::clientId() const { return state_->options.clientId; }
const std::string& Server::clientSecret() const { return state_->options.clientSecret; }
void Server::expireTokens() { state_->api.expireTokens(); }
int Server::tokensIssued() const { return state_->api.tokensIssued(); }

std::string Server::requests() const {
    Request request;
    request.method = "GET";
    request.target = "/__emulator/requests";
    return state_->api.handle(std::move(request)).body->dump();
}

} // namespace kontext_emulator
