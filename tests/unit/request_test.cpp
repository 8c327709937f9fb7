#include "client/request.hpp"

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext {
namespace {

// Named as nothing in another file is: g++ 12 gives the functions of field<&T::member> external linkage, also where T
// is in an unnamed namespace.
struct CursorParams {
    std::optional<std::string> cursor{};
};

struct NamedLogin {
    std::string name{};
    Secret password{};
};

} // namespace

namespace json {
template <>
struct Fields<CursorParams> {
    static constexpr FieldList list{field<&CursorParams::cursor>("cursor")};
};
template <>
struct Fields<NamedLogin> {
    static constexpr FieldList list{field<&NamedLogin::name>("name"), field<&NamedLogin::password>("password")};
};
} // namespace json

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The field that the ConfigError names; "" if there is none.
std::string refusedId(const Request& request) {
    try {
        request.target();
    } catch (const ConfigError& error) {
        return error.field();
    }
    return {};
}

TEST(Request, GoesToItsRoute) { EXPECT_EQ(Request("GET", "/applications").target(), "/applications"); }

TEST(Request, HasItsIdsInTheRoute) {
    EXPECT_EQ(Request("GET", "/applications/{id}", {"a1"}).target(), "/applications/a1");
    EXPECT_EQ(Request("GET", "/applications/{id}/oauth", {"a1"}).target(), "/applications/a1/oauth");
    EXPECT_EQ(Request("POST", "/applications/{id}/integrations/{integrationId}", {"a1", "i2"}).target(),
              "/applications/a1/integrations/i2");
}

TEST(Request, EncodesIdsSoThatTheyStayOneSegment) {
    EXPECT_EQ(Request("GET", "/x/{id}/y", {"a/b?c#d%e f\xc3\xa9"}).target(), "/x/a%2Fb%3Fc%23d%25e%20f%C3%A9/y");
    EXPECT_EQ(Request("GET", "/x/{id}", {"..."}).target(), "/x/...");
    EXPECT_EQ(Request("GET", "/x/{id}", {"{id}"}).target(), "/x/%7Bid%7D");
    EXPECT_EQ(Request("GET", "/x/{id}", {"../admin"}).target(), "/x/..%2Fadmin");
}

TEST(Request, NamesTheIdThatCannotBeSent) {
    for (const char* bad : {"", ".", "..", "a\nb", "a\r"}) {
        EXPECT_EQ(refusedId(Request("GET", "/x/{applicationId}/y/{sessionId}", {bad, "fine"})), "applicationId") << bad;
        EXPECT_EQ(refusedId(Request("GET", "/x/{applicationId}/y/{sessionId}", {"fine", bad})), "sessionId") << bad;
    }
}

TEST(Request, HasItsQueryBehindTheRoute) {
    EXPECT_EQ(Request("GET", "/x").query(CursorParams{"a b"}).target(), "/x?cursor=a%20b");
    EXPECT_EQ(Request("GET", "/x/{id}", {"1"}).query(CursorParams{"a"}).target(), "/x/1?cursor=a");
    EXPECT_EQ(Request("GET", "/x").query(CursorParams{}).target(), "/x");
}

TEST(Request, KeepsItsTemplateForObservers) {
    const Request request("GET", "/applications/{id}", {"a1"});
    EXPECT_EQ(request.route(), "/applications/{id}");
    EXPECT_EQ(request.method(), "GET");
}

TEST(Request, HasABodyAndRemembersTheSecretsInIt) {
    const NamedLogin input{"n", Secret("hush")};
    std::vector<Secret> secrets;
    EXPECT_EQ(Request("POST", "/x").json(input).body(secrets), R"({"name":"n","password":"hush"})");
    EXPECT_THAT(secrets, ElementsAre(Secret("hush")));
    secrets.clear();
    EXPECT_EQ(Request("GET", "/x").body(secrets), "");
    EXPECT_THAT(secrets, IsEmpty());
}

TEST(Request, IsRepeatableByItsMethodOrIfItIsHarmless) {
    EXPECT_TRUE(Request("GET", "/x").isRetryable());
    EXPECT_TRUE(Request("DELETE", "/x").isRetryable());
    EXPECT_FALSE(Request("POST", "/x").isRetryable());
    EXPECT_TRUE(Request("POST", "/x").retryable().isRetryable());
}

TEST(Request, WantsAResponseUnlessItSaysOtherwise) {
    EXPECT_EQ(Request("GET", "/x").response(), ResponseBody::required);
    EXPECT_EQ(Request("GET", "/x").response(ResponseBody::optional).response(), ResponseBody::optional);
}

/// What the ConfigError says; "" if there is none.
std::string refusalOf(std::string_view id) {
    try {
        checkId("applicationId", id);
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.field(), "applicationId");
        return error.message();
    }
    return {};
}

TEST(CheckId, TakesAnyIdThatCanBeOneSegment) {
    for (const char* id :
         {"a", "7d9f8e1c-0000-4000-8000-000000000000", "...", ".a", "a/b", "a b", "?", "%2e", "\xc3\xa9"})
        EXPECT_EQ(refusalOf(id), "") << id;
}

TEST(CheckId, RefusesIdsThatCannot) {
    EXPECT_EQ(refusalOf(""), "applicationId must not be empty");
    EXPECT_EQ(refusalOf("."), "applicationId must not be \".\"");
    EXPECT_EQ(refusalOf(".."), "applicationId must not be \"..\"");
    for (const std::string_view id : {std::string_view("a\rb"), std::string_view("a\n"), std::string_view("\0", 1)})
        EXPECT_EQ(refusalOf(id), "applicationId must not contain CR, LF or NUL");
}

} // namespace
} // namespace kontext
