#include "emulator/server.hpp"

#include <filesystem>
#include <stdexcept>
#include <thread>

#include <httplib.h>

#include "emulator/api.hpp"
#include "emulator/ids.hpp"

namespace kontext_emulator {
namespace {

Options completed(Options options) {
    if (options.clientId.empty()) options.clientId = "sa_" + uuid();
    if (options.clientSecret.empty()) options.clientSecret = "sa_secret_" + randomText(32);
    return options;
}

std::unique_ptr<httplib::Server> makeServer(const Options& options) {
    if (options.tlsCert.empty() != options.tlsKey.empty())
        throw std::runtime_error("a certificate and its key belong together");
    if (options.tlsCert.empty()) return std::make_unique<httplib::Server>();
    for (const std::string& file : {options.tlsCert, options.tlsKey})
        if (!std::filesystem::exists(file)) throw std::runtime_error("there is no file " + file);
    auto server = std::make_unique<httplib::SSLServer>(options.tlsCert.c_str(), options.tlsKey.c_str());
    if (!server->is_valid()) throw std::runtime_error("the certificate or its key cannot be used");
    return server;
}

Request read(const httplib::Request& from) {
    Request request;
    request.method = from.method;
    request.target = from.target;
    for (const auto& [name, value] : from.headers)
        if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT")
            request.headers.emplace_back(name, value);
    request.body = from.body;
    return request;
}

void write(const Reply& from, httplib::Response& to) {
    to.status = from.status;
    for (const auto& [name, value] : from.headers)
        to.set_header(name, value);
    if (from.body) to.set_content(from.body->dump(-1, ' ', false, Json::error_handler_t::replace), "application/json");
}

} // namespace

struct Server::State {
    explicit State(Options o) : options(completed(std::move(o))), api(options), server(makeServer(options)) {
        // httplib gives each connection a thread, and has eight of them unless told otherwise.
        server->new_task_queue = [] { return new httplib::ThreadPool(128); };
        server->set_keep_alive_max_count(1'000'000);
        server->set_keep_alive_timeout(5); // as long as the destructor may wait for a client that stays connected
        server->set_tcp_nodelay(true);
        server->set_payload_max_length(16u << 20);
        // httplib would set SO_REUSEPORT, with which two emulators share a port and take turns.
        server->set_socket_options([](socket_t socket) {
            const int yes = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
        const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
            if (options.latency.count() > 0) std::this_thread::sleep_for(options.latency);
            write(api.handle(read(request)), response);
        };
        server->Get(".*", serve)
            .Post(".*", serve)
            .Put(".*", serve)
            .Patch(".*", serve)
            .Delete(".*", serve)
            .Options(".*", serve);
        // httplib refuses a POST that does not say how long its body is, which is what `curl -X POST` sends.
        server->set_pre_routing_handler([serve](const httplib::Request& request, httplib::Response& response) {
            if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
                return httplib::Server::HandlerResponse::Unhandled;
            serve(request, response);
            return httplib::Server::HandlerResponse::Handled;
        });
        // What httplib refuses by itself has no request id yet.
        server->set_error_handler([](const httplib::Request&, httplib::Response& response) {
            if (response.has_header("x-request-id")) return;
            Reply reply = fault(response.status, "The request is malformed");
            reply.headers.emplace_back("x-request-id", "req_" + randomText(20));
            write(reply, response);
        });
        listen();
    }

    void listen() {
        if (options.port == 0) {
            options.port = server->bind_to_any_port(options.host);
            if (options.port < 0) throw std::runtime_error("cannot listen on " + options.host);
        } else if (!server->bind_to_port(options.host, options.port)) {
            throw std::runtime_error("cannot listen on " + options.host + ":" + std::to_string(options.port)
                                     + ": is the port in use?");
        }
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
    std::thread thread{};
};

Server::Server(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Server::~Server() = default;

std::string Server::url() const {
    const Options& options = state_->options;
    const bool ipv6 = options.host.find(':') != std::string::npos;
    return (options.tlsCert.empty() ? "http://" : "https://") + (ipv6 ? "[" + options.host + "]" : options.host) + ":"
           + std::to_string(options.port);
}

const std::string& Server::clientId() const { return state_->options.clientId; }
const std::string& Server::clientSecret() const { return state_->options.clientSecret; }
void Server::reset() { state_->api.reset(); }
void Server::expireTokens() { state_->api.expireTokens(); }
int Server::tokensMinted() const { return state_->api.tokensMinted(); }

} // namespace kontext_emulator
