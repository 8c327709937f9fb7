// That secrets are really wiped: every block that a thread gives back to `operator delete` is kept, as it is, and
// searched for the bytes of every secret that went through the client. What libcurl and OpenSSL give back to malloc is
// theirs and is not looked at. Of a token that was cleared, what is in use is searched as well, libcurl's memory
// included.
//
// It says the most when the library is compiled as users have it, with -O2, by each compiler: see wiping.sh.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <string_view>
#include <vector>

#include <curl/curl.h>
#include <malloc.h>

#include <gtest/gtest.h>

#include <kontext/management.hpp>
#include <kontext/token_store.hpp>

#include "faults/short_memory.hpp"
#include "support/fault_server.hpp"
#include "support/temp_dir.hpp"
#include "values/printable.hpp"

namespace {

struct Block {
    const unsigned char* bytes;
    std::size_t size;
};

/// What was given back, by the threads that are watched. Grown with malloc: it is used from within `operator delete`.
struct Quarantine {
    Block* blocks = nullptr;
    std::size_t count = 0;
    std::size_t room = 0;
};

thread_local bool isWatched = false;
thread_local Quarantine quarantine;

void keep(void* memory) noexcept {
    if (quarantine.count == quarantine.room) {
        const std::size_t room = quarantine.room == 0 ? 4096 : 2 * quarantine.room;
        void* larger = std::realloc(quarantine.blocks, room * sizeof(Block));
        if (larger == nullptr) std::abort();
        quarantine.blocks = static_cast<Block*>(larger);
        quarantine.room = room;
    }
    quarantine.blocks[quarantine.count++] = {static_cast<const unsigned char*>(memory), malloc_usable_size(memory)};
}

void empty() noexcept {
    for (std::size_t i = 0; i < quarantine.count; ++i)
        std::free(const_cast<unsigned char*>(quarantine.blocks[i].bytes));
    std::free(quarantine.blocks);
    quarantine = {};
}

/// What the watched threads have taken, from `operator new` and by libcurl, and not given back.
class InUse {
public:
    void add(void* memory) noexcept {
        if (!isWatched || memory == nullptr) return;
        const std::lock_guard<std::mutex> lock(mutex_);
        if (count_ == most) std::abort();
        blocks_[count_++] = memory;
    }
    /// Whoever gives it back. Without a lock if nothing is watched: other tests fork.
    void remove(void* memory) noexcept {
        if (count_ == 0) return;
        const std::lock_guard<std::mutex> lock(mutex_);
        for (std::size_t i = count_; i-- > 0;) {
            if (blocks_[i] != memory) continue;
            blocks_[i] = blocks_[--count_];
            return;
        }
    }
    void clear() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        count_ = 0;
    }
    std::vector<Block> all() const {
        std::vector<Block> blocks;
        blocks.reserve(most); // what is done under the lock must not allocate
        const std::lock_guard<std::mutex> lock(mutex_);
        for (std::size_t i = 0; i < count_; ++i)
            blocks.push_back({static_cast<const unsigned char*>(blocks_[i]), malloc_usable_size(blocks_[i])});
        return blocks;
    }

private:
    static constexpr std::size_t most = 10'000;
    mutable std::mutex mutex_{};
    void* blocks_[most] = {};
    std::atomic<std::size_t> count_{0};
};

InUse inUse;

/// Without what somebody left behind there.
void* takeForCurl(std::size_t size) {
    void* memory = std::malloc(size);
    if (memory != nullptr && isWatched) std::memset(memory, 0, malloc_usable_size(memory));
    inUse.add(memory);
    return memory;
}
void releaseOfCurl(void* memory) {
    inUse.remove(memory);
    std::free(memory);
}
void* takeZeroedForCurl(std::size_t count, std::size_t size) {
    void* memory = takeForCurl(count * size);
    return memory != nullptr ? std::memset(memory, 0, count * size) : nullptr;
}
void* takeAgainForCurl(void* memory, std::size_t size) {
    void* other = takeForCurl(size);
    if (other == nullptr || memory == nullptr) return other;
    std::memcpy(other, memory, std::min(size, malloc_usable_size(memory)));
    releaseOfCurl(memory);
    return other;
}
char* copyForCurl(const char* text) {
    const std::size_t size = std::strlen(text) + 1;
    void* memory = takeForCurl(size);
    return memory != nullptr ? static_cast<char*>(std::memcpy(memory, text, size)) : nullptr;
}

// Before the library starts libcurl, which keeps the allocator that it is started with.
const CURLcode curlStarted = curl_global_init_mem(CURL_GLOBAL_DEFAULT, &takeForCurl, &releaseOfCurl, &takeAgainForCurl,
                                                  &copyForCurl, &takeZeroedForCurl);

void release(void* memory) noexcept {
    if (memory == nullptr) return;
    inUse.remove(memory);
    if (isWatched)
        keep(memory);
    else
        std::free(memory);
}

} // namespace

// For the whole program; only a watched thread is treated otherwise than by the ones they replace. It gets memory
// without what libcurl left behind there.
void* operator new(std::size_t size) {
    void* memory = kontext_test::ShortMemory::refuses(size) ? nullptr : std::malloc(size > 0 ? size : 1);
    if (memory == nullptr) throw std::bad_alloc();
    if (isWatched) std::memset(memory, 0, malloc_usable_size(memory));
    inUse.add(memory);
    return memory;
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
// The sanitizers' own do not come by here.
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace kontext_test {
namespace {

using kontext::Secret;
using std::chrono::milliseconds;

class Watch {
public:
    Watch() { isWatched = true; }
    ~Watch() { isWatched = false; }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
};

// No eight bytes of one are those of another text.
constexpr const char* clientSecret = "Qv7mXk2LpZt9RbNc4WsYf6HdGj";
constexpr const char* nextSecret = "Ud3hVq8KzBw5TnPx1MyCr7FgJs";
constexpr const char* firstToken = "Lf5pHt0WcYq2ZkXv8NrBm3DgSj.Rw6TzKx1";
constexpr const char* secondToken = "Ht4bGx9JnQw1VzMk6PsDc0RyFl.Yp8LfNv3";
constexpr const char* accountSecret = "Xc8nKv3TzWq6RpMb1HyGf5JdLs";
constexpr const char* rotatedSecret = "Nz2wBt7YkQx4LvPc9MrSf0HgDj";
constexpr const char* applicationSecret = "Jm6rFx1ZqTb8WnKv3PyHc5GdLs";
constexpr const char* serverToken = "Vt9kZp4XwRn2QbLc7MyFs1HgJd";
constexpr const char* partnerApiKey = "Bk5vTq0NzWx8PrMc3LyHf6GsJd";
constexpr const char* connectionToken = "Fg3zMx7KvQt1WnPb9RyLc4HsJd";
constexpr const char* proxyPassword = "Zr1yWm8CtNx5HqKv2BpFd9SgJl";
constexpr const char* keyPassword = "Ps6dGy3MvRk0TzXw7QnBh4FcJl";

using Window = std::uint64_t;

/// All the texts of eight bytes within the secrets, and within what Basic makes of them.
std::set<Window> windowsOf(std::initializer_list<std::string_view> secrets) {
    std::set<Window> windows;
    for (const std::string_view secret : secrets) {
        for (std::size_t i = 0; i + sizeof(Window) <= secret.size(); ++i) {
            Window window = 0;
            std::memcpy(&window, secret.data() + i, sizeof window);
            windows.insert(window);
        }
    }
    return windows;
}

/// The first trace of a secret in the block, with what surrounds it; "" if there is none.
std::string traceIn(const Block& block, const std::set<Window>& windows) {
    for (std::size_t i = 0; i + sizeof(Window) <= block.size; ++i) {
        Window window = 0;
        std::memcpy(&window, block.bytes + i, sizeof window);
        if (windows.count(window) == 0) continue;
        std::string found = "in a block of " + std::to_string(block.size) + " bytes, at " + std::to_string(i) + ": ";
        for (std::size_t j = i < 24 ? 0 : i - 24; j < std::min(i + 48, block.size); ++j)
            found.push_back(block.bytes[j] >= 0x20 && block.bytes[j] < 0x7f ? static_cast<char>(block.bytes[j]) : '.');
        return found;
    }
    return {};
}

/// The first in what was given back.
std::string trace(const std::set<Window>& windows) {
    for (std::size_t b = 0; b < quarantine.count; ++b)
        if (std::string found = traceIn(quarantine.blocks[b], windows); !found.empty()) return found;
    return {};
}

/// All in what is in use.
std::string tracesInUse(const std::set<Window>& windows) {
    std::string found;
    for (const Block& block : inUse.all())
        if (const std::string one = traceIn(block, windows); !one.empty()) found += one + '\n';
    return found;
}

std::string response(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size())
           + "\r\n\r\n" + body;
}

/// In chunks, so that no length tells the client how much room to make.
std::string inChunks(const std::string& body) {
    std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t i = 0; i < body.size(); i += 10) {
        const std::string piece = body.substr(i, 10);
        out += (piece.size() == 10 ? "a" : std::to_string(piece.size())) + "\r\n" + piece + "\r\n";
    }
    return out + "0\r\n\r\n";
}

std::string answer(const Request& request, int tokens) {
    const auto ends = [&](std::string_view with) {
        return request.target.size() >= with.size()
               && request.target.compare(request.target.size() - with.size(), with.size(), with) == 0;
    };
    if (ends("/oauth2/token"))
        return R"({"token_type":"bearer","access_token":")" + std::string(tokens == 1 ? firstToken : secondToken)
               + R"(","expires_in":3600})";
    if (ends("/service-accounts"))
        return R"({"serviceAccount":{"id":"1"},"credentials":{"clientId":"sa_1","clientSecret":")"
               + std::string(accountSecret) + "\"}}";
    if (ends("/service-accounts/1/rotate-secret"))
        return R"({"credentials":{"clientSecret":")" + std::string(rotatedSecret) + R"(","clientId":"sa_1"}})";
    if (ends("/applications/1")) return R"({"application":{"id":"1"}})";
    if (ends("/applications") || ends("/rotate-secret"))
        return R"({"application":{"id":"1"},"oauth":{"redirectUris":[],"clientSecret":")"
               + std::string(applicationSecret) + "\"}}";
    return R"({"integration":{"id":"1"}})";
}

struct Shape {
    const char* name;
    std::string (*frame)(const std::string& body);
};
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.name; }

class Wiping : public ::testing::TestWithParam<Shape> {
protected:
    ~Wiping() override {
        empty();
        inUse.clear();
    }

    FaultServer::Script script() {
        return [this](Peer& peer) {
            while (peer.receive()) {
                const bool forToken = peer.request().target == "/oauth2/token";
                if (forToken) ++tokens;
                // In two pieces, so that a buffer that grows has something to leave behind.
                const std::string whole = GetParam().frame(answer(peer.request(), tokens));
                if (!peer.send(whole.substr(0, whole.size() - 20)) || !peer.pause(milliseconds(2))
                    || !peer.send(whole.substr(whole.size() - 20)))
                    return;
            }
        };
    }
    kontext::ClientConfig config() const {
        return {.baseUrl = server.url(), .credentials = {.clientId = "sa_1", .clientSecret = Secret(clientSecret)}};
    }

    std::atomic<int> tokens{0};
    FaultServer server{script()};
    // Of the secrets alone, and as Basic has them.
    const std::set<Window> windows =
        windowsOf({clientSecret, nextSecret, firstToken, secondToken, accountSecret, rotatedSecret, applicationSecret,
                   serverToken, partnerApiKey, connectionToken, proxyPassword, keyPassword,
                   "c2FfMTpRdjdtWGsyTHBadDlSYk5jNFdzWWY2SGRHag", "c2FfMTpVZDNoVnE4S3pCdzVUblB4MU15Q3I3Rmdkcw"});
};
INSTANTIATE_TEST_SUITE_P(Faults, Wiping,
                         ::testing::Values(Shape{"WithALength", &response}, Shape{"InChunks", &inChunks}),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST_P(Wiping, LeavesNothingOfATokenAndOfTheCredentials) {
    {
        const kontext::ClientConfig made = config();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.get("1");
        client.refreshToken();
        client.integrations.get("1");
        client.setCredentials({.clientId = "sa_1", .clientSecret = Secret(nextSecret)});
        client.integrations.get("1");
        client.clearToken();
    }
    EXPECT_EQ(tokens, 3);
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfAClearedTokenInAClientThatIsIdle) {
    ASSERT_EQ(curlStarted, CURLE_OK);
    const kontext::ClientConfig made = config();
    const std::set<Window> cleared = windowsOf({firstToken});
    std::unique_ptr<kontext::KontextManagementClient> client;
    {
        const Watch watch;
        client = std::make_unique<kontext::KontextManagementClient>(made);
        client->integrations.get("1");
    }
    EXPECT_NE(tracesInUse(cleared), "") << "the token that is in use should be found";
    {
        const Watch watch;
        client->clearToken();
    }
    EXPECT_EQ(tracesInUse(cleared), "");
}

TEST_P(Wiping, LeavesNothingOfSecretsThatComeBack) {
    {
        const kontext::ClientConfig made = config();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        {
            const auto [account, credentials] = client.serviceAccounts.create({.name = "robot"});
            EXPECT_TRUE(credentials.clientSecret == Secret(accountSecret));
        }
        {
            const auto [credentials] = client.serviceAccounts.rotateSecret("1");
            client.setCredentials(credentials);
        }
        {
            const auto [application, oauth] = client.applications.create({.name = "app"});
            EXPECT_TRUE(oauth.clientSecret == Secret(applicationSecret));
        }
        client.applications.rotateSecret("1");
        client.refreshToken();
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfSecretsBesideHalfACharacter) {
    const FaultServer cutting([this](Peer& peer) {
        while (peer.receive()) {
            std::string body = answer(peer.request(), ++tokens);
            body.insert(1, R"("cut":"\ud83d",)");
            if (!peer.send(GetParam().frame(body))) return;
        }
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = cutting.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        const auto [account, credentials] = client.serviceAccounts.create({.name = "robot"});
        EXPECT_TRUE(credentials.clientSecret == Secret(accountSecret));
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfSecretsThatAreSent) {
    {
        const kontext::ClientConfig made = config();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.create({.name = "i", .url = "https://i.test", .serverToken = Secret(serverToken)});
        client.integrations.update("1", {.serverToken = Secret(serverToken)});
        client.integrations.addConnection("1", {.token = Secret(connectionToken)});
        client.integrations.setOAuthConfig("1", {.clientId = "p", .clientSecret = Secret(nextSecret)});
        client.applications.update(
            "1", {.externalAuth = kontext::ExternalAuthInput{.partnerApiKey = Secret(partnerApiKey)}});
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfATokenThatIsKeptInAFile) {
    const TempDir directory;
    for (int i = 0; i < 2; ++i) {
        kontext::ClientConfig made = config();
        made.tokenStore = kontext::makeFileTokenStore(directory.path("tokens"));
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.get("1");
        if (i == 1) client.refreshToken();
    }
    EXPECT_EQ(tokens, 2); // the second client found the first one's
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingWhenTheResponseIsCut) {
    const FaultServer cutting([this](Peer& peer) {
        while (peer.receive()) {
            if (peer.request().target == "/oauth2/token") {
                ++tokens;
                if (!peer.send(response(answer(peer.request(), tokens)))) return;
                continue;
            }
            const std::string whole = response(answer(peer.request(), 1));
            peer.send(whole.substr(0, whole.size() - 3));
            return;
        }
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = cutting.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.serviceAccounts.create({.name = "robot"}), kontext::NetworkError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingWhenTheResponseCannotBeRead) {
    std::string unreadable = R"({"credentials":{"clientId":"sa_1","clientSecret":")";
    unreadable.append(accountSecret).append(R"("},"serviceAccount":{"id":7}})");
    const FaultServer lying([&](Peer& peer) {
        while (peer.receive()) {
            if (peer.request().target == "/oauth2/token") {
                ++tokens;
                if (!peer.send(response(answer(peer.request(), tokens)))) return;
            } else if (!peer.send(GetParam().frame(unreadable))) {
                return;
            }
        }
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = lying.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.serviceAccounts.create({.name = "robot"}), kontext::DecodeError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingWhenTheResponseIsNoJson) {
    const std::string good = R"({"credentials":{"clientId":"sa_1","clientSecret":")" + std::string(accountSecret) + '"';
    for (const std::string& bad :
         {good, good.substr(0, good.size() - 5), good + '!', good + "\x01", good + ",\"x\":1e999}}",
          good.substr(0, good.size() - 1) + "\n\"}}", good.substr(0, good.size() - 1) + "\xff\"}}"}) {
        const FaultServer lying([&](Peer& peer) {
            while (peer.receive()) {
                if (peer.request().target == "/oauth2/token") {
                    ++tokens;
                    if (!peer.send(response(answer(peer.request(), tokens)))) return;
                } else if (!peer.send(GetParam().frame(bad))) {
                    return;
                }
            }
        });
        {
            kontext::ClientConfig made = config();
            made.baseUrl = lying.url();
            const Watch watch;
            const kontext::KontextManagementClient client(made);
            EXPECT_THROW(client.serviceAccounts.rotateSecret("1"), kontext::DecodeError) << kontext::printable(bad);
        }
        EXPECT_EQ(trace(windows), "") << kontext::printable(bad);
        empty();
    }
}

/// Answers requests for a token well, and others with this.
FaultServer::Script answering(std::function<bool(Peer& peer)> other) {
    return [other = std::move(other)](Peer& peer) {
        while (peer.receive())
            if (peer.request().target == "/oauth2/token" ? !peer.send(response(answer(peer.request(), 1)))
                                                         : !other(peer))
                return;
    };
}

std::string refusal(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Servers quote what they do not like.
TEST_P(Wiping, LeavesNothingOfAnErrorThatQuotesTheToken) {
    for (const std::string& body : {"{\"message\":\"who is " + std::string(firstToken) + "?\",\"statusCode\":400}",
                                    "{\"errors\":[{\"field\":\"x\",\"message\":\"" + std::string(firstToken) + "\"}]}",
                                    "{\"error\":{\"message\":\"" + std::string(firstToken) + "\"}}",
                                    "<html>" + std::string(firstToken) + "</html>"}) {
        const FaultServer quoting(answering([&](Peer& peer) { return peer.send(refusal("400 Bad Request", body)); }));
        {
            kontext::ClientConfig made = config();
            made.baseUrl = quoting.url();
            const Watch watch;
            const kontext::KontextManagementClient client(made);
            EXPECT_THROW(client.integrations.get("1"), kontext::BadRequestError);
        }
        EXPECT_EQ(trace(windows), "") << body;
        empty();
    }
}

TEST_P(Wiping, LeavesNothingOfAnErrorThatQuotesASecretThatWasSent) {
    const FaultServer quoting(answering([](Peer& peer) {
        return peer.send(refusal("422 No", R"({"message":"not good","sent":)" + peer.request().body + '}'));
    }));
    {
        kontext::ClientConfig made = config();
        made.baseUrl = quoting.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(
            client.integrations.create({.name = "i", .url = "https://i.test", .serverToken = Secret(serverToken)}),
            kontext::UnprocessableEntityError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfAnErrorThatQuotesTheTokenInAHeader) {
    const FaultServer quoting(answering([](Peer& peer) {
        return peer.send("HTTP/1.1 403 No\r\nX-Token: " + std::string(firstToken) + "\r\nContent-Length: 0\r\n\r\n");
    }));
    {
        kontext::ClientConfig made = config();
        made.baseUrl = quoting.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.integrations.get("1"), kontext::ForbiddenError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfARefusalOfTheTokenEndpointThatQuotesTheSecret) {
    const FaultServer refusing([](Peer& peer) {
        while (peer.receive())
            peer.send(refusal("401 Unauthorized", std::string(R"({"error":"invalid_client","error_description":"not )")
                                                      + clientSecret + "\"}"));
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = refusing.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.integrations.get("1"), kontext::OAuthError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfATokenResponseThatCannotBeUsed) {
    for (const std::string& body :
         {R"({"expires_in":-1,"access_token":")" + std::string(firstToken) + "\"}",
          R"({"access_token":")" + std::string(firstToken),
          R"({"access_token":")" + std::string(firstToken) + R"(","access_token":"other"})"}) {
        const FaultServer lying([&](Peer& peer) {
            while (peer.receive())
                peer.send(GetParam().frame(body));
        });
        {
            kontext::ClientConfig made = config();
            made.baseUrl = lying.url();
            const Watch watch;
            const kontext::KontextManagementClient client(made);
            EXPECT_THROW(client.integrations.get("1"), kontext::OAuthError);
        }
        EXPECT_EQ(trace(windows), "") << body;
        empty();
    }
}

TEST_P(Wiping, LeavesNothingOfATokenThatIsReplacedAfterA401) {
    std::atomic<int> asked{0};
    const FaultServer refusing([&](Peer& peer) {
        while (peer.receive()) {
            const bool forToken = peer.request().target == "/oauth2/token";
            if (forToken) ++tokens;
            const bool refused = !forToken && ++asked == 1;
            peer.send(refused ? refusal("401 Unauthorized", R"({"message":"expired"})")
                              : GetParam().frame(answer(peer.request(), tokens)));
        }
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = refusing.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.update("1", {.serverToken = Secret(serverToken)});
    }
    EXPECT_EQ(tokens, 2);
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfARequestThatIsRetried) {
    std::atomic<int> asked{0};
    const FaultServer busy(answering([&](Peer& peer) {
        if (++asked % 3 == 1) return peer.send(refusal("503 Busy", R"({"sent":)" + peer.request().body + '}'));
        if (asked % 3 == 2) return false;
        return peer.send(GetParam().frame(answer(peer.request(), 1)));
    }));
    {
        kontext::ClientConfig made = config();
        made.baseUrl = busy.url();
        made.retry.initialDelay = milliseconds(1);
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.update("1", {.serverToken = Secret(serverToken)});
    }
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingWhenTheTimeIsUp) {
    const FaultServer hanging(answering([](Peer& peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"credentials\":{\"clientSecret\":\""
                  + std::string(accountSecret) + "\"}");
        peer.hang();
        return false;
    }));
    {
        kontext::ClientConfig made = config();
        made.baseUrl = hanging.url();
        made.timeouts.attempt = milliseconds(300);
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.serviceAccounts.rotateSecret("1"), kontext::TimeoutError);
        EXPECT_THROW(
            client.integrations.create({.name = "i", .url = "https://i.test", .serverToken = Secret(serverToken)}),
            kontext::TimeoutError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingWhenTheCallIsCancelled) {
    kontext::CancellationSource source;
    const FaultServer hanging(answering([&source](Peer& peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"integration\":{\"id\":\"1\"}");
        source.cancel();
        peer.hang();
        return false;
    }));
    {
        kontext::ClientConfig made = config();
        made.baseUrl = hanging.url();
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(
            client.integrations.create({.name = "i", .url = "https://i.test", .serverToken = Secret(serverToken)},
                                       {.cancel = source.token()}),
            kontext::CancelledError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfTheProxysPassword) {
    const FaultServer proxy([](Peer& peer) {
        if (peer.receive()) peer.send(refusal("403 No", "not " + peer.request().header("Proxy-Authorization")));
    });
    {
        kontext::ClientConfig made = config();
        made.baseUrl = "https://api.kontext.test";
        made.tokenUrl = server.url() + "/oauth2/token";
        made.proxy = {.url = proxy.url(), .credentials = Secret("op:" + std::string(proxyPassword))};
        made.retry.maxRetries = 0;
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        EXPECT_THROW(client.integrations.get("1"), kontext::NetworkError);
    }
    EXPECT_EQ(trace(windows), "");
}

TEST_P(Wiping, LeavesNothingOfTheKeysPassword) {
    const TempDir directory;
    const KeyPair authority = makeAuthority();
    const KeyPair ours = makeCertificate({.name = "a client"}, &authority);
    const FaultServer secure(
        script(), FaultTls{.certificate = makeCertificate({}, &authority), .clientAuthority = authority.certificate});
    {
        kontext::ClientConfig made = config();
        made.baseUrl = secure.url();
        made.tls.caPem = authority.certificate;
        made.tls.clientCertFile = directory.file("client.pem", ours.certificate);
        made.tls.clientKeyFile = directory.file("client.key", encryptKey(ours.key, keyPassword));
        made.tls.clientKeyPassword = Secret(keyPassword);
        const Watch watch;
        const kontext::KontextManagementClient client(made);
        client.integrations.get("1");
    }
    EXPECT_EQ(secure.requests().size(), 2u);
    EXPECT_EQ(trace(windows), "");
}

// The net has no holes: what a plain string leaves behind is found.
TEST(WipingIsSeen, WhereItIsMissing) {
    const std::set<Window> windows = windowsOf({clientSecret});
    {
        const Watch watch;
        const auto careless = std::make_unique<std::string>(clientSecret);
        EXPECT_EQ(careless->size(), std::strlen(clientSecret));
    }
    EXPECT_NE(trace(windows), "");
    empty();
    {
        const Watch watch;
        const auto careful = std::make_unique<Secret>(clientSecret);
        EXPECT_FALSE(careful->empty());
    }
    EXPECT_EQ(trace(windows), "");
    empty();
}

} // namespace
} // namespace kontext_test
