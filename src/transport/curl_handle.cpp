#include "transport/curl_handle.hpp"

#include <algorithm>
#include <chrono>
#include <climits>
#include <new>
#include <utility>

#include "platform/signals.hpp"
#include "platform/socket.hpp"
#include "transport/curl_failure.hpp"
#include "transport/url.hpp"
#include "values/percent.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

using std::chrono::milliseconds;

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code == CURLE_OK) return;
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    throw NetworkError(NetworkErrorKind::other,
                       "libcurl refuses option " + std::to_string(option) + ": " + curl_easy_strerror(code), false);
}

const char* orNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

/// 0 would be libcurl's own default, and it counts in an int.
long milliseconds32(milliseconds duration) {
    return static_cast<long>(std::clamp<milliseconds::rep>(duration.count(), 1, INT_MAX));
}

bool guardsSigpipe() noexcept {
    static const bool needed = raisesSigpipe(*curl_version_info(CURLVERSION_NOW));
    return needed;
}

void wake(void* multi) noexcept { curl_multi_wakeup(static_cast<CURLM*>(multi)); }

} // namespace

struct CurlHandle::Transfer {
    Transfer(CurlHandle& its, std::size_t maxBody) : handle(its), response(maxBody) { handle.transfer_ = this; }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() { handle.transfer_ = nullptr; }

    CurlHandle& handle;
    ResponseReader response;
    int sends = 0;
};

CurlHandle::CurlHandle(const CurlSettings& settings)
    : settings_(settings), multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (multi_ == nullptr || easy_ == nullptr) throw std::bad_alloc();
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
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    set(easy, CURLOPT_QUICK_EXIT, 1L); // a name server that hangs does not outlive the timeout
#endif
    set(easy, CURLOPT_HTTP_VERSION,
        static_cast<long>(settings_.httpVersion == HttpVersion::http2 ? CURL_HTTP_VERSION_2TLS
                                                                      : CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_MAXAGE_CONN, 30L); // an older connection is likely to be closed by the server as we send
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_LIBZ) != 0)
        set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
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
    const bool decodes = curl_version_info(CURLVERSION_NOW)->version_num < 0x080800;
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
    const std::size_t authority = url.find("://");
    const std::string_view origin =
        std::string_view(url).substr(0, url.find('/', authority == std::string::npos ? 0 : authority + 3));
    if (origin == origin_ && !origin_.empty()) return;
    const auto parsed = parseUrl(url);
    set(easy_.get(), CURLOPT_PROXY, parsed && isLoopback(parsed->host) ? "" : orNull(settings_.proxy.url));
    origin_ = origin;
}

void CurlHandle::applyRequest(const HttpRequest& request) {
    CURL* easy = easy_.get();
    setUrl(request.url);
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

HttpResponse CurlHandle::send(const HttpRequest& request) {
    const auto started = std::chrono::steady_clock::now();
    reusable_ = false;
    error_[0] = '\0';
    Transfer transfer(*this, request.maxResponseBytes);
    applyRequest(request);
    CURLcode code = run(request);
    // libcurl takes the end of the connection for the end of the headers.
    if (code == CURLE_OK && !transfer.response.headersComplete()) code = CURLE_PARTIAL_FILE;
    if (code == CURLE_OK || transfer.response.cut()) {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        reusable_ = code == CURLE_OK;
        return std::move(transfer.response).take(static_cast<int>(status));
    }
    CurlFailure failure;
    failure.code = code;
    failure.text = error_;
    failure.sends = transfer.sends;
    failure.cancelled = request.cancel.isCancelled();
    failure.headersTooLarge = transfer.response.headersTooLarge();
    failure.elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
    failure.connectTimeout = request.connectTimeout;
    failure.timeout = request.timeout;
    failure.trusted = settings_.caSource.description;
    if (code == CURLE_OUT_OF_MEMORY && transfer.sends == 0) throw std::bad_alloc();
    detail::raise(toNetworkError(failure));
}

/// Like curl_easy_perform, but a cancel wakes it.
CURLcode CurlHandle::run(const HttpRequest& request) {
    CURLM* multi = multi_.get();
    const platform::SigpipeGuard guard(guardsSigpipe());
    const CancellationCallback callback(request.cancel, &wake, multi);
    if (curl_multi_add_handle(multi, easy_.get()) != CURLM_OK) return CURLE_FAILED_INIT;

    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    // As long as curl_easy_perform waits: libcurl's own timers are kept, whatever we say. Under HTTP/2 it can have the
    // whole response and say so only when asked again, while neither its timers nor the socket wake us (7.88: one call in
    // a thousand on a slow machine). So we ask again soon, and a response is late by no more than has been waited already.
    constexpr int longestWait = 1'000; // ms
    int wait = settings_.httpVersion == HttpVersion::http2 ? 1 : longestWait;
    for (int running = 1; !request.cancel.isCancelled(); wait = std::min(2 * wait, longestWait)) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) {
            code = CURLE_FAILED_INIT;
            break;
        }
        if (running == 0) {
            int left = 0;
            if (const CURLMsg* message = curl_multi_info_read(multi, &left)) code = message->data.result;
            break;
        }
        if (curl_multi_poll(multi, nullptr, 0, wait, nullptr) != CURLM_OK) {
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
        return 0;
    }
}

/// Runs before each send. When a reused connection dies before a byte of the response, libcurl would open another and send
/// the request again by itself, a POST too: only the loop above us repeats.
int CurlHandle::onSend(void* handle, char*, char*, int, int) {
    int& sends = static_cast<CurlHandle*>(handle)->transfer_->sends;
    if (sends > 0) return CURL_PREREQFUNC_ABORT;
    ++sends;
    return CURL_PREREQFUNC_OK;
}

/// libcurl looks as well, but before 8.0 it takes a connection for live that has the server's TLS goodbye, a reset or
/// an unasked response waiting.
bool CurlHandle::hasNoPendingData() const {
    // Under HTTP/2 the server may say something at any time; only its end counts.
    const auto telling = settings_.httpVersion == HttpVersion::http2 ? platform::Pending::end : platform::Pending::data;
    return std::none_of(sockets_.begin(), sockets_.end(),
                        [telling](curl_socket_t socket) { return platform::hasPending(socket, telling); });
}

curl_socket_t CurlHandle::onOpen(void* handle, curlsocktype, curl_sockaddr* address) {
    auto& sockets = static_cast<CurlHandle*>(handle)->sockets_;
    try {
        sockets.reserve(sockets.size() + 1);
    } catch (const std::bad_alloc&) {
        return CURL_SOCKET_BAD;
    }
    const curl_socket_t socket = platform::openSocket(address->family, address->socktype, address->protocol);
    if (socket != CURL_SOCKET_BAD) sockets.push_back(socket);
    return socket;
}

int CurlHandle::onClose(void* handle, curl_socket_t socket) {
    auto& sockets = static_cast<CurlHandle*>(handle)->sockets_;
    sockets.erase(std::remove(sockets.begin(), sockets.end(), socket), sockets.end());
    return platform::closeSocket(socket);
}

} // namespace transport
KONTEXT_END_NAMESPACE
