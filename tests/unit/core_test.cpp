#include "client/core.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "fake_clock.hpp"
#include "transport/header_fields.hpp"
#include "json/mapping.hpp"

namespace kontext {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

// Names of their own: g++ 12 takes members of one name in two files for one, though each is in an unnamed namespace.
struct ListedItem {
    std::string id{};
};

struct ListedItemParams {
    std::optional<std::string> cursor{};
};

} // namespace

namespace json {
template <>
struct Fields<ListedItem> {
    static constexpr FieldList list{required<&ListedItem::id>("id")};
};
template <>
struct Fields<ListedItemParams> {
    static constexpr FieldList list{field<&ListedItemParams::cursor>("cursor")};
};
} // namespace json

namespace {

/// The API and its token endpoint: two pages of items.
class Server : public Transport {
public:
    HttpResponse send(const HttpRequest& request) override {
        requests.push_back(request);
        if (isToken(request)) return {200, {}, R"({"access_token":"t0ken","expires_in":3600})"};
        if (request.method == "POST") return {201, {}, {}};
        if (request.url.find("cursor") != std::string::npos) return {200, {}, R"({"items":[{"id":"2"}]})"};
        return {200, {}, R"({"items":[{"id":"1"}],"nextCursor":"2"})"};
    }

    /// What it was sent, as "POST /items"; a token request is "token".
    std::vector<std::string> sent() const {
        std::vector<std::string> all;
        for (const HttpRequest& request : requests)
            all.push_back(isToken(request) ? "token" : request.method + ' ' + request.url.substr(root.size()));
        return all;
    }

    std::vector<HttpRequest> requests{};

private:
    static bool isToken(const HttpRequest& request) { return request.url == "https://api.test/oauth2/token"; }
    const std::string root = "https://api.test/api/v1";
};

/// Keeps nothing.
class SlowStore : public TokenStore {
public:
    std::optional<StoredToken> load(const std::string&) override { return std::nullopt; }
    void save(const std::string&, const StoredToken&) override {
        if (whileSaving) whileSaving();
    }
    void remove(const std::string&) override {}

    std::function<void()> whileSaving{};
};

class CoreTest : public testing::Test {
protected:
    CoreTest() {
        ClientConfig config;
        config.baseUrl = "https://api.test";
        config.credentials = {"sa_1", Secret("hush")};
        config.transport = server;
        config.tokenStore = store;
        core = std::make_shared<const detail::Core>(std::move(config), clock);
    }

    RawResponse create(const CallOptions& options) const { return core->raw("POST", "/items", {}, options); }

    std::shared_ptr<test::FakeClock> clock = std::make_shared<test::FakeClock>();
    std::shared_ptr<Server> server = std::make_shared<Server>();
    std::shared_ptr<SlowStore> store = std::make_shared<SlowStore>();
    std::shared_ptr<const detail::Core> core{};
};

// If it were a service account, nobody would have its secret.
TEST_F(CoreTest, CreatesNothingIfTheTokenStoreTookAllOfTheTime) {
    store->whileSaving = [this] { clock->advance(250ms); };
    CallOptions options;
    options.timeout = 100ms;
    try {
        create(options);
        ADD_FAILURE() << "it was created";
    } catch (const TimeoutError& error) {
        EXPECT_STREQ(error.what(), "POST /api/v1/items -> the call timed out after 100 ms before the request "
                                   "was sent [kontext_network_error]");
        EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    }
    EXPECT_THAT(server->sent(), ElementsAre("token"));
}

TEST_F(CoreTest, CreatesNothingIfItIsCancelledWhileTheTokenIsSaved) {
    CancellationSource cancellation;
    store->whileSaving = [&cancellation] { cancellation.cancel(); };
    CallOptions options;
    options.cancel = cancellation.token();
    EXPECT_THROW(create(options), CancelledError);
    EXPECT_THAT(server->sent(), ElementsAre("token"));
}

TEST_F(CoreTest, APagerFetchesNoPageWhoseTimeTheTokenTook) {
    CallOptions options;
    options.timeout = 100ms;
    const Pager<ListedItem> pager = detail::listAll<ListedItem>(core, "/items", {}, ListedItemParams{}, options);
    auto item = pager.begin();
    EXPECT_EQ(item->id, "1");
    clock->advance(2h); // each page has a time of its own
    store->whileSaving = [this] { clock->advance(250ms); };
    EXPECT_THROW(++item, TimeoutError);
    EXPECT_THAT(server->sent(), ElementsAre("token", "GET /items", "token"));
}

TEST_F(CoreTest, SendsTwoHeadersOfOneName) {
    CallOptions options;
    options.headers = {{"Baggage", "a=1"}, {"Baggage", "b=2"}, {"X-Tag", "0"}};
    RawRequest request;
    request.headers = {{"X-Tag", "1"}, {"x-tag", "2"}};
    core->raw("GET", "/items", request, options);
    EXPECT_THAT(server->requests.back().headers,
                ElementsAre(Pair("Authorization", "Bearer t0ken"), Pair("Accept", "application/json"),
                            Pair("User-Agent", testing::StartsWith("kontext-cpp/")), Pair("Baggage", "a=1"),
                            Pair("Baggage", "b=2"), Pair("X-Tag", "1"), Pair("x-tag", "2")));
}

TEST_F(CoreTest, SendsTheUsersHeadersInPlaceOfItsOwn) {
    CallOptions options;
    options.headers = {{"user-agent", "mine"}, {"Accept", "a/b"}, {"Accept", "c/d"}};
    RawRequest request;
    request.body = "<item/>";
    request.headers = {{"content-type", "application/xml"}};
    core->raw("POST", "/items", request, options);
    EXPECT_THAT(server->requests.back().headers,
                ElementsAre(Pair("Authorization", "Bearer t0ken"), Pair("user-agent", "mine"), Pair("Accept", "a/b"),
                            Pair("Accept", "c/d"), Pair("content-type", "application/xml")));
}

} // namespace
} // namespace kontext
