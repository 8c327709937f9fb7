// One libcurl handle with a connection cache of its own: it belongs to one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <kontext/transport.hpp>

#include "transport/curl_settings.hpp"
#include "transport/header_list.hpp"
#include "transport/response_reader.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {

class CurlHandle {
public:
    explicit CurlHandle(const CurlSettings& settings);
    CurlHandle(const CurlHandle&) = delete;
    CurlHandle& operator=(const CurlHandle&) = delete;
    ~CurlHandle();

    /// By a clock that goes on while the machine is suspended, as libcurl's own does not.
    struct Use {
        std::chrono::nanoseconds now{};
        std::chrono::nanoseconds last{}; // time of the handle; now if it is new
    };
    /// Sends, waits, and reads. A connection that is too old for the request is replaced by a fresh one. Throws
    /// NetworkError, TimeoutError and CancelledError; the handle is then done with.
    HttpResponse send(const HttpRequest& request, Use use);
    /// Whether the connection is fit for another request.
    bool reusable() const noexcept { return reusable_; }
    /// For how long it is, if nobody uses it meanwhile.
    std::chrono::nanoseconds idleLimit() const noexcept { return idleLimit_; }
    /// Where it leads to; a handle is used for one origin alone, and so has one connection. Empty before the first use.
    const std::string& origin() const noexcept { return origin_; }
    /// Whether its connection is as silent as an idle one has to be. One with bytes to read, or at its end, was closed
    /// by the server, or holds an answer to a question that was not asked.
    bool hasNoPendingData() const;

private:
    struct Transfer; // what the callbacks see

    void setUp();
    void setUpTls();
    void setUpProxy();
    void setUrl(const std::string& url);
    void applyRequest(const HttpRequest& request, Use use);
    void applyMethod(const HttpRequest& request);
    void chooseConnection(const HttpRequest& request, Use use);
    HttpResponse finish(Transfer& transfer);
    [[noreturn]] void fail(const HttpRequest& request, const Transfer& transfer, CURLcode code,
                           std::chrono::steady_clock::time_point started) const;
    bool hasProxyForPlainHttp() const;
    CURLcode run(const HttpRequest& request);

    static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* handle);
    static std::size_t onBody(char* data, std::size_t size, std::size_t count, void* handle);
    static int onSend(void* handle, char*, char*, int, int);
    static curl_socket_t onOpen(void* handle, curlsocktype purpose, curl_sockaddr* address);
    static int onClose(void* handle, curl_socket_t socket);

    struct Free {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    struct FreeMulti {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };

    const CurlSettings& settings_;
    HeaderList headers_{};
    std::vector<curl_socket_t> sockets_{}; // that are open; goes after the handles, which close theirs
    // The easy handle goes first: its last words go to the connections that the multi handle keeps.
    std::unique_ptr<CURLM, FreeMulti> multi_;
    std::unique_ptr<CURL, Free> easy_;
    std::string origin_{};                                                   // that the proxy is set for
    bool plainToFarHost_ = false;                                            // the origin is http, and not this machine
    bool fresh_ = false;                                                     // the next transfer opens a connection
    bool http2_ = false;                                                     // is what the last transfer spoke
    std::chrono::nanoseconds connectedAt_ = std::chrono::nanoseconds::max(); // which has not come
    std::chrono::nanoseconds idleLimit_{};
    std::chrono::milliseconds connectTimeout_{};
    std::chrono::milliseconds timeout_{};
    bool plainGet_ = false;        // it is set up for a GET without a body
    Transfer* transfer_ = nullptr; // the one that is under way
    char error_[CURL_ERROR_SIZE]{};
    bool reusable_ = false;
};

} // namespace transport
KONTEXT_END_NAMESPACE
