// Deeply nested JSON on a thread with a small stack: depth is counted, not recursed into.

#include <pthread.h>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"

namespace kontext_test::small_stack_test {
namespace {

using std::string;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t stackSize = 1024u << 10; // a sanitizer's frames are several times as large
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t stackSize = 1024u << 10;
#    else
constexpr std::size_t stackSize = 128u << 10;
#    endif
#else
constexpr std::size_t stackSize = 128u << 10;
#endif

/// Runs the function on a thread with that stack.
template <class Function>
void onSmallStack(Function function) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stackSize);
    pthread_t thread{};
    const int error = pthread_create(
        &thread, &attributes,
        [](void* f) -> void* {
            (*static_cast<Function*>(f))();
            return nullptr;
        },
        &function);
    pthread_attr_destroy(&attributes);
    ASSERT_EQ(error, 0);
    pthread_join(thread, nullptr);
}

string response(const string& status, const string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

string lists() { return string(manyLevels, '[') + string(manyLevels, ']'); }
string objects() {
    string text;
    for (std::size_t i = 0; i < manyLevels / 10; ++i)
        text += "{\"a\":";
    return text + "1" + string(manyLevels / 10, '}');
}

struct Body {
    const char* name;
    string (*text)();
};
std::ostream& operator<<(std::ostream& out, const Body& body) { return out << body.name; }

const Body bodies[] = {
    {"Lists", &lists},
    {"ListsThatDoNotEnd", [] { return string(manyLevels, '['); }},
    {"Objects", &objects},
    {"InAFieldThatNobodyKnows", [] { return R"({"application":{"id":"42"},"other":)" + lists() + '}'; }},
    {"InAFieldOfAnyJson", [] { return R"({"items":[{"id":"1","requestJson":)" + objects() + "}]}"; }},
    {"InAMessage", [] { return R"({"message":)" + lists() + '}'; }},
    {"InErrors", [] { return R"({"message":"deep","errors":{"name":)" + objects() + "}}"; }},
};

class SmallStack : public ::testing::TestWithParam<Body> {
protected:
    const World world{};
    const string text = GetParam().text();
};
INSTANTIATE_TEST_SUITE_P(Faults, SmallStack, ::testing::ValuesIn(bodies),
                         [](const auto& body) { return string(body.param.name); });

TEST_P(SmallStack, AResponseEndsInAnError) {
    const FaultServer server(always(response("200 OK", text)));
    const Client client(world.config(server.url()));
    Result single;
    Result list;
    onSmallStack([&] {
        single = observe([&] { getApplication(client); });
        list = observe([&] { client.events.list(); });
    });
    check(single, {.error = "DecodeError", .attempts = 1});
    if (string(GetParam().name) == "InAFieldOfAnyJson") check(list, {.error = "DecodeError", .attempts = 1});
}

TEST_P(SmallStack, AnErrorsResponseEndsInThatError) {
    const FaultServer server(always(response("409 Conflict", text)));
    const Client client(world.config(server.url()));
    Result result;
    onSmallStack([&] { result = observe([&] { createAccount(client); }); });
    check(result, {.error = "ConflictError", .status = 409, .attempts = 1});
    EXPECT_EQ(result.body, text);
    // And its copy and its end are on this thread, with a stack of the usual size.
}

TEST_P(SmallStack, ATokensResponseEndsInAnOAuthError) {
    const FaultServer identity(always(response("200 OK", text)));
    kontext::ClientConfig config = world.config("http://127.0.0.1:9");
    config.tokenUrl = identity.url() + "/oauth2/token";
    const Client client(std::move(config));
    Result result;
    onSmallStack([&] { result = observe([&] { getApplication(client); }); });
    check(result, {.error = "OAuthError", .attempts = 1});
}

TEST_P(SmallStack, AnInputIsRefusedBeforeItIsSent) {
    const FaultServer server(always(goodResponse()));
    const Client client(world.config(server.url()));
    Result result;
    onSmallStack([&] {
        result = observe([&] {
            client.integrations.create({.name = "n", .url = "https://x.test", .capabilities = kontext::RawJson(text)});
        });
    });
    check(result, {.error = "ConfigError"});
    EXPECT_EQ(server.connections(), 0);
}

} // namespace
} // namespace kontext_test::small_stack_test
