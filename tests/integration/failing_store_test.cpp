// A file of tokens whose disk fails: the calls go on without it.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <kontext/management.hpp>
#include <kontext/token_store.hpp>

#include "support/ordinary_user.hpp"
#include "support/temp_dir.hpp"
#include "support/wire_server.hpp"

namespace {

using kontext_test::OrdinaryUser;
using kontext_test::Response;
using kontext_test::TempDir;
using kontext_test::WireServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Client = kontext::KontextManagementClient;

class Warnings : public kontext::Logger {
public:
    void log(kontext::LogLevel level, std::string_view message) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (level == kontext::LogLevel::warning) lines_.emplace_back(message);
    }
    std::vector<std::string> lines() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_{};
    std::vector<std::string> lines_{};
};

class FailingStore : public ::testing::Test {
protected:
    FailingStore() { server.respond(Response::json(R"({"application":{"id":"42"}})")); }

    Client client() const {
        return Client({.baseUrl = server.url(),
                       .credentials = {.clientId = "sa_failing", .clientSecret = kontext::Secret("the-secret")},
                       .tokenStore = kontext::makeFileTokenStore(path),
                       .logger = warnings});
    }
    static void call(const Client& client) { EXPECT_EQ(client.applications.get("42").application.id, "42"); }
    /// Everything that comes to the store.
    static void useAll(const Client& client) {
        call(client);
        client.refreshToken();
        call(client);
        client.clearToken();
        call(client);
        client.setCredentials({.clientId = "sa_other", .clientSecret = kontext::Secret("the-other")});
        call(client);
    }

    WireServer server{};
    const TempDir directory{};
    std::string path = directory.path("tokens");
    const std::shared_ptr<Warnings> warnings = std::make_shared<Warnings>();
};

TEST_F(FailingStore, ThatIsReadOnlyGivesItsTokenAndIsNotWarnedOf) {
    call(client());
    std::filesystem::remove(path + ".lock");
    ASSERT_EQ(chmod(directory.path("").c_str(), 0500), 0);
    {
        const OrdinaryUser user({directory.path(""), path});
        call(client());
        EXPECT_EQ(server.tokenRequests().size(), 1U);
        EXPECT_THAT(warnings->lines(), IsEmpty());

        useAll(client());
        EXPECT_THAT(warnings->lines(), ElementsAre(HasSubstr("Permission denied")));
    }
    chmod(directory.path("").c_str(), 0700);
}

TEST_F(FailingStore, WhoseDirectoryIsGoneIsWarnedOfOnce) {
    path = directory.path("cache/tokens");
    std::filesystem::create_directory(directory.path("cache"));
    const Client running = client();
    call(running);
    std::filesystem::remove_all(directory.path("cache"));
    useAll(running);
    EXPECT_THAT(warnings->lines(), ElementsAre(HasSubstr("No such file or directory")));
    EXPECT_EQ(server.tokenRequests().size(), 4U) << "each token that was issued was used";
}

TEST_F(FailingStore, ThatNeverWasIsWarnedOfOnce) {
    path = directory.file("no-directory", "") + "/tokens";
    useAll(client());
    EXPECT_THAT(warnings->lines(), ElementsAre(HasSubstr("Not a directory")));
}

TEST_F(FailingStore, ThatIsUnsafeEndsACallBeforeAnythingIsSent) {
    std::filesystem::create_symlink(directory.file("other", "{}"), path);
    const Client refusing = client();
    EXPECT_THROW(call(refusing), kontext::ConfigError);
    EXPECT_THROW(call(refusing), kontext::ConfigError);
    EXPECT_EQ(server.tokenRequests().size() + server.requests().size(), 0U);
    EXPECT_THAT(warnings->lines(), IsEmpty());
}

TEST_F(FailingStore, ThatBecomesUnsafeIsWarnedOfOnce) {
    const Client running = client();
    call(running);
    std::filesystem::rename(path, directory.path("other"));
    std::filesystem::create_symlink(directory.path("other"), path);
    useAll(running);
    EXPECT_THAT(warnings->lines(), ElementsAre(HasSubstr("is a symbolic link")));
    EXPECT_EQ(server.tokenRequests().size(), 4U);
}

} // namespace
