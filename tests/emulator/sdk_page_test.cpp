// The snippets of the vendor's SDK page, in its order, each translated and run.

#include <string>

#include <gmock/gmock.h>

#include "emulator/fixture.hpp"

namespace {

using kontext_test::Stage;
using testing::ElementsAre;
using testing::SizeIs;
using testing::StartsWith;

/// The page's ids are those that the emulator is seeded with.
class SdkPage : public testing::Test {
protected:
    Stage stage{{.seed = true}};
    const kontext::KontextManagementClient& client = stage.client;
};

TEST_F(SdkPage, ListApplications) {
    const auto [items, nextCursor] = client.applications.list({.limit = 10});
    EXPECT_THAT(items, SizeIs(2));
    EXPECT_FALSE(nextCursor);
}

TEST_F(SdkPage, GetAnApplication) {
    const auto [application] = client.applications.get("550e8400-e29b-41d4-a716-446655440000");
    EXPECT_EQ(application.id, "550e8400-e29b-41d4-a716-446655440000");
}

TEST_F(SdkPage, CreateAnApplication) {
    const auto [application, oauth] = client.applications.create({
        .name = "My AI App",
        .oauth = {.redirectUris = {"http://localhost:3000/callback"}},
    });
    ASSERT_TRUE(oauth.clientSecret); // Save this -- it is only shown once
    EXPECT_FALSE(oauth.clientSecret->reveal().empty());
}

TEST_F(SdkPage, UpdateAnApplication) {
    const auto [application] =
        client.applications.update("550e8400-e29b-41d4-a716-446655440000", {.name = "Renamed App"});
    EXPECT_EQ(application.name, "Renamed App");
}

TEST_F(SdkPage, ArchiveAnApplication) {
    client.applications.archive("550e8400-e29b-41d4-a716-446655440000");
    EXPECT_THAT(client.applications.list().items, SizeIs(1));
}

TEST_F(SdkPage, RotateClientSecret) {
    const auto [oauth] = client.applications.rotateSecret("550e8400-e29b-41d4-a716-446655440000");
    EXPECT_TRUE(oauth.clientSecret);
    EXPECT_THAT(oauth.redirectUris, SizeIs(1)) << "the full OAuth configuration comes with it";
}

TEST_F(SdkPage, OAuthConfiguration) {
    const auto [oauthConfig] = client.applications.getOAuth("550e8400-e29b-41d4-a716-446655440000");
    EXPECT_THAT(oauthConfig.redirectUris, ElementsAre("http://localhost:3000/callback"));
    client.applications.updateOAuth("550e8400-e29b-41d4-a716-446655440000",
                                    {.redirectUris = {"https://myapp.com/callback"}});
    EXPECT_THAT(client.applications.getOAuth("550e8400-e29b-41d4-a716-446655440000").oauth.redirectUris,
                ElementsAre("https://myapp.com/callback"));
}

TEST_F(SdkPage, ManageIntegrations) {
    const std::string id = "550e8400-e29b-41d4-a716-446655440000";
    const auto [integrationIds] = client.applications.listIntegrations(id);
    EXPECT_THAT(integrationIds, SizeIs(1));
    client.applications.attachIntegration(id, "11111111-1111-4111-8111-111111111111");
    client.applications.detachIntegration(id, "11111111-1111-4111-8111-111111111111");
    client.applications.setIntegrations(
        id, {.integrationIds = {"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"}});
    EXPECT_THAT(client.applications.listIntegrations(id).integrationIds, SizeIs(2));
}

TEST_F(SdkPage, ListAndCreateIntegrations) {
    const auto [items, nextCursor] = client.integrations.list();
    EXPECT_THAT(items, SizeIs(2));
    const auto [integration] = client.integrations.create({
        .name = "GitHub",
        .url = "https://github-mcp.example.com/mcp",
        .authMode = kontext::AuthMode::oauth,
    });
    EXPECT_EQ(integration.authMode->str(), "oauth");
}

TEST_F(SdkPage, ValidateAnIntegration) {
    const auto [status, message] = client.integrations.validate("11111111-1111-4111-8111-111111111111");
    EXPECT_EQ(status, kontext::ValidationStatus::valid);
}

TEST_F(SdkPage, ServiceAccounts) {
    const auto [serviceAccount, credentials] =
        client.serviceAccounts.create({.name = "CI Pipeline", .description = "Used by GitHub Actions"});
    EXPECT_THAT(credentials.clientId, StartsWith("sa_"));
    EXPECT_FALSE(credentials.clientSecret.empty());
    const auto [rotated] = client.serviceAccounts.rotateSecret(serviceAccount.id);
    EXPECT_NE(rotated.clientSecret, credentials.clientSecret);
    client.serviceAccounts.revoke(serviceAccount.id);
    EXPECT_THROW(client.serviceAccounts.get(serviceAccount.id), kontext::NotFoundError);
}

TEST_F(SdkPage, Sessions) {
    const auto [items] = client.agentSessions.list("550e8400-e29b-41d4-a716-446655440000", {.limit = 20});
    ASSERT_FALSE(items.empty());
    const auto [session] = client.agentSessions.get("550e8400-e29b-41d4-a716-446655440000", items.front().id);
    EXPECT_EQ(session.id, items.front().id);
    const auto [success, disconnectedCount] = client.agentSessions.revokeAll("550e8400-e29b-41d4-a716-446655440000");
    EXPECT_TRUE(success);
    EXPECT_EQ(disconnectedCount, static_cast<std::int64_t>(items.size()));
}

TEST_F(SdkPage, Traces) {
    const auto [items, nextCursor] =
        client.traces.list({.limit = 50, .userId = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"});
    ASSERT_THAT(items, SizeIs(3));
    const auto [trace, events] = client.traces.get(items.front().traceId);
    EXPECT_EQ(trace.eventCount, static_cast<std::int64_t>(events.size()));
    const auto [stats] = client.traces.stats({.period = "7d"});
    EXPECT_EQ(stats.totalTraces, 3);
}

TEST_F(SdkPage, Events) {
    const auto [items] = client.events.list({.limit = 100});
    EXPECT_THAT(items, SizeIs(11));
}

TEST_F(SdkPage, TokenManagement) {
    client.refreshToken();
    EXPECT_EQ(stage.server.tokensIssued(), 1);
    client.clearToken();
    client.applications.list();
    EXPECT_EQ(stage.server.tokensIssued(), 2);
}

TEST_F(SdkPage, CompleteExample) {
    const auto [application, oauth] = client.applications.create({
        .name = "My AI App",
        .oauth = {.redirectUris = {"http://localhost:3000/callback"}},
    });
    const auto [integration] = client.integrations.create({
        .name = "GitHub",
        .url = "https://github-mcp.example.com/mcp",
        .authMode = kontext::AuthMode::oauth,
    });
    client.applications.attachIntegration(application.id, integration.id);
    const auto [integrationIds] = client.applications.listIntegrations(application.id);
    EXPECT_THAT(integrationIds, ElementsAre(integration.id));
}

TEST_F(SdkPage, ErrorHandling) {
    try {
        client.applications.get("00000000-0000-4000-8000-000000000000");
        FAIL();
    } catch (const kontext::HttpError& error) {
        EXPECT_EQ(error.statusCode(), 404);
        EXPECT_EQ(error.message(), "Application not found");
        EXPECT_TRUE(kontext::isKontextError(error));
    }
}

} // namespace
