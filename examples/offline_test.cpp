// How to test a tool of your own that uses the client: with a MockTransport, without a server, without waiting.
//
// `archivePreviews` is the tool, the functions below it are its tests. With a test framework they would be a few lines
// shorter; the example does without.

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>

namespace {

using kontext::KontextManagementClient;
using kontext::mock::MockTransport;

/// The tool: archives the applications that a preview deployment left behind. Returns how many.
int archivePreviews(const KontextManagementClient& client) {
    int count = 0;
    for (const kontext::Application& application : client.applications.listAll()) {
        if (!application.name.starts_with("preview-")) continue;
        client.applications.archive(application.id);
        ++count;
    }
    return count;
}

int failures = 0;

void check(bool good, const char* what) {
    std::printf("  %s: %s\n", good ? "ok" : "FAILED", what);
    if (!good) ++failures;
}

/// A mock and a client on it. Tokens are answered by the mock itself, and no retry waits.
struct Fixture {
    std::shared_ptr<MockTransport> mock = std::make_shared<MockTransport>();
    KontextManagementClient client{{.baseUrl = "https://api.test",
                                    .credentials = {.clientId = "sa_test", .clientSecret = "test"},
                                    .retry = {.initialDelay = std::chrono::milliseconds(0)},
                                    .transport = mock}};
};

void archivesPreviewsOfAllPages() {
    std::printf("It archives the previews of all pages, and nothing else\n");
    const Fixture test;
    test.mock->on("GET", "/api/v1/applications")
        .reply(200, R"({"items":[{"id":"1","name":"preview-17"},{"id":"2","name":"shop"}],"nextCursor":"more"})")
        .thenReply(200, R"({"items":[{"id":"3","name":"preview-18"}],"nextCursor":null})");
    test.mock->on("DELETE", "/api/v1/applications/*").reply(204);
    check(archivePreviews(test.client) == 2, "it says how many there were");
    const auto deleted = test.mock->requests("DELETE", "/api/v1/applications/*");
    check(deleted.size() == 2 && deleted[0].url.ends_with("/1") && deleted[1].url.ends_with("/3"), "it archived them");
    const auto pages = test.mock->requests("GET", "/api/v1/applications");
    check(pages.size() == 2 && pages[1].url.ends_with("cursor=more"), "it asked for the second page");
}

void survivesAGatewayThatHiccups() {
    std::printf("It goes on after a 503 and a connection that broke\n");
    const Fixture test;
    test.mock->on("GET", "/api/v1/applications")
        .reply(503)
        .thenFail(kontext::NetworkErrorKind::receive)
        .thenReply(200, R"({"items":[{"id":"1","name":"preview-17"}]})");
    test.mock->on("DELETE", "/api/v1/applications/1").reply(204);
    check(archivePreviews(test.client) == 1, "it archived the one");
    check(test.mock->requests("GET", "/api/v1/applications").size() == 3, "the third attempt had an answer");
}

void stopsWhereItMayNotArchive() {
    std::printf("It stops at a 403, and says what is missing\n");
    const Fixture test;
    test.mock->on("GET", "/api/v1/applications").reply(200, R"({"items":[{"id":"1","name":"preview-17"}]})");
    test.mock->on("DELETE", "/api/v1/applications/*")
        .reply(403, R"({"error":"insufficient_scope","missingScopes":["management:all"]})");
    try {
        archivePreviews(test.client);
        check(false, "it threw");
    } catch (const kontext::ForbiddenError& error) {
        check(error.missingScopes().size() == 1, "the scope has a name");
    }
    check(test.mock->requests("DELETE", "/**").size() == 1, "it asked once");
}

} // namespace

int main(int argc, char**) {
    if (argc > 1) {
        std::fprintf(stderr, "usage: offline_test\n");
        return 2;
    }
    try {
        archivesPreviewsOfAllPages();
        survivesAGatewayThatHiccups();
        stopsWhereItMayNotArchive();
    } catch (const std::exception& error) {
        std::printf("  FAILED: %s\n", error.what());
        ++failures;
    }
    return failures == 0 ? 0 : 1;
}
