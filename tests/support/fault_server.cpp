#include "support/fault_server.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontext_test {
namespace {

using std::chrono::milliseconds;

template <class T, void (*release)(T*)>
struct Release {
    void operator()(T* object) const noexcept { release(object); }
};
using Memory = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;

void check(bool good, const char* what) {
    if (!good) throw std::system_error(errno, std::generic_category(), what);
}

void demand(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Memory reading(const std::string& text) { return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

Certificate readCertificate(const std::string& pem) {
    Certificate certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
    demand(certificate != nullptr, "a certificate");
    return certificate;
}

struct Bound {
    int socket;
    int port;
};

/// On an address of loopback, at a port from the kernel.
Bound bindSocket(const std::string& host = "127.0.0.1") {
    sockaddr_in6 address6{};
    sockaddr_in address4{};
    const bool is4 = ::inet_pton(AF_INET, host.c_str(), &address4.sin_addr) == 1;
    if (!is4 && ::inet_pton(AF_INET6, host.c_str(), &address6.sin6_addr) != 1) throw std::runtime_error("no address");
    address4.sin_family = AF_INET;
    address6.sin6_family = AF_INET6;
    auto* generic = is4 ? reinterpret_cast<sockaddr*>(&address4) : reinterpret_cast<sockaddr*>(&address6);
    socklen_t size = is4 ? sizeof address4 : sizeof address6;
    const int fd = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check(fd >= 0, "socket");
    check(::bind(fd, generic, size) == 0, "bind");
    check(::getsockname(fd, generic, &size) == 0, "getsockname");
    return {fd, ntohs(is4 ? address4.sin_port : address6.sin6_port)};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

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

struct FaultServer::Context {
    std::unique_ptr<SSL_CTX, Release<SSL_CTX, SSL_CTX_free>> tls;

    explicit Context(const FaultTls& options) : tls(SSL_CTX_new(TLS_server_method())) {
        demand(tls != nullptr, "a context");
        // Old versions and their ciphers are what some scenarios are about.
        SSL_CTX_set_security_level(tls.get(), 0);
        SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
        if (options.newestVersion != 0) SSL_CTX_set_max_proto_version(tls.get(), options.newestVersion);
        SSL_CTX_set_mode(tls.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        const Certificate certificate = readCertificate(options.certificate.certificate);
        const Key key(PEM_read_bio_PrivateKey(reading(options.certificate.key).get(), nullptr, nullptr, nullptr));
        demand(SSL_CTX_use_certificate(tls.get(), certificate.get()) == 1
                   && SSL_CTX_use_PrivateKey(tls.get(), key.get()) == 1,
               "the server's certificate");
        if (options.http2) SSL_CTX_set_alpn_select_cb(tls.get(), &Context::chooseHttp2, nullptr);
        if (options.clientAuthority.empty()) return;
        const Certificate authority = readCertificate(options.clientAuthority);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(tls.get()), authority.get());
        SSL_CTX_set_verify(tls.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }

    static int chooseHttp2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                           unsigned int offeredSize, void*) {
        static constexpr unsigned char wanted[] = {2, 'h', '2'};
        unsigned char* found = nullptr;
        if (SSL_select_next_proto(&found, size, wanted, sizeof wanted, offered, offeredSize) != OPENSSL_NPN_NEGOTIATED)
            return SSL_TLSEXT_ERR_NOACK;
        *chosen = found;
        return SSL_TLSEXT_ERR_OK;
    }
};

struct Peer::Tls {
    std::unique_ptr<SSL, Release<SSL, SSL_free>> session;
};

Peer::Peer(FaultServer& server, int socket, int stop, int connection)
    : server_(server), socket_(socket), stop_(stop), connection_(connection) {}

Peer::~Peer() { close(); }

bool Peer::wait(short events) const {
    if (socket_ < 0) return false;
    pollfd watched[2] = {{socket_, events, 0}, {stop_, POLLIN, 0}};
    int ready = 0;
    do
        ready = ::poll(watched, 2, -1);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && watched[1].revents == 0;
}

bool Peer::pause(milliseconds duration) const {
    pollfd watched{stop_, POLLIN, 0};
    return duration <= milliseconds::zero() || ::poll(&watched, 1, static_cast<int>(duration.count())) == 0;
}

void Peer::hang() const { wait(POLLRDHUP); }

void Peer::drain() const {
    char buffer[4096];
    while (wait(POLLIN))
        if (::recv(socket_, buffer, sizeof buffer, 0) <= 0) return;
}

bool Peer::shakeHands(void* context) {
    tls_ = std::make_unique<Tls>();
    tls_->session.reset(SSL_new(static_cast<SSL_CTX*>(context)));
    if (tls_->session == nullptr || SSL_set_fd(tls_->session.get(), socket_) != 1) return false;
    for (;;) {
        ERR_clear_error();
        const int done = SSL_accept(tls_->session.get());
        if (done == 1) return true;
        const int why = SSL_get_error(tls_->session.get(), done);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
        if (!wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
    }
}

/// How many bytes; 0 at the end, -1 if there are none yet.
long Peer::readSome(char* buffer, std::size_t size) const {
    if (socket_ < 0) return 0;
    if (tls_ != nullptr) {
        ERR_clear_error();
        const int got = SSL_read(tls_->session.get(), buffer, static_cast<int>(size));
        if (got > 0) return got;
        const int why = SSL_get_error(tls_->session.get(), got);
        return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? -1 : 0;
    }
    const ssize_t got = ::recv(socket_, buffer, size, 0);
    if (got >= 0) return got;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? -1 : 0;
}

bool Peer::readMore() {
    char buffer[16384];
    for (;;) {
        const long got = readSome(buffer, sizeof buffer);
        if (got > 0) input_.append(buffer, static_cast<std::size_t>(got));
        if (got >= 0) return got > 0;
        if (!wait(tls_ != nullptr && SSL_want_write(tls_->session.get()) ? POLLOUT : POLLIN)) return false;
    }
}

void Peer::relay(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    // What goes to the server is small: it may block.
    const auto pass = [fd](std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    };
    open = open && pass(std::exchange(input_, {}));
    char buffer[16384];
    while (open) {
        const long there = readSome(buffer, sizeof buffer);
        if (there == 0 || (there > 0 && !pass({buffer, static_cast<std::size_t>(there)}))) break;
        const ssize_t back = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (back == 0 || (back > 0 && !send({buffer, static_cast<std::size_t>(back)}))) break;
        if (there > 0 || back > 0) continue;
        pollfd watched[3] = {{socket_, POLLIN, 0}, {fd, POLLIN, 0}, {stop_, POLLIN, 0}};
        if (::poll(watched, 3, -1) < 0 && errno != EINTR) break;
        open = watched[2].revents == 0;
    }
    ::close(fd);
}

bool Peer::receiveHead() {
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos)
        if (!readMore()) return false;
    request_ = Request{};
    request_.connection = connection_;
    parseHead(std::string_view(input_).substr(0, end), request_);
    input_.erase(0, end + 4);
    ++served_;
    server_.note(request_);
    return true;
}

bool Peer::receive() {
    // The body first, so that what the server has noted is complete.
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos)
        if (!readMore()) return false;
    Request request;
    request.connection = connection_;
    parseHead(std::string_view(input_).substr(0, end), request);
    const std::string length = request.header("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (input_.size() < end + 4 + size)
        if (!readMore()) return false;
    request.body = input_.substr(end + 4, size);
    input_.erase(0, end + 4 + size);
    request_ = std::move(request);
    ++served_;
    server_.note(request_);
    return true;
}

bool Peer::swallow(std::size_t count, std::string* bytes) {
    while (input_.size() < count)
        if (!readMore()) return false;
    if (bytes != nullptr) *bytes = input_.substr(0, count);
    input_.erase(0, count);
    return true;
}

bool Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        if (socket_ < 0) return false;
        if (tls_ != nullptr) {
            ERR_clear_error();
            const int sent = SSL_write(tls_->session.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            const int why = SSL_get_error(tls_->session.get(), sent);
            if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
            if (!wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
            continue;
        }
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if ((errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) || !wait(POLLOUT))
            return false;
    }
    return true;
}

bool Peer::drip(std::string_view bytes, milliseconds gap) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (!send(bytes.substr(i, 1)) || !pause(gap)) return false;
    return true;
}

void Peer::sayGoodbye() {
    if (tls_ != nullptr) SSL_shutdown(tls_->session.get());
}

void Peer::close() {
    if (tls_ != nullptr) SSL_set_quiet_shutdown(tls_->session.get(), 1);
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void Peer::reset() {
    const linger now{1, 0};
    if (socket_ >= 0) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

FaultServer::FaultServer(Script script, std::optional<FaultTls> tls, const std::string& address)
    : script_(std::move(script)), cutHandshakes_(tls ? tls->cutHandshakes : 0),
      context_(tls ? std::make_unique<Context>(*tls) : nullptr) {
    check(::pipe2(stop_, O_CLOEXEC) == 0, "pipe2");
    const Bound bound = bindSocket(address);
    listener_ = bound.socket;
    port_ = bound.port;
    check(::listen(listener_, 128) == 0, "listen");
    acceptor_ = std::thread([this] { accept(); });
}

FaultServer::~FaultServer() {
    ::close(stop_[1]); // the other end becomes readable for all who wait
    acceptor_.join();
    for (std::thread& thread : threads_) // nobody but the acceptor adds to them
        thread.join();
    ::close(listener_);
    ::close(stop_[0]);
}

void FaultServer::stopListening() const { ::shutdown(listener_, SHUT_RDWR); }

std::string FaultServer::url(const std::string& host) const {
    return (context_ != nullptr ? "https://" : "http://") + host + ':' + std::to_string(port_);
}

void FaultServer::accept() {
    for (;;) {
        pollfd watched[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
        const int ready = ::poll(watched, 2, -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0 || watched[1].revents != 0) return;
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && errno == EINVAL) return; // stopListening()
        if (fd < 0) continue;
        const int yes = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const std::lock_guard<std::mutex> lock(mutex_);
        threads_.emplace_back([this, fd, number = ++connections_] { serve(fd, number); });
        changed_.notify_all();
    }
}

void FaultServer::serve(int socket, int connection) {
    // OpenSSL writes without MSG_NOSIGNAL; a signal of ours must not be taken for one of the client's.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    Peer peer(*this, socket, stop_[0], connection);
    if (context_ != nullptr) {
        if (connection <= cutHandshakes_) {
            peer.wait(POLLIN);
            return;
        }
        if (!peer.shakeHands(context_->tls.get())) {
            // Closing with unread bytes would be a reset, which can overtake the alert that says why.
            ::shutdown(socket, SHUT_WR);
            peer.drain();
            return;
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        ++handshakes_;
        changed_.notify_all();
    }
    script_(peer);
}

void FaultServer::note(const Request& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
    changed_.notify_all();
}

std::vector<Request> FaultServer::requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
}

int FaultServer::connections() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return connections_;
}

int FaultServer::handshakes() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return handshakes_;
}

namespace {
constexpr std::chrono::seconds longestWait(20);
}

bool FaultServer::waitForRequests(std::size_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, longestWait, [&] { return requests_.size() >= count; });
}

bool FaultServer::waitForConnections(int count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, longestWait, [&] { return connections_ >= count; });
}

ClosedPort::ClosedPort() {
    const Bound bound = bindSocket();
    socket_ = bound.socket;
    port_ = bound.port;
}

ClosedPort::~ClosedPort() { ::close(socket_); }

FullBacklog::FullBacklog() {
    const Bound bound = bindSocket();
    listener_ = bound.socket;
    port_ = bound.port;
    check(::listen(listener_, 0) == 0, "listen");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    // A queue of no length takes one; what comes behind it gets no answer.
    for (int i = 0; i < 4; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        check(fd >= 0, "socket");
        waiting_.push_back(fd);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            check(errno == EINPROGRESS, "connect");
    }
}

FullBacklog::~FullBacklog() {
    for (const int fd : waiting_)
        ::close(fd);
    ::close(listener_);
}

} // namespace kontext_test
