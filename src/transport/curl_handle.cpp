#include "transport/curl_handle.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <new>
#include <utility>

#include "platform/environment.hpp"
#include "platform/signals.hpp"
#include "platform/socket.hpp"
#include "transport/curl_failure.hpp"
#include "transport/idle_limit.hpp"
#include "transport/libcurl.hpp"
#include "transport/method.hpp"
#include "transport/url.hpp"
#include "values/percent.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

using std::chrono::milliseconds;

// By their numbers: whether there is such an option is up to the libcurl that runs, not to the headers.
constexpr auto protocolsOption = static_cast<CURLoption>(CURLOPTTYPE_LONG + 181); // deprecated since 7.85
constexpr auto protocolNamesOption = static_cast<CURLoption>(CURLOPTTYPE_STRINGPOINT + 318);
constexpr auto quickExitOption = static_cast<CURLoption>(CURLOPTTYPE_LONG + 322);

/// Not what another attempt could mend: either this libcurl has no such option, or the value is too long for any.
template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code == CURLE_OK) return;
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    throw ConfigError("transport", "libcurl " + libcurl().version + " refuses option " + std::to_string(option) + ": "
                                       + curl_easy_strerror(code));
}

const char* orNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

/// 0 would be libcurl's own default, and it counts in an int.
long milliseconds32(milliseconds duration) {
    return static_cast<long>(std::clamp<milliseconds::rep>(duration.count(), 1, INT_MAX));
}

bool guardsSigpipe() noexcept {
    static const bool needed = raisesSigpipe(libcurl()); // which has started before there is a handle
    return needed;
}

void wake(void* multi) noexcept { curl_multi_wakeup(static_cast<CURLM*>(multi)); }

/// It opens the pair of descriptors that wake() writes to.
CURLM* newMulti() {
    const platform::StandardDescriptorsHeld held;
    return curl_multi_init();
}

} // namespace

struct CurlHandle::Transfer {
    Transfer(CurlHandle& its, std::size_t maxBody) : handle(its), response(maxBody) { handle.transfer_ = this; }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() { handle.transfer_ = nullptr; }

    CurlHandle& handle;
    ResponseReader response;
    int sends = 0;
    int opened = 0; // sockets
    bool resends = false;
    bool outOfMemory = false; // in code of ours that libcurl called, which must not throw through it
    std::error_code socketError{};
};

CurlHandle::CurlHandle(const CurlSettings& settings)
    : settings_(settings), multi_(newMulti()), easy_(curl_easy_init()) {
    if (multi_ == nullptr || easy_ == nullptr) throw std::bad_alloc();
    // The one that a fresh connection replaces is closed.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
    setUp();
    setUpTls();
    setUpProxy();
}

CurlHandle::~CurlHandle() {
    const platform::SigpipeGuard guard(guardsSigpipe()); // closing a TLS connection writes to it
    easy_.reset();
    multi_.reset();
}

void CurlHandle::setUp() {
    CURL* easy = easy_.get();
    set(easy, CURLOPT_NOSIGNAL, 1L);
    // With it libcurl closes the connections of the multi handle, too: it takes that from the easy handle that was
    // added last. Before there was one, the end of the multi handle would ignore SIGPIPE for a moment, in the whole
    // process, and one that is pending would be lost.
    curl_multi_add_handle(multi_.get(), easy);
    curl_multi_remove_handle(multi_.get(), easy);
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    if (takesProtocolNames(settings_.libcurlVersion))
        set(easy, protocolNamesOption, "http,https");
    else
        set(easy, protocolsOption, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    // A name server that hangs does not outlive the timeout.
    if (takesQuickExit(settings_.libcurlVersion)) set(easy, quickExitOption, 1L);
    set(easy, CURLOPT_HTTP_VERSION,
        static_cast<long>(settings_.httpVersion == HttpVersion::http2 ? CURL_HTTP_VERSION_2TLS
                                                                      : CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (libcurl().gzip) set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    set(easy, CURLOPT_ERRORBUFFER, &error_[0]);
    set(easy, CURLOPT_HEADERFUNCTION, &CurlHandle::onHeader);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &CurlHandle::onBody);
    set(easy, CURLOPT_WRITEDATA, this);
    set(easy, CURLOPT_PREREQFUNCTION, &CurlHandle::onSend);
    set(easy, CURLOPT_PREREQDATA, this);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlHandle::onOpen);
    set(easy, CURLOPT_OPENSOCKETDATA, this);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlHandle::onClose);
    set(easy, CURLOPT_CLOSESOCKETDATA, this);
}

void CurlHandle::setUpTls() {
    CURL* easy = easy_.get();
    const CaSource& source = settings_.caSource;
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!source.file.empty() || !source.path.empty() || !source.pem.empty()) {
        // All of them, so that what is not named is not trusted.
        set(easy, CURLOPT_CAINFO, orNull(source.file));
        set(easy, CURLOPT_CAPATH, orNull(source.path));
        set(easy, CURLOPT_PROXY_CAINFO, orNull(source.file));
        set(easy, CURLOPT_PROXY_CAPATH, orNull(source.path));
    }
    if (!source.pem.empty()) {
        curl_blob blob{const_cast<char*>(source.pem.data()), source.pem.size(), CURL_BLOB_NOCOPY};
        set(easy, CURLOPT_CAINFO_BLOB, &blob);
        set(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    }
    const TlsOptions& tls = settings_.tls;
    set(easy, CURLOPT_SSLCERT, orNull(tls.clientCertFile));
    set(easy, CURLOPT_SSLKEY, orNull(tls.clientKeyFile));
    if (!tls.clientKeyPassword.empty()) {
        std::string password(tls.clientKeyPassword.reveal());
        set(easy, CURLOPT_KEYPASSWD, password.c_str());
        wipe(password);
    }
}

void CurlHandle::setUpProxy() {
    const ProxyOptions& proxy = settings_.proxy;
    set(easy_.get(), CURLOPT_NOPROXY, orNull(proxy.noProxy));
    if (proxy.credentials.empty()) return;
    const std::string_view both = proxy.credentials.reveal();
    const std::size_t colon = both.find(':');
    // Before 8.8.0 libcurl percent-decodes both (curl #13265).
    const bool decodes = libcurl().number < 0x080800;
    const auto spelt = [decodes](std::string_view text) {
        if (!decodes) return std::string(text);
        std::string encoded;
        encoded.reserve(3 * text.size()); // once: a buffer that grows leaves copies of a secret behind
        appendEncoded(encoded, text);
        return encoded;
    };
    std::string user = spelt(both.substr(0, colon));
    std::string password = spelt(both.substr(colon + 1));
    set(easy_.get(), CURLOPT_PROXYUSERNAME, user.c_str());
    set(easy_.get(), CURLOPT_PROXYPASSWORD, password.c_str());
    set(easy_.get(), CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    wipe(password);
}

/// Loopback hosts are never reached through a proxy: "" is none, null is the environment's.
void CurlHandle::setUrl(const std::string& url) {
    set(easy_.get(), CURLOPT_URL, url.c_str());
    const std::string_view origin = originOf(url);
    if (origin == origin_ && !origin_.empty()) return;
    const auto parsed = parseUrl(url);
    const bool loopback = parsed && isLoopback(parsed->host);
    set(easy_.get(), CURLOPT_PROXY, loopback ? "" : orNull(settings_.proxy.url));
    plainToFarHost_ = parsed && parsed->scheme == "http" && !loopback;
    origin_ = origin;
}

/// A forward proxy, which plain http alone is spoken to, may close a connection without telling; whether there is one
/// is known to libcurl, and to the network. What must not be repeated opens a connection there, each time.
void CurlHandle::chooseConnection(const HttpRequest& request, Use use) {
    const bool old = use.now - use.last > transport::idleLimit(request.method) || use.now - connectedAt_ > longestLife;
    const bool fresh = old || (plainToFarHost_ && !isRetryableMethod(request.method));
    if (fresh == fresh_) return;
    set(easy_.get(), CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    fresh_ = fresh;
}

void CurlHandle::applyRequest(const HttpRequest& request, Use use) {
    CURL* easy = easy_.get();
    setUrl(request.url);
    chooseConnection(request, use);
    set(easy, CURLOPT_HTTPHEADER, headers_.set(request.headers));
    if (request.connectTimeout != connectTimeout_) {
        set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds32(request.connectTimeout));
        connectTimeout_ = request.connectTimeout;
    }
    if (request.timeout != timeout_) {
        set(easy, CURLOPT_TIMEOUT_MS, milliseconds32(request.timeout));
        timeout_ = request.timeout;
    }
    applyMethod(request);
}

void CurlHandle::applyMethod(const HttpRequest& request) {
    CURL* easy = easy_.get();
    const bool plainGet = request.method == "GET" && request.body.empty();
    if (plainGet && plainGet_) return;
    plainGet_ = false;
    const bool custom = request.method != "GET" && request.method != "POST" && request.method != "HEAD";
    if (request.method == "HEAD") {
        set(easy, CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT"
               || request.method == "PATCH") {
        set(easy, CURLOPT_POST, 1L);
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    } else {
        set(easy, CURLOPT_HTTPGET, 1L);
    }
    const bool getWithBody = request.method == "GET" && !request.body.empty();
    set(easy, CURLOPT_CUSTOMREQUEST,
        custom || getWithBody ? request.method.c_str() : static_cast<const char*>(nullptr));
    plainGet_ = plainGet;
}

HttpResponse CurlHandle::send(const HttpRequest& request, Use use) {
    const auto started = std::chrono::steady_clock::now();
    reusable_ = false;
    error_[0] = '\0';
    Transfer transfer(*this, request.maxResponseBytes);
    applyRequest(request, use);
    CURLcode code = run(request);
    headers_.wipe(); // an idle handle knows no token
    // libcurl takes the end of the connection for the end of the headers.
    if (code == CURLE_OK && !transfer.response.headersComplete()) code = CURLE_PARTIAL_FILE;
    if (code != CURLE_OK && transfer.outOfMemory) throw std::bad_alloc();
    if (code != CURLE_OK && !transfer.response.cut()) fail(request, transfer, code, started);
    reusable_ = code == CURLE_OK;
    if (transfer.opened > 0) connectedAt_ = use.now;
    return finish(transfer);
}

HttpResponse CurlHandle::finish(Transfer& transfer) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 407 && plainToFarHost_ && hasProxyForPlainHttp()) detail::raise(proxyRefusesCredentials());
    long version = CURL_HTTP_VERSION_NONE;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
    http2_ = version >= CURL_HTTP_VERSION_2_0;
    HttpResponse response = std::move(transfer.response).take(static_cast<int>(status));
    idleLimit_ = transport::idleLimit(response.headers);
    return response;
}

void CurlHandle::fail(const HttpRequest& request, const Transfer& transfer, CURLcode code,
                      std::chrono::steady_clock::time_point started) const {
    CurlFailure failure;
    failure.code = code;
    failure.text = error_;
    failure.sends = transfer.sends;
    failure.resends = transfer.resends;
    failure.fresh = transfer.opened > 0;
    failure.responded = transfer.response.begun();
    failure.cancelled = request.cancel.isCancelled();
    failure.headersTooLarge = transfer.response.headersTooLarge();
    failure.elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
    failure.connectTimeout = request.connectTimeout;
    failure.timeout = request.timeout;
    failure.trusted = settings_.caSource.description;
    failure.socketError = transfer.socketError;
    // Neither the resolver nor the TLS library says that it lacked one.
    if (transfer.opened == 0 && transfer.sends == 0 && !failure.socketError && code != CURLE_OPERATION_TIMEDOUT)
        failure.socketError = platform::checkDescriptors();
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &failure.connectStatus);
    curl_easy_getinfo(easy_.get(), CURLINFO_PROXY_ERROR, &failure.proxyError);
    if (code == CURLE_OUT_OF_MEMORY && transfer.sends == 0) throw std::bad_alloc();
    detail::raise(toNetworkError(failure));
}

/// By proxy.url or the environment. Hosts that are to be reached without it are not looked up: a 407 is of a proxy.
bool CurlHandle::hasProxyForPlainHttp() const {
    if (!settings_.proxy.url.empty()) return true;
    for (const char* variable : {"http_proxy", "all_proxy", "ALL_PROXY"})
        if (!platform::environment(variable).empty()) return true;
    return false;
}

/// Like curl_easy_perform, but a cancel wakes it.
CURLcode CurlHandle::run(const HttpRequest& request) {
    CURLM* multi = multi_.get();
    const platform::SigpipeGuard guard(guardsSigpipe());
    const CancellationCallback callback(request.cancel, &wake, multi);
    const auto failed = [this](CURLMcode code) {
        if (code == CURLM_OUT_OF_MEMORY) transfer_->outOfMemory = true;
        return code != CURLM_OK;
    };
    if (failed(curl_multi_add_handle(multi, easy_.get()))) return CURLE_FAILED_INIT;

    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    // As long as curl_easy_perform waits: libcurl's own timers are kept, whatever we say. Under HTTP/2 it can have the
    // whole response and say so only when asked again, while neither its timers nor the socket wake us (7.88: one call
    // in a thousand on a slow machine). So we ask again soon, and a response is late by no more than has been waited
    // already.
    constexpr int longestWait = 1'000; // ms
    int wait = settings_.httpVersion == HttpVersion::http2 ? 1 : longestWait;
    for (int running = 1; !request.cancel.isCancelled(); wait = std::min(2 * wait, longestWait)) {
        if (failed(curl_multi_perform(multi, &running))) {
            code = CURLE_FAILED_INIT;
            break;
        }
        if (running == 0) {
            int left = 0;
            if (const CURLMsg* message = curl_multi_info_read(multi, &left)) code = message->data.result;
            break;
        }
        if (failed(curl_multi_poll(multi, nullptr, 0, wait, nullptr))) {
            code = CURLE_FAILED_INIT;
            break;
        }
    }
    curl_multi_remove_handle(multi, easy_.get());
    return code;
}

std::size_t CurlHandle::onHeader(char* data, std::size_t size, std::size_t count, void* handle) {
    auto* self = static_cast<CurlHandle*>(handle);
    try {
        return self->transfer_->response.header({data, size * count}) ? size * count : 0;
    } catch (const std::bad_alloc&) {
        self->transfer_->outOfMemory = true;
        return 0;
    }
}

std::size_t CurlHandle::onBody(char* data, std::size_t size, std::size_t count, void* handle) {
    auto* self = static_cast<CurlHandle*>(handle);
    try {
        curl_off_t expected = 0;
        curl_easy_getinfo(self->easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected);
        return self->transfer_->response.body({data, size * count},
                                              static_cast<std::size_t>(std::max<curl_off_t>(expected, 0)))
                   ? size * count
                   : 0;
    } catch (const std::bad_alloc&) {
        self->transfer_->outOfMemory = true;
        return 0;
    }
}

/// Runs before each send. When a reused connection dies before a byte of the response, libcurl would open another and
/// send the request again by itself, a POST too: only the loop above us repeats.
int CurlHandle::onSend(void* handle, char*, char*, int, int) {
    Transfer& transfer = *static_cast<CurlHandle*>(handle)->transfer_;
    if (transfer.sends > 0) {
        transfer.resends = true;
        return CURL_PREREQFUNC_ABORT;
    }
    ++transfer.sends;
    return CURL_PREREQFUNC_OK;
}

/// libcurl looks as well, but before 8.0 it takes a connection for live that has the server's TLS goodbye, a reset or
/// an unasked response waiting.
bool CurlHandle::hasNoPendingData() const {
    // Under HTTP/2 the server may say something at any time; only its end counts. It may have been asked for and not
    // agreed to.
    const auto telling = http2_ ? platform::Pending::end : platform::Pending::data;
    return std::none_of(sockets_.begin(), sockets_.end(),
                        [telling](curl_socket_t socket) { return platform::hasPending(socket, telling); });
}

curl_socket_t CurlHandle::onOpen(void* handle, curlsocktype, curl_sockaddr* address) {
    auto& sockets = static_cast<CurlHandle*>(handle)->sockets_;
    Transfer& transfer = *static_cast<CurlHandle*>(handle)->transfer_;
    if (transfer.sends > 0) { // a connection to send once more on, which onSend would not let it: it is not even opened
        transfer.resends = true;
        return CURL_SOCKET_BAD;
    }
    try {
        sockets.reserve(sockets.size() + 1);
    } catch (const std::bad_alloc&) {
        transfer.outOfMemory = true;
        return CURL_SOCKET_BAD;
    }
    const curl_socket_t socket = platform::openSocket(address->family, address->socktype, address->protocol);
    if (socket != CURL_SOCKET_BAD) {
        sockets.push_back(socket);
        ++transfer.opened;
        transfer.socketError.clear();
    } else if (transfer.opened == 0) {
        transfer.socketError = {errno, std::generic_category()};
    }
    return socket;
}

int CurlHandle::onClose(void* handle, curl_socket_t socket) {
    auto& sockets = static_cast<CurlHandle*>(handle)->sockets_;
    sockets.erase(std::remove(sockets.begin(), sockets.end(), socket), sockets.end());
    return platform::closeSocket(socket);
}

} // namespace transport
KONTEXT_END_NAMESPACE
