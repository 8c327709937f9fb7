#include "json/nlohmann.hpp" // before json.hpp, whose copy of the parser may be the one that is linked

#include <kontext/json.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>

// The responses of all methods are shown in ../integration/methods_test.cpp.

namespace kontext {
namespace {

using nlohmann::json;

TEST(ToJson, ShowsAnApplicationWithTheNamesOfTheApi) {
    Application application;
    application.id = "a1";
    application.name = "n";
    application.clientId = "app_1";
    application.createdAt = Timestamp("2026-01-31T12:00:00Z");
    application.sessions = SessionCounts{1, 2, 3, 6};
    application.externalAuth.emplace();
    application.externalAuth->issuer = "i";
    application.externalAuth->requiredClaims = R"({"a":[1.5]})";
    EXPECT_EQ(toJson(application), json::parse(R"({
        "id": "a1", "name": "n", "clientId": "app_1", "createdAt": "2026-01-31T12:00:00Z",
        "sessions": {"active": 1, "idle": 2, "live": 3, "total": 6},
        "externalAuth": {"enabled": false, "issuer": "i", "jwksUrl": "", "audience": "", "allowedAlgorithms": [],
                         "requiredClaims": {"a": [1.5]}, "allowedReturnUrls": [], "maxTokenAgeSeconds": 0,
                         "partnerApiKeyConfigured": false}})"));
}

TEST(ToJson, ShowsThePartsOfValuesToo) {
    EXPECT_EQ(toJson(SessionCounts{1, 2, 3, 6}), json::parse(R"({"active":1,"idle":2,"live":3,"total":6})"));
    EXPECT_EQ(toJson(BytesTransferred{1, 2}), json::parse(R"({"in":1,"out":2})"));
    EXPECT_EQ(toJson(ExternalAuthInput{}), json::object());
    EXPECT_EQ(toJson(IntegrationOAuthInput{}), json::object());
    EXPECT_EQ(toJson(AddConnectionInput{Secret("hush")}), json::parse(R"({"token":"[redacted]"})"));
}

TEST(ToJson, LeavesOutFieldsWithoutAValue) {
    EXPECT_EQ(toJson(Application{}), json::parse(R"({"id":"","name":""})"));
    EXPECT_EQ(toJson(UpdateApplicationInput{}), json::object());
}

TEST(ToJson, ShowsWhatAnUpdateSends) {
    UpdateApplicationInput input;
    input.name = "n";
    input.description = nullptr;
    EXPECT_EQ(toJson(input), json::parse(R"({"name":"n","description":null})"));
}

TEST(ToJson, RedactsSecretsUnlessToldOtherwise) {
    CreateApplicationResponse response;
    response.application.id = "a1";
    response.oauth.clientSecret = Secret("hush");
    EXPECT_EQ(toJson(response)["oauth"]["clientSecret"], "[redacted]");
    EXPECT_EQ(toJson(response, JsonSecrets::redact)["oauth"]["clientSecret"], "[redacted]");
    EXPECT_EQ(toJson(response, JsonSecrets::reveal)["oauth"]["clientSecret"], "hush");
    EXPECT_EQ(toJson(response).dump().find("hush"), std::string::npos);
}

TEST(ToJson, RedactsSecretsOfEveryValueThatHoldsOne) {
    const auto shows = [](const json& value) { return value.dump().find("hush") != std::string::npos; };
    Credentials credentials{"sa_1", Secret("hush")};
    EXPECT_FALSE(shows(toJson(credentials)));
    EXPECT_TRUE(shows(toJson(credentials, JsonSecrets::reveal)));
    EXPECT_FALSE(shows(toJson(CreateServiceAccountResponse{{}, credentials})));
    EXPECT_FALSE(shows(toJson(ServiceAccountCredentialsResponse{credentials})));
    CreateIntegrationInput integration;
    integration.serverToken = Secret("hush");
    EXPECT_FALSE(shows(toJson(integration)));
    UpdateIntegrationInput update;
    update.serverToken = Secret("hush");
    EXPECT_FALSE(shows(toJson(update)));
    EXPECT_TRUE(shows(toJson(update, JsonSecrets::reveal)));
    ExternalAuthInput externalAuth;
    externalAuth.partnerApiKey = Secret("hush");
    UpdateApplicationInput application;
    application.externalAuth = externalAuth;
    EXPECT_FALSE(shows(toJson(application)));
    EXPECT_TRUE(shows(toJson(application, JsonSecrets::reveal)));
}

TEST(ToJson, ShowsRawJsonItself) {
    EXPECT_EQ(toJson(RawJson(R"({"a":[1,null]})")), json::parse(R"({"a":[1,null]})"));
    EXPECT_EQ(toJson(RawJson()), json());
    EXPECT_THROW(toJson(RawJson("{")), json::parse_error);
}

TEST(ToJson, ShowsAValueThatHoldsRawJsonOfNull) {
    McpEvent event;
    event.id = "e1";
    event.requestJson = RawJson();
    EXPECT_TRUE(toJson(event)["requestJson"].is_null());
}

TEST(ToJson, ShowsAPage) {
    Page<ServiceAccount> page;
    EXPECT_EQ(toJson(page), json::parse(R"({"items":[]})"));
    page.items.resize(2);
    page.items[0].id = "s1";
    page.items[1].id = "s2";
    page.nextCursor = "c";
    const json shown = toJson(page);
    EXPECT_EQ(shown["items"].size(), 2U);
    EXPECT_EQ(shown["items"][1]["id"], "s2");
    EXPECT_EQ(shown["nextCursor"], "c");
}

TEST(ToJson, ShowsAList) {
    Items<McpEvent> list;
    list.items.resize(1);
    list.items[0].id = "e1";
    EXPECT_EQ(toJson(list)["items"][0]["id"], "e1");
    EXPECT_EQ(toJson(Items<McpEvent>{}), json::parse(R"({"items":[]})"));
}

TEST(ToJson, RefusesTextThatIsNoUtf8) {
    Application application;
    application.name = "\xff";
    EXPECT_THROW(toJson(application), ConfigError);
}

} // namespace
} // namespace kontext
