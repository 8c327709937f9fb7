// Whole stories: the client and the emulator, which know nothing of each other, must agree.

#include <atomic>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "emulator/fixture.hpp"

namespace {

using kontext_test::configFor;
using kontext_test::Stage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST(Story, AnApplicationIsCreatedChangedAndArchived) {
    const Stage stage;
    const auto& applications = stage.client.applications;
    auto [application, oauth] = applications.create({
        .name = "My AI App",
        .oauth = {.type = kontext::OAuthClientType::confidential,
                  .redirectUris = {"http://localhost:3000/callback"},
                  .pkceRequired = false,
                  .scopes = {"openid"},
                  .allowedResources = {"https://api.example.com"}},
        .description = "For tests",
    });
    EXPECT_EQ(application.name, "My AI App");
    EXPECT_EQ(application.description, "For tests");
    EXPECT_EQ(application.clientId, oauth.clientId);
    ASSERT_TRUE(oauth.clientSecret);
    EXPECT_FALSE(oauth.clientSecret->empty());
    EXPECT_EQ(oauth.pkceRequired, false);
    EXPECT_TRUE(application.createdAt && application.createdAt->time());

    EXPECT_EQ(applications.update(application.id, {.name = "Renamed App"}).application.name, "Renamed App");
    EXPECT_EQ(applications.get(application.id).application.description, "For tests");
    EXPECT_EQ(applications.update(application.id, {.description = nullptr}).application.description, std::nullopt);

    const auto changed =
        applications.updateOAuth(application.id, {.redirectUris = {"https://myapp.com/callback"}}).oauth;
    EXPECT_THAT(changed.redirectUris, ElementsAre("https://myapp.com/callback"));
    EXPECT_THAT(applications.updateOAuth(application.id, {.scopes = std::vector<std::string>{}}).oauth.scopes,
                IsEmpty());
    EXPECT_FALSE(applications.getOAuth(application.id).oauth.clientSecret) << "a secret is shown once";

    applications.archive(application.id);
    EXPECT_THROW(applications.get(application.id), kontext::NotFoundError);
}

TEST(Story, ExternalAuthIsSetAndCleared) {
    const Stage stage;
    const std::string id = stage.newApplication("A").id;
    const auto set = stage.client.applications.update(
        id, {.externalAuth = kontext::ExternalAuthInput{.enabled = true,
                                                        .issuer = "https://issuer.example.com",
                                                        .jwksUrl = "https://issuer.example.com/jwks",
                                                        .audience = "kontext",
                                                        .allowedAlgorithms = {"RS256", "ES256"},
                                                        .requiredClaims = R"({"hd":"example.com"})",
                                                        .allowedReturnUrls = {"https://app.example.com/back"},
                                                        .maxTokenAgeSeconds = 600,
                                                        .partnerApiKey = "partner-key-1"}});
    ASSERT_TRUE(set.application.externalAuth);
    EXPECT_TRUE(set.application.externalAuth->enabled);
    EXPECT_THAT(set.application.externalAuth->allowedAlgorithms, ElementsAre("RS256", "ES256"));
    EXPECT_EQ(set.application.externalAuth->requiredClaims.text(), R"({"hd":"example.com"})");
    EXPECT_EQ(set.application.externalAuth->maxTokenAgeSeconds, 600);
    EXPECT_EQ(set.application.externalAuth->partnerApiKeyConfigured, true);
    EXPECT_FALSE(stage.client.applications.update(id, {.externalAuth = nullptr}).application.externalAuth);
}

TEST(Story, RotatingAnApplicationsSecretGivesAnotherOne) {
    const Stage stage;
    auto [application, oauth] =
        stage.client.applications.create({.name = "A", .oauth = {.redirectUris = {"https://a.example.com"}}});
    const auto rotated = stage.client.applications.rotateSecret(application.id).oauth;
    ASSERT_TRUE(oauth.clientSecret && rotated.clientSecret);
    EXPECT_NE(*oauth.clientSecret, *rotated.clientSecret);
}

TEST(Story, IntegrationsAreAttachedReplacedAndDetached) {
    const Stage stage;
    const auto& applications = stage.client.applications;
    const std::string app = stage.newApplication("A").id;
    const std::string one = stage.newIntegration("one").id;
    const std::string two = stage.newIntegration("two").id;
    const std::string three = stage.newIntegration("three").id;

    applications.attachIntegration(app, one);
    EXPECT_THAT(applications.listIntegrations(app).integrationIds, ElementsAre(one));
    EXPECT_THAT(applications.setIntegrations(app, {.integrationIds = {two, three}}).integrationIds,
                ElementsAre(two, three));
    applications.detachIntegration(app, two);
    EXPECT_THAT(applications.listIntegrations(app).integrationIds, ElementsAre(three));
    stage.client.integrations.archive(three);
    EXPECT_THAT(applications.listIntegrations(app).integrationIds, IsEmpty());
    EXPECT_THAT(applications.setIntegrations(app, {}).integrationIds, IsEmpty());
    EXPECT_THROW(applications.attachIntegration(app, three), kontext::NotFoundError);
    EXPECT_THROW(applications.detachIntegration(app, one), kontext::NotFoundError);
}

TEST(Story, AnIntegrationIsCreatedValidatedChangedAndArchived) {
    const Stage stage;
    const auto& integrations = stage.client.integrations;
    auto [integration] =
        integrations.create({.name = "GitHub",
                             .url = "https://github-mcp.example.com/mcp",
                             .authMode = kontext::AuthMode::oauth,
                             .category = kontext::IntegrationCategory::gatewayRemoteMcp,
                             .oauth = kontext::IntegrationOAuthInput{.provider = "github", .scopes = {"repo"}},
                             .capabilities = R"({"tools":true})",
                             .credentialSchema = R"({"type":"object"})"});
    EXPECT_EQ(integration.authMode, kontext::AuthMode::oauth);
    EXPECT_EQ(integration.validationStatus, std::nullopt);
    EXPECT_EQ(integration.capabilities->text(), R"({"tools":true})");
    const auto [status, message] = integrations.validate(integration.id);
    EXPECT_EQ(status, kontext::ValidationStatus::valid);
    EXPECT_EQ(message, std::nullopt);
    EXPECT_EQ(integrations.get(integration.id).integration.validationStatus, kontext::ValidationStatus::valid);

    const auto changed = integrations.update(integration.id, {.url = "https://invalid.example.com/mcp",
                                                              .authMode = kontext::AuthMode::serverToken,
                                                              .serverToken = "token-of-the-server"});
    EXPECT_EQ(changed.integration.serverTokenConfigured, true);
    EXPECT_EQ(integrations.validate(integration.id).status, kontext::ValidationStatus::invalid);
    integrations.archive(integration.id);
    EXPECT_THROW(integrations.get(integration.id), kontext::NotFoundError);
}

TEST(Story, AnIntegrationHasAnOAuthConfigurationAndAConnection) {
    const Stage stage;
    const auto& integrations = stage.client.integrations;
    const std::string id =
        integrations
            .create({.name = "Notes", .url = "https://notes.example.com/mcp", .authMode = kontext::AuthMode::userToken})
            .integration.id;
    EXPECT_THROW(integrations.getOAuthConfig(id), kontext::NotFoundError);
    integrations.setOAuthConfig(id, {.clientId = "c",
                                     .clientSecret = "the-provider-secret",
                                     .authorizationUrl = "https://p.example.com/a",
                                     .tokenUrl = "https://p.example.com/t",
                                     .scopes = {"read"}});
    const std::string config = integrations.getOAuthConfig(id).text();
    EXPECT_THAT(config, HasSubstr("https://p.example.com/a"));
    EXPECT_THAT(config, Not(HasSubstr("the-provider-secret")));
    integrations.removeOAuthConfig(id);
    EXPECT_THROW(integrations.getOAuthConfig(id), kontext::NotFoundError);

    integrations.addConnection(id, {.token = "user-token"});
    EXPECT_THAT(integrations.getConnectionStatus(id).text(), HasSubstr("true"));
    integrations.revokeConnection(id);
    EXPECT_THAT(integrations.getConnectionStatus(id).text(), HasSubstr("false"));
}

TEST(Story, AServiceAccountLogsInWithItsNewSecretAndStopsWhenRevoked) {
    const Stage stage;
    auto [account, first] = stage.client.serviceAccounts.create({.name = "CI Pipeline", .description = "Used by CI"});
    EXPECT_EQ(account.clientId, first.clientId);
    kontext::ClientConfig config = configFor(stage.server);
    config.credentials = {.clientId = first.clientId, .clientSecret = first.clientSecret};
    const kontext::KontextManagementClient pipeline(config);
    EXPECT_NO_THROW(pipeline.applications.list());

    const auto second = stage.client.serviceAccounts.rotateSecret(account.id).credentials;
    EXPECT_NE(first.clientSecret, second.clientSecret);
    EXPECT_NO_THROW(pipeline.applications.list()) << "a token lives on until it expires";
    pipeline.clearToken();
    EXPECT_THROW(pipeline.applications.list(), kontext::OAuthError) << "the old secret is dead";
    pipeline.setCredentials(second);
    EXPECT_NO_THROW(pipeline.applications.list());
    EXPECT_TRUE(stage.client.serviceAccounts.get(account.id).serviceAccount.lastUsedAt);

    stage.client.serviceAccounts.revoke(account.id);
    EXPECT_THROW(pipeline.applications.list(), kontext::OAuthError);
    EXPECT_THAT(stage.client.serviceAccounts.list().items, SizeIs(1)) << "the emulator's own";
}

TEST(Story, TwoHundredAndFiveApplicationsArePagedThroughByTen) {
    const Stage stage;
    std::set<std::string> created;
    for (int i = 0; i < 205; ++i)
        created.insert(stage.newApplication("App " + std::to_string(i)).id);

    std::set<std::string> seen;
    std::size_t pages = 0;
    for (const auto& page : stage.client.applications.listAll({.limit = 10}).pages()) {
        ++pages;
        for (const auto& application : page.items)
            EXPECT_TRUE(seen.insert(application.id).second);
    }
    EXPECT_EQ(pages, 21U);
    EXPECT_EQ(seen, created);

    std::size_t count = 0;
    for ([[maybe_unused]] const auto& application : stage.client.applications.listAll({.limit = 10}))
        ++count;
    EXPECT_EQ(count, 205U);
    EXPECT_THAT(stage.client.applications.list({.limit = 200}).items, SizeIs(200));
}

TEST(Story, AWalkGoesOnWhereAnotherStopped) {
    const Stage stage;
    for (int i = 0; i < 25; ++i)
        stage.newApplication("App " + std::to_string(i));
    auto first = stage.client.applications.listAll({.limit = 5}).maxItems(10);
    std::vector<std::string> names;
    for (const auto& application : first)
        names.push_back(application.name);
    EXPECT_THAT(names, SizeIs(10));
    for (const auto& application : stage.client.applications.listAll({.limit = 5, .cursor = first.cursor()}))
        names.push_back(application.name);
    EXPECT_THAT(names, SizeIs(25));
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 25U);
}

TEST(Story, AnAccountRotatesItsOwnSecret) {
    Stage stage;
    const auto accounts = stage.client.serviceAccounts.list().items;
    ASSERT_THAT(accounts, SizeIs(1));
    EXPECT_EQ(accounts.front().clientId, stage.server.clientId());

    const auto [credentials] = stage.client.serviceAccounts.rotateSecret(accounts.front().id);
    EXPECT_EQ(credentials.clientId, stage.server.clientId());
    EXPECT_NO_THROW(stage.client.applications.list()) << "the old secret's token lives on";
    EXPECT_THROW(stage.client.refreshToken(), kontext::OAuthError) << "the old secret is refused";
    stage.client.setCredentials(credentials);
    EXPECT_NO_THROW(stage.client.refreshToken());
    EXPECT_NO_THROW(stage.client.applications.list());
    EXPECT_TRUE(stage.client.serviceAccounts.get(accounts.front().id).serviceAccount.lastUsedAt);
}

TEST(Story, AHeadRequestIsAGetWithoutTheBody) {
    const Stage stage;
    stage.newApplication("A");
    const auto head = stage.client.request("HEAD", "/applications");
    const auto get = stage.client.request("GET", "/applications");
    const auto length = [](const kontext::RawResponse& response) {
        for (const auto& [name, value] : response.headers)
            if (name == "Content-Length") return value;
        return std::string();
    };
    EXPECT_EQ(head.statusCode, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_NE(length(head), "");
    EXPECT_EQ(length(head), length(get));
    EXPECT_THROW(stage.client.request("HEAD", "/applications/nothing"), kontext::NotFoundError);
}

TEST(Story, ATokenThatDiesInTheMiddleIsReplacedAndTheRequestRepeated) {
    Stage stage;
    stage.newApplication("before");
    stage.server.expireTokens();
    kontext::ResponseInfo info;
    stage.client.applications.create({.name = "after", .oauth = {.redirectUris = {"https://a.example.com"}}},
                                     {.info = &info});
    EXPECT_EQ(info.attempts, 2);
    EXPECT_EQ(stage.server.tokensIssued(), 2);
    EXPECT_THAT(stage.client.applications.list().items, SizeIs(2)) << "the refused POST was not processed";
}

TEST(Story, ThirtyTwoThreadsShareOneTokenRequest) {
    const Stage stage;
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 32; ++i)
        threads.emplace_back([&] {
            try {
                for (int n = 0; n < 4; ++n)
                    stage.client.applications.list();
            } catch (const std::exception&) {
                ++failures;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(stage.server.tokensIssued(), 1);
}

TEST(Story, SessionsAreListedAndRevoked) {
    const Stage stage({.seed = true});
    const std::string app = "550e8400-e29b-41d4-a716-446655440000";
    EXPECT_EQ(stage.client.applications.get(app).application.sessions->live, 2);
    const auto live = stage.client.agentSessions.list(app, {.limit = 20}).items;
    EXPECT_THAT(live, SizeIs(3));
    EXPECT_THAT(stage.client.agentSessions.list(app, {.status = kontext::SessionFilter::all}).items, SizeIs(4));
    EXPECT_THAT(stage.client.agentSessions.list(app, {.status = kontext::SessionFilter::inactive}).items, SizeIs(1));
    EXPECT_THAT(stage.client.agentSessions.list(app, {.includeInactive = true}).items, SizeIs(4));
    const auto session = stage.client.agentSessions.get(app, live.front().id).session;
    EXPECT_EQ(session.name, live.front().name);
    EXPECT_EQ(session.agentId, app);
    EXPECT_EQ(session.clientInfo->text(), R"({"name":"example-agent","version":"1.0"})");

    const auto [success, disconnectedCount] = stage.client.agentSessions.revokeAll(app);
    EXPECT_TRUE(success);
    EXPECT_EQ(disconnectedCount, 3);
    EXPECT_THAT(stage.client.agentSessions.list(app).items, IsEmpty());
    EXPECT_EQ(stage.client.applications.revokeAllAgentSessions(app).disconnectedCount, 0);
}

TEST(Story, TracesEventsAndStatisticsAgree) {
    const Stage stage({.seed = true});
    const auto traces = stage.client.traces.list().items;
    ASSERT_THAT(traces, SizeIs(3));
    std::int64_t events = 0;
    std::int64_t errors = 0;
    for (const auto& trace : traces) {
        const auto [same, timeline] = stage.client.traces.get(trace.traceId);
        EXPECT_EQ(same.traceId, trace.traceId);
        EXPECT_EQ(static_cast<std::int64_t>(timeline.size()), trace.eventCount);
        EXPECT_EQ(trace.okCount + trace.warnCount + trace.errorCount, trace.eventCount);
        events += trace.eventCount;
        errors += trace.errorCount;
    }
    const auto [stats] = stage.client.traces.stats({.period = "7d"});
    EXPECT_EQ(stats.totalTraces, 3);
    EXPECT_EQ(stats.totalEvents, events);
    EXPECT_NEAR(stats.errorRate, 100.0 * static_cast<double>(errors) / static_cast<double>(events), 0.01);
    EXPECT_EQ(stats.eventCounts.at("ok"), 7);
    EXPECT_GT(stats.latency.at("p95"), 0);
    EXPECT_GT(stats.bytesTransferred.in, 0);
    EXPECT_THAT(stats.topTools, SizeIs(3));
    EXPECT_LT(stage.client.traces.stats({.period = "1h"}).stats.totalEvents, events) << "older ones do not count";
    EXPECT_THAT(stage.client.events.list({.limit = 100}).items, SizeIs(static_cast<std::size_t>(events)));
    EXPECT_THAT(stage.client.traces.list({.userId = "nobody"}).items, IsEmpty());
    EXPECT_THAT(stage.client.traces.list({.applicationId = "550e8400-e29b-41d4-a716-446655440000"}).items, SizeIs(2));
    EXPECT_THAT(stage.client.traces.list({.limit = 2, .offset = 2}).items, SizeIs(1));
    std::vector<std::string> behindTheFirst;
    for (const auto& trace : stage.client.traces.listAll({.limit = 1, .offset = 1}))
        behindTheFirst.push_back(trace.traceId);
    EXPECT_THAT(behindTheFirst, ElementsAre(traces[1].traceId, traces[2].traceId)) << "an offset counts once";
}

TEST(Story, EveryFaultOfARequestIsNamed) {
    const Stage stage;
    try {
        stage.client.integrations.create(
            {.name = "", .url = "no url", .authMode = kontext::AuthMode{"brand_new"}, .serverToken = "t"});
        FAIL();
    } catch (const kontext::BadRequestError& error) {
        std::vector<std::string> fields;
        for (const auto& fault : error.validationErrors())
            fields.push_back(fault.field);
        EXPECT_THAT(fields, UnorderedElementsAre("name", "url", "authMode", "serverToken"));
        EXPECT_THAT(error.message(), HasSubstr("url must be an http or https URL; "));
        EXPECT_TRUE(error.requestId());
    }
}

TEST(Story, ANameCanBeUsedOnce) {
    const Stage stage;
    stage.newApplication("A");
    EXPECT_THROW(stage.newApplication("A"), kontext::ConflictError);
    stage.newIntegration("I");
    EXPECT_THROW(stage.newIntegration("I"), kontext::ConflictError);
}

TEST(Story, ATokenWithoutTheScopeIsForbidden) {
    const Stage stage;
    kontext::ClientConfig config = configFor(stage.server);
    config.scopes = {"management:read"};
    const kontext::KontextManagementClient reader(config);
    try {
        reader.applications.list();
        FAIL();
    } catch (const kontext::ForbiddenError& error) {
        EXPECT_THAT(error.missingScopes(), ElementsAre("management:all"));
        EXPECT_EQ(error.code(), "kontext_policy_denied");
    }
}

TEST(Story, ARefusedLoginSaysWhatToLookAtAndNotTheSecret) {
    const Stage stage;
    const auto refused = [&](auto change) {
        kontext::ClientConfig config = configFor(stage.server);
        config.credentials.clientSecret = stage.server.clientSecret();
        change(config);
        try {
            kontext::KontextManagementClient(config).applications.list();
        } catch (const kontext::OAuthError& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr(std::string(config.credentials.clientSecret.reveal()))));
            return error.message();
        }
        return std::string("was accepted");
    };
    EXPECT_THAT(refused([](auto& c) { c.credentials.clientSecret = "a-wrong-secret"; }),
                HasSubstr("credentials.clientId"));
    EXPECT_THAT(refused([](auto& c) { c.credentials.clientId = "sa_nobody"; }), HasSubstr("sa_nobody"));
    EXPECT_THAT(refused([](auto& c) { c.scopes = {"everything"}; }), HasSubstr("scopes (everything)"));
    EXPECT_THAT(refused([](auto& c) { c.audience = "https://other.example.com"; }),
                HasSubstr("audience (https://other.example.com)"));
    EXPECT_THAT(refused([&](auto& c) { c.tokenUrl = stage.server.url() + "/elsewhere"; }),
                HasSubstr("tokenUrl (" + stage.server.url() + "/elsewhere)"));
}

TEST(Story, ARateLimitEndsTheCallWithTheTimeToWait) {
    const Stage stage({.rateLimit = 3, .seed = false});
    for (int i = 0; i < 3; ++i)
        stage.client.applications.list();
    try {
        stage.client.applications.list({}, {.maxRetries = 0});
        FAIL();
    } catch (const kontext::RateLimitError& error) {
        ASSERT_TRUE(error.retryAfter());
        EXPECT_GT(error.retryAfter()->count(), 0);
        EXPECT_LE(error.retryAfter()->count(), 60);
    }
}

TEST(Story, AnIdNeedsNoCareOfItsCaller) {
    const Stage stage;
    EXPECT_THROW(stage.client.applications.get("a/../b?c#d%20"), kontext::NotFoundError);
    EXPECT_THROW(stage.client.applications.archive(".."), kontext::ConfigError);
}

} // namespace
