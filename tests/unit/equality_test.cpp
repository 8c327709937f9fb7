#include <kontext/management.hpp>

#include <concepts>
#include <string>
#include <vector>

#include <gmock/gmock.h>

// That two of a kind compare by all their members is the compiler's doing: they have none to forget.

namespace kontext::equality_test {
namespace {

template <class... T>
inline constexpr bool allCompare = (std::equality_comparable<T> && ...);

static_assert(allCompare<Application, ApplicationOAuth, SessionCounts, ExternalAuth, IntegrationOAuth, Integration,
                         ServiceAccount, AgentSession, McpEvent, Trace, BytesTransferred, TraceStats, Credentials>);
static_assert(allCompare<ApplicationResponse, CreateApplicationResponse, ApplicationOAuthResponse,
                         IntegrationIdsResponse, RevokeSessionsResponse, IntegrationResponse, ValidationResult,
                         ServiceAccountResponse, CreateServiceAccountResponse, ServiceAccountCredentialsResponse,
                         AgentSessionResponse, TraceResponse, TraceStatsResponse>);
static_assert(
    allCompare<CreateApplicationInput, CreateApplicationOAuthInput, UpdateApplicationInput, UpdateApplicationOAuthInput,
               ExternalAuthInput, SetIntegrationsInput, CreateIntegrationInput, UpdateIntegrationInput,
               IntegrationOAuthInput, SetIntegrationOAuthConfigInput, AddConnectionInput, CreateServiceAccountInput>);
static_assert(
    allCompare<ListApplicationsParams, ListIntegrationsParams, ListServiceAccountsParams, ListAgentSessionsParams,
               ListTracesParams, GetTraceParams, TraceStatsParams, ListEventsParams>);
static_assert(allCompare<Page<Application>, Items<McpEvent>, Patch<std::string>, Patch<std::vector<std::string>>,
                         Secret, RawJson, Timestamp, AuthMode>);

TEST(Equality, OfAValueIsThatOfItsMembers) {
    const Application one{.id = "1", .description = "d", .externalAuth = ExternalAuth{.requiredClaims = "{}"}};
    Application other = one;
    EXPECT_EQ(one, other);
    other.externalAuth->requiredClaims = "{ }";
    EXPECT_NE(one, other);
}

TEST(Equality, OfSecretsIsThatOfTheirBytes) {
    EXPECT_EQ((Credentials{"sa_1", "secret"}), (Credentials{"sa_1", "secret"}));
    EXPECT_NE((Credentials{"sa_1", "secret"}), (Credentials{"sa_1", "secreT"}));
}

TEST(Equality, OfInputsKnowsNullFromNothing) {
    EXPECT_EQ((UpdateApplicationInput{.name = "n"}), (UpdateApplicationInput{.name = "n"}));
    EXPECT_NE((UpdateApplicationInput{.description = nullptr}), UpdateApplicationInput{});
}

TEST(Equality, OfPagesIsThatOfItemsAndCursor) {
    EXPECT_EQ((Page<Trace>{{{.traceId = "t"}}, "c"}), (Page<Trace>{{{.traceId = "t"}}, "c"}));
    EXPECT_NE((Page<Trace>{{{.traceId = "t"}}, "c"}), (Page<Trace>{{{.traceId = "t"}}, {}}));
    EXPECT_NE((Items<McpEvent>{{{.id = "e"}}}), (Items<McpEvent>{{{.id = "f"}}}));
}

template <class T>
concept IsWritten = requires(std::ostream& stream, const T& value) {
    stream << value;
};

TEST(Equality, OfSecretsDoesNotMakeThemPrintable) {
    static_assert(!IsWritten<Secret>);
    static_assert(!IsWritten<Credentials>);
    static_assert(IsWritten<Timestamp> && IsWritten<RawJson> && IsWritten<AuthMode> && IsWritten<EnumValue<AuthMode>>);
}

} // namespace
} // namespace kontext::equality_test
