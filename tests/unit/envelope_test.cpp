#include "json/envelope.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/nlohmann.hpp"
#include <gmock/gmock.h>

namespace kontext::envelope_test {
namespace {

using json::Envelope;
using json::readEnvelope;
using testing::ElementsAre;
using testing::IsEmpty;

Envelope read(std::string_view body) {
    const auto envelope = readEnvelope(body);
    EXPECT_TRUE(envelope) << body;
    return envelope.value_or(Envelope{});
}

/// `field: message`, in order.
std::vector<std::string> validationErrorsOf(std::string_view body) {
    std::vector<std::string> texts;
    for (const ValidationError& error : read(body).validationErrors)
        texts.push_back(error.field + ": " + error.message);
    return texts;
}

TEST(Envelope, ReadsTheVendorsShape) {
    const Envelope envelope = read(R"({"message":"Application not found","code":"app_missing"})");
    EXPECT_EQ(envelope.message, "Application not found");
    EXPECT_EQ(envelope.code, "app_missing");
    EXPECT_EQ(envelope.bestMessage(), "Application not found");
}

TEST(Envelope, ReadsTheShapeOfOAuth) {
    const Envelope envelope = read(R"({"error":"invalid_client","error_description":"No such client","hint":"h"})");
    EXPECT_EQ(envelope.error, "invalid_client");
    EXPECT_EQ(envelope.errorDescription, "No such client");
    EXPECT_EQ(envelope.hint, "h");
    EXPECT_EQ(envelope.message, "");
    EXPECT_EQ(envelope.code, "");
}

TEST(Envelope, ItsWordsAreTheFirstThereAre) {
    struct Case {
        const char* body;
        const char* words;
    };
    const std::vector<Case> cases{
        {R"({"error":"e","hint":"h","error_description":"d","message":"m"})", "m"},
        {R"({"error":"e","hint":"h","error_description":"d"})", "d"},
        {R"({"error":"e","hint":"h"})", "h"},
        {R"({"error":"e"})", "e"},
        {R"({"error":"e","message":""})", "e"},
        {R"({"error":"e","message":[]})", "e"},
        {R"({"Message":"M","title":"t","detail":"x","error":"e"})", "e"},
        {R"({"Message":"M","title":"t","detail":"x"})", "x"},
        {R"({"Message":"M","title":"t","detail":""})", "t"},
        {R"({"Message":"M","title":{}})", "M"},
        {R"({"detail":["a",{"msg":"b","loc":["body"]},{"detail":"c"}]})", "a; b; c"},
        {R"({"Title":"x","MESSAGE":"y","status":400})", ""},
        {R"({})", ""},
        {R"(["message"])", ""},
    };
    for (const Case& c : cases)
        EXPECT_EQ(read(c.body).bestMessage(), c.words) << c.body;
}

TEST(Envelope, JoinsAMessageThatIsAList) {
    struct Case {
        const char* body;
        const char* message;
    };
    const std::vector<Case> cases{
        {R"({"message":["a"]})", "a"},
        {R"({"message":["a","b","c"]})", "a; b; c"},
        {R"({"message":[{"message":"a"},{"error":"b"},{"reason":"c"}]})", "a; b; c"},
        {R"({"message":["a",{"message":"b"}]})", "a; b"},
        {R"({"message":["a","",{},"b",""]})", "a; b"},
        {R"({"message":["",{"other":"x"},5,null,["x"],"a"]})", "a"},
        {R"({"message":[{"reason":"r","message":"m"}]})", "m"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(read(c.body).message, c.message) << c.body;
}

TEST(Envelope, ReadsAnErrorThatIsAnObject) {
    struct Case {
        const char* body;
        const char* message;
        const char* code;
    };
    const std::vector<Case> cases{
        {R"({"error":{"message":"m","code":"c"}})", "m", "c"},
        {R"({"error":{"error_description":"d"}})", "d", ""},
        {R"({"error":{"error":"e"}})", "e", ""},
        {R"({"error":{"message":"inner","code":"inner"},"message":"outer","code":"outer"})", "outer", "outer"},
        {R"({"error":{"code":"c"},"message":"m"})", "m", "c"},
        {R"({"error":{}})", "", ""},
        {R"({"error":{"message":{},"code":5}})", "", ""},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(read(c.body).message, c.message) << c.body;
        EXPECT_EQ(read(c.body).code, c.code) << c.body;
        EXPECT_EQ(read(c.body).error, "") << c.body;
    }
}

TEST(Envelope, TakesMembersOfAnotherTypeForMissing) {
    for (const char* value : {"5", "null", "true", "1.5", "{}", "[]", "[[]]"}) {
        const std::string v = value;
        const Envelope envelope = read(R"({"message":)" + v + R"(,"code":)" + v + R"(,"error":)" + v
                                       + R"(,"error_description":)" + v + R"(,"hint":)" + v + R"(,"validationErrors":)"
                                       + v + R"(,"errors":)" + v + R"(,"missingScopes":)" + v + '}');
        EXPECT_EQ(envelope.bestMessage(), "") << value;
        EXPECT_EQ(envelope.code, "") << value;
        EXPECT_THAT(envelope.validationErrors, IsEmpty()) << value;
        EXPECT_THAT(envelope.missingScopes, IsEmpty()) << value;
    }
}

TEST(Envelope, ReadsValidationErrorsInEveryShape) {
    struct Case {
        const char* errors;
        std::vector<std::string> texts;
    };
    const std::vector<Case> cases{
        {R"([{"field":"name","message":"too long"}])", {"name: too long"}},
        {R"([{"path":"a","error":"b"},{"property":"c","reason":"d"}])", {"a: b", "c: d"}},
        {R"([{"name":"a","message":"b"},{"param":"c","message":"d"}])", {"a: b", "c: d"}},
        {R"([{"field":"f","path":"p","message":"m","error":"e"}])", {"f: m"}},
        {R"([{"field":"name","messages":["a","b"]}])", {"name: a; b"}},
        {R"([{"field":"name","message":"a","messages":["b"]}])", {"name: a"}},
        {R"([{"message":"m"},{"field":"f"}])", {": m", "f: "}},
        {R"([{"detail":"must be positive","pointer":"#/age"},{"msg":"m"}])", {"#/age: must be positive", ": m"}},
        {R"([{"other":"x"},{}])", {}},
        {R"(["a","b"])", {": a", ": b"}},
        {R"([["a","b"]])", {": a; b"}},
        {R"(["",null,5,true])", {}},
        {R"({"name":"too long","url":["a","b"]})", {"name: too long", "url: a; b"}},
        {R"({"name":[{"message":"m"}]})", {"name: m"}},
        {R"([])", {}},
        {R"({})", {}},
        {R"("text")", {}},
    };
    for (const Case& c : cases) {
        const std::string errors = c.errors;
        EXPECT_EQ(validationErrorsOf(R"({"validationErrors":)" + errors + '}'), c.texts) << errors;
        EXPECT_EQ(validationErrorsOf(R"({"errors":)" + errors + '}'), c.texts) << errors;
    }
}

TEST(Envelope, ReadsBothListsOfValidationErrors) {
    EXPECT_THAT(validationErrorsOf(R"({"errors":["b"],"validationErrors":["a"]})"), ElementsAre(": a", ": b"));
}

TEST(Envelope, ReadsTheScopesThatAreMissing) {
    EXPECT_THAT(read(R"({"missingScopes":["a:read",5,null,"b:write"]})").missingScopes,
                ElementsAre("a:read", "b:write"));
    EXPECT_THAT(read(R"({"missingScopes":"a:read"})").missingScopes, IsEmpty());
}

TEST(Envelope, KeepsTheWholeResponseAsMeta) {
    const Envelope envelope = read(R"( { "message" : "m", "more": { "a": [1, 2.5, null] } } )");
    EXPECT_EQ(nlohmann::json::parse(envelope.meta),
              nlohmann::json::parse(R"({"message":"m","more":{"a":[1,2.5,null]}})"));
}

TEST(Envelope, HasATextWhereThereIsNoMessage) {
    struct Case {
        const char* body;
        const char* text;
    };
    const std::vector<Case> cases{
        {R"( { "status" : 400, "faults": [ "a", null, 1.50 ] } )", R"({"status":400,"faults":["a",null,1.50]})"},
        {R"([ 1 , {"a":"\ud83d"}])", "[1,{\"a\":\"\xef\xbf\xbd\"}]"},
        {R"({"message":"m","status":400})", ""},
        {"{}", ""},
        {"[]", ""},
    };
    for (const Case& c : cases)
        EXPECT_EQ(read(c.body).text, c.text) << c.body;
}

TEST(Envelope, HasATextWithoutWhatIsNamedLikeASecret) {
    for (const char* name : {"secret", "clientSecret", "client_secret", "access_token", "refreshToken", "Password",
                             "db-passphrase", "credentials", "Authorization", "set-cookie", "signature",
                             "client_assertion", "key", "api_key", "X-API-Key", "privateKey"}) {
        for (const char* value : {R"("hush")", "12345", R"(["hush"])", R"({"value":"hush"})"}) {
            const std::string member = '"' + std::string(name) + "\":";
            EXPECT_EQ(read(R"({"a":[{)" + member + value + R"(,"b":"c"}]})").text,
                      R"({"a":[{)" + member + R"("[redacted]","b":"c"}]})");
            EXPECT_THAT(read('{' + member + value + '}').meta, testing::HasSubstr(value));
        }
    }
    EXPECT_EQ(read(R"({"status":1,"keyword":"k","name":"n"})").text, R"({"status":1,"keyword":"k","name":"n"})");
}

TEST(Envelope, ReadsHalfACharacterAsTheReplacementCharacter) {
    const Envelope envelope = read(R"({"message":"cut \ud83d","\ude00":1})");
    EXPECT_EQ(envelope.message, "cut \xef\xbf\xbd");
    EXPECT_EQ(envelope.meta, "{\"message\":\"cut \xef\xbf\xbd\",\"\xef\xbf\xbd\":1}");
}

TEST(Envelope, KeepsNumbersDigitForDigit) {
    EXPECT_EQ(read(R"({ "n": 12345678901234567890123, "d": 1.10, "e": 1E2, "z": -0 })").meta,
              R"({"n":12345678901234567890123,"d":1.10,"e":1E2,"z":-0})");
}

TEST(Envelope, TakesTheLastOfMembersOfOneName) {
    EXPECT_EQ(read(R"({"message":"first","message":"last"})").message, "last");
}

TEST(Envelope, IsNothingForWhatIsNeitherObjectNorArray) {
    for (const char* body :
         {"", " ", "null", "5", "\"text\"", "true", "<html>", "Bad Gateway", "{", R"({"message":"m")",
          R"({"message":"m"}x)", R"({"message":1e400})", "{\"message\":\"\xff\"}", "{\"message\":\"\xed\xa0\x80\"}"})
        EXPECT_FALSE(readEnvelope(body)) << body;
}

TEST(Envelope, SurvivesATextThatIsCutOffAnywhere) {
    constexpr std::string_view body =
        R"({"message":["a",{"message":"b"}],"errors":{"f":["x"]},"missingScopes":["s"],"error":{"code":"c\u00e9"}})";
    EXPECT_TRUE(readEnvelope(body));
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_FALSE(readEnvelope(body.substr(0, size))) << size;
}

TEST(Envelope, SurvivesAHundredThousandLevels) {
    std::string arrays = R"({"message":"m","x":)" + std::string(100'000, '[') + std::string(100'000, ']') + '}';
    EXPECT_EQ(read(arrays).message, "m");

    std::string objects = R"({"message":"m","x":)";
    for (int i = 0; i < 100'000; ++i)
        objects += R"({"x":)";
    objects += "1" + std::string(100'001, '}');
    const Envelope envelope = read(objects);
    EXPECT_EQ(envelope.message, "m");
    EXPECT_LT(envelope.meta.size(), 1000U);

    EXPECT_FALSE(readEnvelope(std::string(100'000, '[')));
    EXPECT_FALSE(readEnvelope(objects.substr(0, objects.size() / 2)));
    read(R"({"message":)" + std::string(100'000, '[') + std::string(100'000, ']') + '}');
    read(R"({"errors":)" + std::string(100'000, '[') + std::string(100'000, ']') + '}');
}

TEST(Envelope, ItsMetaIsJsonAlsoWhereSomethingWasTooDeep) {
    const std::string body = R"({"message":"m","x":)" + std::string(100, '[') + "1,2" + std::string(100, ']') + '}';
    EXPECT_TRUE(nlohmann::json::accept(read(body).meta));
    EXPECT_THAT(read(body).meta, testing::HasSubstr("[[null]]"));
}

} // namespace
} // namespace kontext::envelope_test
