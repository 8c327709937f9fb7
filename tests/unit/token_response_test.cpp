#include "auth/token_response.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::token_response_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

IssuedToken read(std::string_view body) {
    IssuedToken issued;
    const auto fault = readTokenResponse(body, issued);
    EXPECT_FALSE(fault) << body << "\n" << fault->message;
    return issued;
}

/// "" if it can be read.
std::string faultOf(std::string_view body) {
    IssuedToken issued;
    return readTokenResponse(body, issued).value_or(TokenFault{}).message;
}

std::string withLifetime(const std::string& expiresIn) {
    return R"({"access_token":"t0ken","expires_in":)" + expiresIn + '}';
}

TEST(TokenResponse, BringsATokenAndItsLifetime) {
    const IssuedToken issued =
        read(R"({"access_token":"t0ken","token_type":"Bearer","expires_in":3600,"scope":"management:all"})");
    EXPECT_EQ(issued.token, Secret("t0ken"));
    EXPECT_EQ(issued.lifetime, 1h);
}

TEST(TokenResponse, NeedsNothingButTheToken) {
    const IssuedToken issued = read(R"({"access_token":"t0ken"})");
    EXPECT_EQ(issued.token, Secret("t0ken"));
    EXPECT_EQ(issued.lifetime, 300s);
}

TEST(TokenResponse, TakesNullForMissing) {
    EXPECT_EQ(read(R"({"access_token":"t0ken","token_type":null,"expires_in":null})").lifetime, 300s);
}

TEST(TokenResponse, ReadsTheLifetimeInEveryShape) {
    struct Case {
        const char* expiresIn;
        std::chrono::seconds lifetime;
    };
    const std::vector<Case> cases{
        {"1", 1s},
        {"60", 60s},
        {"3600.0", 1h},
        {"59.9", 59s},
        {"3.6e3", 1h},
        {"1e3", 1000s},
        {"\"3600.0\"", 1h},
        {"\"3600\"", 1h},
        {"\"60.5\"", 60s},
        {"31536000", 8760h},
        {"31536001", 8760h},
        {"1e300", 8760h},
        {"99999999999999999999999", 8760h},
    };
    for (const Case& c : cases)
        EXPECT_EQ(read(withLifetime(c.expiresIn)).lifetime, c.lifetime) << c.expiresIn;
}

TEST(TokenResponse, RefusesALifetimeThatIsNone) {
    for (const char* expiresIn : {"0", "-1", "-3600", "0.5", "\"\"", "\"soon\"", "\"60s\"", "\" 60\"", "\"inf\"",
                                  "\"nan\"", "\"-60\"", "\"0\"", "true", "[]", "[60]", "{}", "\"\\\"60\\\"\"", "\""})
        EXPECT_NE(faultOf(withLifetime(expiresIn)), "") << expiresIn;
    EXPECT_EQ(faultOf(withLifetime("0")), "/expires_in: expected a number of seconds, 1 or more");
}

TEST(TokenResponse, TakesTheTokenTypeInAnyCase) {
    for (const char* type : {"Bearer", "bearer", "BEARER"})
        EXPECT_EQ(faultOf(std::string(R"({"access_token":"t0ken","token_type":")") + type + "\"}"), "") << type;
    for (const char* type : {"", "mac", "DPoP", "Bearer ", "bearerx"})
        EXPECT_EQ(faultOf(std::string(R"({"access_token":"t0ken","token_type":")") + type + "\"}"),
                  "/token_type: it is not Bearer")
            << type;
}

TEST(TokenResponse, RefusesATokenThatNoHeaderCanCarry) {
    for (const char* token :
         {"t0ken\\r\\nX-Evil: 1", "t0 ken", "t0ken\\u0000", "t0ken\\t", "\\u00e9t0ken", "t0ken\\u007f"})
        EXPECT_THAT(faultOf(std::string(R"({"access_token":")") + token + "\"}"), StartsWith("/access_token: "))
            << token;
    EXPECT_EQ(faultOf(R"({"access_token":""})"), "/access_token: it is empty");
}

TEST(TokenResponse, SaysWhatIsWrongWithAResponseThatIsNone) {
    EXPECT_EQ(faultOf("{}"), "/access_token: the field is missing or null");
    EXPECT_EQ(faultOf(R"({"access_token":null})"), "/access_token: the field is missing or null");
    EXPECT_EQ(faultOf(R"({"access_token":5})"), "/access_token: expected a string, found a number");
    EXPECT_EQ(faultOf(R"({"access_token":"a","token_type":5})"), "/token_type: expected a string, found a number");
    EXPECT_THAT(faultOf("<html>"), HasSubstr("not valid JSON"));
    EXPECT_EQ(faultOf(""), "it is empty");
    EXPECT_EQ(faultOf("[]"), "expected an object, found an array");
    EXPECT_EQ(faultOf(R"({"access_token":"a","access_token":"b"})"), "/access_token: duplicate field");
}

TEST(TokenResponse, MayBeAnErrorInSpiteOfItsStatus) {
    struct Case {
        const char* body;
        const char* code;
        const char* description;
    };
    const Case cases[] = {
        {R"({"error":"invalid_client","error_description":"no such client"})", "invalid_client", "no such client"},
        {R"({"error":"invalid_client"})", "invalid_client", ""},
        {R"({"access_token":null,"error":"e","error_description":5,"other":"o"})", "e", ""},
        {R"({"access_token":"","error":"a \"b\" \ud83d"})", "a \"b\" \xef\xbf\xbd", ""},
    };
    for (const auto& [body, code, description] : cases) {
        IssuedToken issued;
        const auto fault = readTokenResponse(body, issued);
        ASSERT_TRUE(fault) << body;
        EXPECT_EQ(fault->message, "it is an OAuth error") << body;
        EXPECT_EQ(fault->errorCode, code) << body;
        EXPECT_EQ(fault->errorDescription, description) << body;
    }
}

TEST(TokenResponse, IsNoErrorWithoutACodeOrWithAToken) {
    for (const char* error : {"null", "\"\"", "false", "0", "{}", "[\"e\"]"}) {
        const std::string member = std::string(R"("error":)") + error + R"(,"error_description":"d")";
        EXPECT_EQ(faultOf('{' + member + '}'), "/access_token: the field is missing or null") << error;
        EXPECT_EQ(faultOf(R"({"access_token":"t0ken",)" + member + '}'), "") << error;
    }
    EXPECT_EQ(faultOf(R"({"access_token":"t0ken","error":"e"})"), "");
}

TEST(TokenResponse, ReadsHalfACharacterBesideTheToken) {
    EXPECT_EQ(read(R"({"access_token":"t0ken","scope":"\ud83d","\ude00":"\ud83d"})").token, Secret("t0ken"));
}

TEST(TokenResponse, NeverQuotesTheToken) {
    for (const char* body :
         {R"({"access_token":"t0ken","expires_in":0})", R"({"access_token":"t0ken","token_type":"mac"})",
          R"({"access_token":"t0 ken"})", R"({"access_token":"t0ken")", R"({"access_token":["t0ken"]})",
          R"({"access_token":"t0ken","access_token":"t0ken"})", "{\"access_token\":\"t0ken\n\"}"}) {
        EXPECT_NE(faultOf(body), "") << body;
        EXPECT_THAT(faultOf(body), Not(HasSubstr("t0"))) << body;
    }
}

} // namespace
} // namespace kontext::token_response_test
