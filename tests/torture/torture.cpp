// torture: makes the n-th allocation of a call fail, for every n, as curl's torture tests do, and then every allocation
// from the n-th on. Each time the call must end, in a value or in an exception of ours or std::bad_alloc; nothing may
// be lost; and the same client must then do its work as if nothing had been.
//
// Allocations are those of the calling thread: the server's threads are spared. Plainly built, malloc itself is
// replaced, so that those of libcurl, OpenSSL, libstdc++ and glibc fail too; those by memalign and its kin, which none
// of them is seen to use here, are not counted. Under AddressSanitizer, which must have malloc for itself, `operator
// new` and the hooks of libcurl and OpenSSL stand in, and LeakSanitizer looks for what is lost.
//
// Two faults are not ours, and show here:
// - libcurl 7.88 does not look at the outcome of each of its own allocations within curl_multi_perform(): it loses a
// few
//   blocks, and sends a request without its query. Lost memory and a list that is cut short for this reason are
//   excused, and counted, if and only if the allocation that failed was asked for by libcurl's own code, below there.
// - Some of OpenSSL's allocations are not looked at within libssl 3.0, which then crashes, there or later. So TLS is
//   left out, but for --tls.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>
#include <zlib.h>

#include <kontext/management.hpp>
#include <kontext/token_store.hpp>

#include "support/fault_server.hpp"
#include "support/temp_dir.hpp"

#if defined(__SANITIZE_ADDRESS__)
#    define KONTEXT_ASAN 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define KONTEXT_ASAN 1
#    endif
#endif

namespace {

/// Of the calling thread: how its allocations fare.
struct Fate {
    bool armed = false;
    bool onward = false; // not the n-th alone
    long countdown = 0;
    bool failed = false;
    void* asker = nullptr; // of the first that failed: the code that asked for it
    bool performing = false;
    bool whilePerforming = false; // of the first that failed: it was below curl_multi_perform()
    long live = 0;                // blocks that were allocated and not given back, armed or not
};
thread_local Fate fate;

/// Whether the allocation that this code asks for now fails.
bool fails(void* asker) noexcept {
    if (!fate.armed) return false;
    if (fate.countdown > 0 && --fate.countdown > 0) return false;
    if (fate.failed && !fate.onward) return false;
    if (!fate.failed) {
        fate.asker = asker;
        fate.whilePerforming = fate.performing;
    }
    fate.failed = true;
    errno = ENOMEM;
    return true;
}

/// Whether the first that failed was libcurl's own, or one of zlib for it, in the course of a transfer.
bool failedWithinCurl() {
    Dl_info info{};
    if (!fate.whilePerforming || fate.asker == nullptr || dladdr(fate.asker, &info) == 0 || info.dli_fname == nullptr)
        return false;
    return std::strstr(info.dli_fname, "libcurl") != nullptr || std::strstr(info.dli_fname, "libz.") != nullptr;
}

// For the last words.
std::atomic<const char*> stage{"the start"};
std::atomic<long> number{0};

void say(const char* text) {
    const ssize_t ignored = write(STDERR_FILENO, text, std::strlen(text));
    (void)ignored;
}

void sayLastWords(int signal) {
    char line[200];
    std::snprintf(line, sizeof line, "torture: FAILED: signal %d in %s, allocation %ld\n", signal, stage.load(),
                  number.load());
    say(line);
    std::signal(signal, SIG_DFL);
    raise(signal);
}

} // namespace

// In place of libcurl's, which does the work.
extern "C" CURLMcode curl_multi_perform(CURLM* multi, int* running) {
    using Perform = CURLMcode (*)(CURLM*, int*);
    static const auto next = reinterpret_cast<Perform>(dlsym(RTLD_NEXT, "curl_multi_perform"));
    fate.performing = true;
    const CURLMcode code = next(multi, running);
    fate.performing = false;
    return code;
}

#define KONTEXT_ASKER __builtin_return_address(0)

#ifdef KONTEXT_ASAN

extern "C" int __lsan_do_recoverable_leak_check(); // NOLINT(bugprone-reserved-identifier): its name

void* operator new(std::size_t size) {
    if (void* memory = fails(KONTEXT_ASKER) ? nullptr : std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

void* curlMalloc(std::size_t size) { return fails(KONTEXT_ASKER) ? nullptr : std::malloc(size); }
void* curlRealloc(void* memory, std::size_t size) {
    return fails(KONTEXT_ASKER) ? nullptr : std::realloc(memory, size);
}
void* curlCalloc(std::size_t count, std::size_t size) {
    return fails(KONTEXT_ASKER) ? nullptr : std::calloc(count, size);
}
char* curlStrdup(const char* text) { return fails(KONTEXT_ASKER) ? nullptr : strdup(text); }
void* opensslMalloc(std::size_t size, const char*, int) { return fails(KONTEXT_ASKER) ? nullptr : std::malloc(size); }
void* opensslRealloc(void* memory, std::size_t size, const char*, int) {
    return fails(KONTEXT_ASKER) ? nullptr : std::realloc(memory, size);
}
void opensslFree(void* memory, const char*, int) { std::free(memory); }

void hook() {
    if (CRYPTO_set_mem_functions(&opensslMalloc, &opensslRealloc, &opensslFree) != 1) std::abort();
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, &curlMalloc, &std::free, &curlRealloc, &curlStrdup, &curlCalloc)
        != CURLE_OK)
        std::abort();
}

/// Whether something was lost since the last time.
bool lost(long) { return __lsan_do_recoverable_leak_check() != 0; }

} // namespace

#else

// glibc's own, under the names that it gives them for this.
extern "C" {
void* __libc_malloc(std::size_t);              // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t, std::size_t); // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void*, std::size_t);      // NOLINT(bugprone-reserved-identifier)
void __libc_free(void*);                       // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t size) noexcept {
    if (fails(KONTEXT_ASKER)) return nullptr;
    void* memory = __libc_malloc(size);
    if (memory != nullptr) ++fate.live;
    return memory;
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    if (fails(KONTEXT_ASKER)) return nullptr;
    void* memory = __libc_calloc(count, size);
    if (memory != nullptr) ++fate.live;
    return memory;
}
void* realloc(void* memory, std::size_t size) noexcept {
    if (fails(KONTEXT_ASKER)) return nullptr;
    void* moved = __libc_realloc(memory, size);
    if (memory == nullptr && moved != nullptr) ++fate.live;
    if (memory != nullptr && size == 0) --fate.live;
    return moved;
}
void free(void* memory) noexcept {
    if (memory == nullptr) return;
    --fate.live;
    __libc_free(memory);
}
// glibc's would be the one who asks malloc.
char* strdup(const char* text) noexcept {
    if (fails(KONTEXT_ASKER)) return nullptr;
    const std::size_t size = std::strlen(text) + 1;
    void* memory = __libc_malloc(size);
    if (memory == nullptr) return nullptr;
    ++fate.live;
    return static_cast<char*>(std::memcpy(memory, text, size));
}
}

namespace {

void hook() {}

bool lost(long before) { return fate.live > before; }

} // namespace

#endif

namespace {

using kontext_test::FaultServer;
using kontext_test::FaultTls;
using kontext_test::Peer;
using Client = kontext::KontextManagementClient;

std::string compressed(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        std::abort();
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// Good answers to everything but what asks for another one by its name. Also as a proxy.
void answer(Peer& peer) {
    while (peer.receive()) {
        const std::string& target = peer.request().target;
        const auto names = [&target](const char* word) { return target.find(word) != std::string::npos; };
        std::string status = "200 OK";
        std::string headers;
        std::string body =
            R"({"application":{"id":"42","name":"Answer","sessions":{"active":1},"externalAuth":{"enabled":true,)"
            R"("allowedAlgorithms":["RS256","ES256"],"requiredClaims":{"a":[1,2,{"b":null}]}}},)"
            R"("items":[{"id":"1","name":"one"},{"id":"2","name":"two"}],)"
            R"("serviceAccount":{"id":"7"},"credentials":{"clientId":"sa_7","clientSecret":"a-new-secret-that-is-long"}})";
        if (names("/applications") && !names("/applications/") && !names("cursor="))
            body.insert(1, R"("nextCursor":"c2",)");
        if (names("/oauth2/token"))
            body = R"({"access_token":"ory_at_a-token-that-is-long-enough-to-be-on-the-heap","expires_in":3600})";
        if (names("/refused/token")) {
            status = "400 Bad Request";
            body =
                R"({"error":"invalid_client","error_description":"there is no such account","hint":{"try":["again"]}})";
        }
        if (names("missing")) {
            status = "404 Not Found";
            body =
                R"({"message":"there is no such application","statusCode":404,"errors":[{"field":"id","message":"is unknown"}]})";
        }
        // The first request of a connection, and the one behind that for the token.
        if (names("flaky") && peer.served() % 2 == 0) status = "503 Busy";
        if (names("revoked") && peer.served() == 2) status = "401 Unauthorized";
        if (names("zipped")) {
            headers = "Content-Encoding: gzip\r\n";
            body = compressed(body);
        }
        if (!peer.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nx-request-id: req_torture\r\n"
                       + "Retry-After: 0\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
                       + body))
            return;
    }
}

/// Remembers the last line.
class LastLine : public kontext::Logger {
    void log(kontext::LogLevel, std::string_view message) override { line_ = message; }
    std::string line_{};
};

/// Remembers the last route, and adds headers of which one takes the place of the client's own.
class LastRoute : public kontext::CallObserver {
    kontext::Headers onSend(const kontext::AttemptInfo&) override {
        return {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, {"accept", "*/*"}};
    }
    void onCall(const kontext::CallInfo& call) override {
        route_ = "the route of the last call: " + std::string(call.route);
    }
    void onAttempt(const kontext::AttemptInfo& attempt) override {
        route_ = "the route of the last attempt: " + std::string(attempt.route);
    }
    std::string route_{};
};

/// What becomes of a call when there is memory.
enum class Ends { value, error, noToken };

struct Case {
    const char* name;
    std::function<void(const Client&)> call;
    Ends ends = Ends::value;
    std::function<void(kontext::ClientConfig&)> configure{};
    bool tls = false;
};

/// How it ended, for one n.
struct End {
    enum class How { value, badAlloc, ours, another } how = How::value;
    std::string words{};
};

template <class Call>
End attempt(const Call& call) noexcept {
    // Nothing here allocates before the fate is disarmed.
    try {
        call();
        fate.armed = false;
        return {};
    } catch (const std::bad_alloc&) {
        fate.armed = false;
        return {End::How::badAlloc};
    } catch (const kontext::KontextError& error) {
        fate.armed = false;
        return {End::How::ours, error.what()};
    } catch (const std::exception& error) {
        fate.armed = false;
        return {End::How::another, error.what()};
    } catch (...) {
        fate.armed = false;
        return {End::How::another, "no std::exception"};
    }
}

/// With those of the server's threads, which come and go: the least of a few looks.
long openFiles() {
    long least = 0;
    for (int look = 0; look < 100; ++look) {
        long count = 0;
        for (int file = 0; file < 256; ++file)
            count += fcntl(file, F_GETFD) >= 0;
        if (look == 0 || count < least) least = count;
        std::this_thread::yield();
    }
    return least;
}

class Torture {
public:
    explicit Torture(long stride) : stride_(stride) {}

    void run(const Case& what, const kontext::ClientConfig& config, bool onward) {
        stage = what.name;
        long values = 0;
        long badAllocs = 0;
        long ours = 0;
        long failures = 0;
        long excused = 0;
        const long files = openFiles();
        // Twice without a failure, for what is made once and kept.
        for (int i = 0; i < 2; ++i)
            once(what, config, 0, false);
        for (long n = 1;; n += stride_) {
            number = n;
            alarm(60); // a call that hangs
            const long before = fate.live;
            const End end = once(what, config, n, onward);
            if (!fate.failed) break; // the call makes fewer than n
            ++failures;
            values += end.how == End::How::value;
            badAllocs += end.how == End::How::badAlloc;
            ours += end.how == End::How::ours;
            if (end.how == End::How::another) {
                if (failedWithinCurl())
                    ++excused;
                else
                    complain(what, n, "ended in " + end.words);
            }
            // What lacks memory is nobody's fault.
            for (const char* fault : {"does not speak HTTP properly", "absolute URL", "not valid JSON"})
                if (end.words.find(fault) != std::string::npos && !failedWithinCurl())
                    complain(what, n, "blamed somebody: " + end.words);
            // What is kept for good is kept once: seen again, it is lost.
            if (lost(before)) {
                const long again = fate.live;
                once(what, config, n, onward);
                if (!lost(again)) continue;
                if (failedWithinCurl())
                    ++excused;
                else
                    complain(what, n, "lost memory; it ended in " + end.words);
            }
        }
        alarm(0);
        if (openFiles() > files) complain(what, 0, "left files open");
        std::printf("torture: %-28s %-13s %5ld failures: %ld bad_alloc, %ld KontextError, %ld values all the same; "
                    "%ld excused as libcurl's\n",
                    what.name, onward ? "from the n-th" : "the n-th", failures, badAllocs, ours, values, excused);
        std::fflush(stdout);
    }
    long complaints() const { return complaints_; }

private:
    /// A client, and the call on it with the n-th allocation failing (0: none); then the call must succeed.
    End once(const Case& what, const kontext::ClientConfig& config, long n, bool onward) {
        End end;
        bool failed = false;
        {
            std::unique_ptr<const Client> client;
            fate.countdown = n;
            fate.onward = onward;
            fate.failed = false;
            fate.armed = n > 0;
            end = attempt([&] {
                client = std::make_unique<const Client>(config);
                what.call(*client);
            });
            failed = fate.failed;
            if (client != nullptr) recover(what, *client, n);
        }
        fate.failed = failed;
        return end;
    }

    /// After a failure, with memory again, everything is as it was.
    void recover(const Case& what, const Client& client, long n) {
        const End end = attempt([&] { what.call(client); });
        if (end.how != (what.ends == Ends::value ? End::How::value : End::How::ours))
            complain(what, n, "did not work afterwards: " + end.words);
        const End again = attempt([&] { client.refreshToken(); });
        if (again.how != (what.ends == Ends::noToken ? End::How::ours : End::How::value))
            complain(what, n, "got no token afterwards: " + again.words);
    }

    void complain(const Case& what, long n, const std::string& about) {
        if (++complaints_ > 50) return;
        std::fprintf(stderr, "torture: %s, allocation %ld: %s\n", what.name, n, about.c_str());
    }

    long stride_;
    long complaints_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    long stride = 1;
    bool withTls = false;
    const char* only = "";
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--tls") == 0) {
            withTls = true;
        } else if (std::strcmp(argv[i], "--stride") == 0 && i + 1 < argc && std::atol(argv[i + 1]) > 0) {
            stride = std::atol(argv[++i]);
        } else if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else {
            std::fprintf(stderr, "usage: torture [--tls] [--stride N] [--only WORD]\n");
            return 2;
        }
    }
    hook();
    for (const int signal : {SIGSEGV, SIGABRT, SIGALRM, SIGFPE})
        std::signal(signal, &sayLastWords);

    const kontext_test::KeyPair authority = kontext_test::makeAuthority();
    const FaultServer plain(&answer);
    const FaultServer tls(&answer, FaultTls{.certificate = kontext_test::makeCertificate({}, &authority)});
    const kontext_test::TempDir directory;

    const Case cases[] = {
        {"token and GET", [](const Client& c) { c.applications.get("42"); }},
        {"POST with a secret",
         [](const Client& c) {
             c.integrations.addConnection("42", {.token = kontext::Secret("a-token-of-a-user-that-is-long-enough")});
         }},
        {"a secret that comes back", [](const Client& c) { c.serviceAccounts.create({.name = "robot"}); }},
        {"a list, page after page",
         [](const Client& c) {
             int items = 0;
             for (const kontext::Application& each : c.applications.listAll())
                 items += !each.id.empty();
             if (items != 4) throw std::runtime_error(std::to_string(items) + " items in place of 4");
         }},
        {"an error", [](const Client& c) { c.applications.get("missing"); }, Ends::error},
        {"a retry", [](const Client& c) { c.applications.get("flaky"); }},
        {"DELETE", [](const Client& c) { c.applications.archive("42"); }},
        {"a token that is revoked", [](const Client& c) { c.applications.get("revoked"); }},
        {"a token that is refused", [](const Client& c) { c.applications.get("42"); }, Ends::noToken,
         [&](kontext::ClientConfig& config) { config.tokenUrl = plain.url() + "/refused/token"; }},
        {"a reply that is compressed", [](const Client& c) { c.applications.get("zipped"); }},
        {"a logger and an observer",
         [](const Client& c) {
             kontext::ResponseInfo info;
             c.applications.get("flaky", {.info = &info});
             if (info.statusCode != 200) std::abort();
         },
         Ends::value,
         [](kontext::ClientConfig& config) {
             config.logger = std::make_shared<LastLine>();
             config.observer = std::make_shared<LastRoute>();
         }},
        {"a file of tokens", [](const Client& c) { c.applications.get("42"); }, Ends::value,
         [&](kontext::ClientConfig& config) {
             config.tokenStore = kontext::makeFileTokenStore(directory.path("tokens"));
         }},
        {"a file of tokens, written", [](const Client& c) { c.refreshToken(); }, Ends::value,
         [&](kontext::ClientConfig& config) {
             config.tokenStore = kontext::makeFileTokenStore(directory.path("tokens"));
         }},
        {"a proxy", [](const Client& c) { c.applications.get("42"); }, Ends::value,
         [&](kontext::ClientConfig& config) {
             config.baseUrl = "http://api.kontext.test";
             config.allowInsecureHttp = true;
             config.proxy.url = plain.url();
             config.proxy.credentials = kontext::Secret("somebody:the-proxys-password");
         }},
        {"token and GET over TLS", [](const Client& c) { c.applications.get("42"); }, Ends::value,
         [&](kontext::ClientConfig& config) {
             config.baseUrl = tls.url();
             config.tls.caPem = authority.certificate;
         },
         true},
    };

    Torture torture(stride);
    for (const Case& each : cases) {
        if (each.tls != withTls || std::strstr(each.name, only) == nullptr) continue;
        kontext::ClientConfig config;
        config.baseUrl = plain.url();
        config.credentials = {.clientId = "sa_torture", .clientSecret = kontext::Secret("the-secret-of-the-tortured")};
        config.retry.initialDelay = std::chrono::milliseconds(0);
        if (each.configure) each.configure(config);
        for (const bool onward : {false, true})
            torture.run(each, config, onward);
    }
    std::printf("torture: %s\n", torture.complaints() == 0 ? "passed" : "FAILED");
    return torture.complaints() == 0 ? 0 : 1;
}
