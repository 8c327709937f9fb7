#include "json/nlohmann.hpp" // before json.hpp, whose copy of the parser may be the one that is linked

#include <kontext/json.hpp>

#include <optional>
#include <string>
#include <type_traits>
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
    EXPECT_EQ(toJson(AgentSession{.id = "1"}), json::parse(R"({"id":"1","name":"","agentId":"","organizationId":""})"));
    EXPECT_EQ(toJson(ValidationResult{}), json::object());
    EXPECT_EQ(toJson(Trace{.traceId = "t"}).count("startedAt"), 0U);
    EXPECT_EQ(toJson(ExternalAuth{}).count("requiredClaims"), 0U);
    EXPECT_EQ(toJson(ListTracesParams{.limit = 5}), json::parse(R"({"limit":5})"));
}

TEST(ToJson, LeavesOutWhatIsEmptyThoughItWasAssigned) {
    EXPECT_EQ(toJson(McpEvent{.id = "e1", .requestJson = RawJson()}).count("requestJson"), 0U);
    EXPECT_EQ(toJson(Integration{.id = "i", .authMode = AuthMode(), .createdAt = Timestamp()}),
              json::parse(R"({"id":"i","name":"","url":""})"));
    EXPECT_EQ(toJson(UpdateIntegrationInput{.capabilities = RawJson("null")}), json::object());
    EXPECT_EQ(toJson(TraceStats{.errorsByType = {RawJson()}})["errorsByType"], json::parse("[null]"));
}

TEST(ToJson, PrintsWhatLooksEmptyButIsAValue) {
    const json shown = toJson(TraceStats{});
    EXPECT_EQ(shown.at("totalTraces"), 0);
    EXPECT_EQ(shown.at("errorsByType"), json::array());
    EXPECT_EQ(shown.at("eventCounts"), json::object());
    EXPECT_EQ(toJson(RevokeSessionsResponse{false, 0}), json::parse(R"({"success":false,"disconnectedCount":0})"));
}

TEST(ToJson, ShowsVectorsAndOptionals) {
    const std::vector<ServiceAccount> accounts{{.id = "1"}, {.id = "2"}};
    EXPECT_EQ(toJson(accounts), json::parse(R"([{"id":"1","name":""},{"id":"2","name":""}])"));
    EXPECT_EQ(toJson(std::vector<ServiceAccount>{}), json::array());
    EXPECT_EQ(toJson(std::optional<SessionCounts>{}), json());
    EXPECT_EQ(toJson(std::optional<SessionCounts>{{1, 2, 3, 6}}), toJson(SessionCounts{1, 2, 3, 6}));
    EXPECT_EQ(toJson(std::vector<std::optional<RawJson>>{RawJson("1"), std::nullopt}), json::parse("[1,null]"));
    const std::vector<Credentials> secrets{{"sa_1", Secret("hush")}};
    EXPECT_EQ(toJson(secrets)[0]["clientSecret"], "[redacted]");
    EXPECT_EQ(toJson(secrets, JsonSecrets::reveal)[0]["clientSecret"], "hush");
}

TEST(ToJson, ShowsParameters) {
    EXPECT_EQ(toJson(ListApplicationsParams{10, "c", true}), json::parse(R"({"limit":10,"cursor":"c","all":true})"));
    EXPECT_EQ(toJson(ListIntegrationsParams{.cursor = "c"}), json::parse(R"({"cursor":"c"})"));
    EXPECT_EQ(toJson(ListServiceAccountsParams{.limit = 1}), json::parse(R"({"limit":1})"));
    EXPECT_EQ(toJson(ListAgentSessionsParams{1, SessionFilter::all, false}),
              json::parse(R"({"limit":1,"status":"all","includeInactive":false})"));
    EXPECT_EQ(toJson(ListTracesParams{1, "c", 2, "u", "s", "a", "p"}),
              json::parse(R"({"limit":1,"cursor":"c","offset":2,"userId":"u","sessionId":"s","agentId":"a",
                              "applicationId":"p"})"));
    EXPECT_EQ(toJson(GetTraceParams{"u"}), json::parse(R"({"userId":"u"})"));
    EXPECT_EQ(toJson(TraceStatsParams{"7d", {}}), json::parse(R"({"period":"7d"})"));
    EXPECT_EQ(toJson(ListEventsParams{5}), json::parse(R"({"limit":5})"));
}

struct Unmapped {
    int value = 0;
};
struct Derived : Application {};
template <class T>
concept HasJson = requires(const T& value) {
    toJson(value);
};
template <class T>
concept ComesFromJson = requires(const json& value) {
    fromJson<T>(value);
};

TEST(ToJson, DoesNotCompileForATypeWithoutAMapping) {
    static_assert(HasJson<Application> && HasJson<RawJson> && HasJson<std::optional<std::vector<Application>>>);
    static_assert(!HasJson<Unmapped> && !HasJson<Derived> && !HasJson<int> && !HasJson<CallOptions>);
    static_assert(!HasJson<std::vector<Unmapped>> && !HasJson<std::optional<Unmapped>> && !HasJson<Page<Unmapped>>);
    static_assert(!HasJson<ClientConfig> && !HasJson<Secret> && !HasJson<Pager<Application>>);
}

TEST(FromJson, DoesNotCompileForWhatDoesNotComeBack) {
    static_assert(ComesFromJson<Application> && ComesFromJson<RawJson> && ComesFromJson<Page<Application>>);
    static_assert(!ComesFromJson<CreateApplicationInput> && !ComesFromJson<ListApplicationsParams>);
    static_assert(!ComesFromJson<Unmapped> && !ComesFromJson<Derived> && !ComesFromJson<int>);
    static_assert(!ComesFromJson<Page<SessionCounts>> && !ComesFromJson<std::vector<Unmapped>>);
}

template <class... Value>
void expectRoundTrips() {
    const auto goesBack = [](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        return fromJson<T>(toJson(value, JsonSecrets::reveal)) == value;
    };
    EXPECT_TRUE((goesBack(Value{}) && ...));
}

TEST(FromJson, ReadsWhatToJsonPrints) {
    expectRoundTrips<Application, ApplicationOAuth, SessionCounts, ExternalAuth, ApplicationResponse,
                     CreateApplicationResponse, ApplicationOAuthResponse, IntegrationIdsResponse, IntegrationOAuth,
                     Integration, IntegrationResponse, ServiceAccount, Credentials, ServiceAccountResponse,
                     CreateServiceAccountResponse, ServiceAccountCredentialsResponse, AgentSession,
                     AgentSessionResponse, RevokeSessionsResponse, McpEvent, Trace, BytesTransferred, TraceStats,
                     TraceResponse, TraceStatsResponse, RawJson>();
    expectRoundTrips<Page<Application>, Items<Application>, std::vector<Application>, Page<Integration>,
                     Items<Integration>, std::vector<Integration>, Page<ServiceAccount>, Items<ServiceAccount>,
                     std::vector<ServiceAccount>, Page<AgentSession>, Items<AgentSession>, std::vector<AgentSession>,
                     Page<Trace>, Items<Trace>, std::vector<Trace>, Page<McpEvent>, Items<McpEvent>,
                     std::vector<McpEvent>>();
    const ValidationResult result{ValidationStatus::invalid, "why"}; // its status is required
    EXPECT_EQ(fromJson<ValidationResult>(toJson(result)), result);
}

TEST(FromJson, ReadsEveryFieldOfAValue) {
    const json text = json::parse(R"({
        "id": "a1", "name": "n", "clientId": "app_1", "createdAt": "2026-01-31T12:00:00Z",
        "sessions": {"active": 1, "idle": 2, "live": 3, "total": 6},
        "externalAuth": {"enabled": true, "issuer": "i", "jwksUrl": "j", "audience": "u", "allowedAlgorithms": ["RS256"],
                         "requiredClaims": {"a": [1.5]}, "allowedReturnUrls": ["r"], "maxTokenAgeSeconds": 60,
                         "partnerApiKeyConfigured": true}})");
    const auto application = fromJson<Application>(text);
    EXPECT_EQ(application.externalAuth.value().requiredClaims, RawJson(R"({"a":[1.5]})"));
    EXPECT_EQ(application.createdAt, Timestamp("2026-01-31T12:00:00Z"));
    EXPECT_EQ(toJson(application), text);
}

TEST(FromJson, IsAsStrictAsAResponse) {
    const auto pointerOf = [](const json& value) {
        try {
            fromJson<Page<Application>>(value);
        } catch (const DecodeError& error) {
            EXPECT_EQ(error.code(), "kontext_decode_error");
            EXPECT_FALSE(error.requestMayHaveBeenProcessed());
            return error.pointer();
        }
        return std::string("none");
    };
    EXPECT_EQ(pointerOf(json::parse(R"({"items":[{"id":"1"},{"id":2}]})")), "/items/1/id");
    EXPECT_EQ(pointerOf(json::parse(R"({"items":[{"name":"n"}]})")), "/items/0/id");
    EXPECT_EQ(pointerOf(json::parse(R"({"items":[{"id":"1","sessions":{"active":1.5}}]})")),
              "/items/0/sessions/active");
    EXPECT_EQ(pointerOf(json::parse(R"({"items":[{"id":"1","sessions":{"active":9223372036854775808}}]})")),
              "/items/0/sessions/active");
    EXPECT_EQ(pointerOf(json::parse("[]")), "");
    EXPECT_EQ(pointerOf(json(std::string("\xff"))), "");
    EXPECT_EQ(pointerOf(json::parse(R"({"items":[{"id":"1","unknown":1,"description":null}]})")), "none");
}

TEST(FromJson, TakesAnEmptyCursorForNone) {
    EXPECT_EQ(fromJson<Page<Application>>(json::parse(R"({"items":[],"nextCursor":""})")).nextCursor, std::nullopt);
}

TEST(FromJson, ReadsTracesInTheShapesThatResponsesHave) {
    const auto response = fromJson<TraceResponse>(
        json::parse(R"([{"id":"e1","traceId":"t1","createdAt":"2026-01-01T00:00:05Z","status":"ok"},
                        {"id":"e2","createdAt":"never","status":"error"},
                        {"id":"e3","createdAt":"2026-01-01T00:00:01Z","status":"error_of_a_new_kind"}])"));
    EXPECT_EQ(response.trace.traceId, "t1");
    EXPECT_EQ(response.trace.okCount, 1);
    EXPECT_EQ(response.trace.errorCount, 2);
    EXPECT_EQ(response.trace.startedAt, Timestamp("2026-01-01T00:00:01Z"));
    EXPECT_EQ(response.trace.endedAt, Timestamp("2026-01-01T00:00:05Z"));
    EXPECT_EQ(fromJson<TraceStatsResponse>(json::parse(R"({"totalTraces":3})")).stats.totalTraces, 3);
}

TEST(ToRawJson, MakesJsonForAField) {
    CreateIntegrationInput input;
    input.capabilities = toRawJson({{"tools", {1, 2.5, "x"}}});
    EXPECT_EQ(input.capabilities, RawJson(R"({"tools":[1,2.5,"x"]})"));
    EXPECT_EQ(toRawJson(nullptr), RawJson());
    EXPECT_EQ(toJson(toRawJson(json::parse("[1]"))), json::parse("[1]"));
    EXPECT_THROW(toRawJson("\xff"), ConfigError);
}

TEST(ToRawJson, IsTheOnlyWayFromJsonToRawJson) {
    static_assert(!std::is_constructible_v<RawJson, json>);
    static_assert(!std::is_convertible_v<json, RawJson>);
    static_assert(!std::is_assignable_v<RawJson&, json>);
    static_assert(!std::is_constructible_v<Patch<RawJson>, json>);
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
