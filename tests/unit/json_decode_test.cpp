#include "json/decode.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace kontext {
namespace {

class Mood : public OpenEnum<Mood> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<Mood> glad{"glad"};
};

struct Inner {
    std::string id{};
    std::optional<std::int64_t> count{};
};

struct Sample {
    std::string id{};
    std::optional<std::string> note{};
    std::int64_t count = 7;
    double rate = 0.5;
    bool ready = true;
    Mood mood{};
    Timestamp at{};
    std::optional<Inner> inner{};
    std::vector<std::string> tags{};
    std::vector<Inner> inners{};
    std::map<std::string, std::int64_t> counts{};
    std::map<std::string, Inner> byName{};
    std::optional<RawJson> raw{};
    std::vector<RawJson> raws{};
    std::map<std::string, RawJson> rawByName{};
};

/// Holds a Secret, and so is read from a text that is padded.
struct Login {
    std::string id{};
    std::optional<Secret> secret{};
    std::vector<Secret> old{};
    std::optional<RawJson> raw{};
};

} // namespace

namespace json {
template <>
struct Fields<Inner> {
    static constexpr FieldList list{
        required<&Inner::id>("id"),
        field<&Inner::count>("count"),
    };
};
template <>
struct Fields<Sample> {
    static constexpr FieldList list{
        required<&Sample::id>("id"),      field<&Sample::note>("note"),     field<&Sample::count>("count"),
        field<&Sample::rate>("rate"),     field<&Sample::ready>("ready"),   field<&Sample::mood>("mood"),
        field<&Sample::at>("at"),         field<&Sample::inner>("inner"),   field<&Sample::tags>("tags"),
        field<&Sample::inners>("inners"), field<&Sample::counts>("counts"), field<&Sample::byName>("byName"),
        field<&Sample::raw>("raw"),       field<&Sample::raws>("raws"),     field<&Sample::rawByName>("rawByName"),
    };
};
template <>
struct Fields<Login> {
    static constexpr FieldList list{
        required<&Login::id>("id"),
        field<&Login::secret>("secret"),
        field<&Login::old>("old"),
        field<&Login::raw>("raw"),
    };
};
} // namespace json

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

/// `pointer: message`; "" if the text can be read.
template <class T>
std::string faultOf(std::string_view text) {
    T value{};
    const auto fault = json::decode(text, value);
    return fault ? fault->pointer + ": " + fault->message : std::string();
}

template <class T>
T read(std::string_view text) {
    T value{};
    const auto fault = json::decode(text, value);
    EXPECT_FALSE(fault) << text << "\n" << fault->pointer << ": " << fault->message;
    return value;
}

std::string rawOf(std::string_view text) { return read<RawJson>(text).text(); }

std::string nested(int levels, const std::string& open = "[", const std::string& close = "]") {
    std::string text;
    for (int i = 0; i < levels; ++i)
        text += open;
    for (int i = 0; i < levels; ++i)
        text += close;
    return text;
}

/// With a value of each kind.
constexpr std::string_view wholeSample = R"( {
    "id": "a", "note": "n\u00e9\n", "count": -12, "rate": 1.5e2, "ready": false, "mood": "glad",
    "at": "2026-01-31T12:00:00Z", "inner": {"id": "b", "count": 3}, "tags": ["x", "y"],
    "inners": [{"id": "c"}, {"id": "d", "count": null}], "counts": {"ok": 1, "": 2},
    "byName": {"k": {"id": "e"}}, "raw": {"a": [1, {"b": null}], "c": "d"}, "raws": [1, "two", [3]],
    "rawByName": {"r": true}, "unknown": {"id": [1, 2.5, "x", null, true, {"y": []}]}
} )";

constexpr std::string_view wholeLogin =
    R"({"id": "a", "secret": "hush", "old": ["one", "two"], "raw": {"a": [1]}, "unknown": [{"b": "c"}]})";

TEST(JsonDecode, ReadsAValueOfEachKind) {
    const auto sample = read<Sample>(wholeSample);
    EXPECT_EQ(sample.id, "a");
    EXPECT_EQ(sample.note, "n\xc3\xa9\n");
    EXPECT_EQ(sample.count, -12);
    EXPECT_EQ(sample.rate, 150);
    EXPECT_FALSE(sample.ready);
    EXPECT_EQ(sample.mood, Mood::glad);
    EXPECT_EQ(sample.at, Timestamp("2026-01-31T12:00:00Z"));
    ASSERT_TRUE(sample.inner);
    EXPECT_EQ(sample.inner->id, "b");
    EXPECT_EQ(sample.inner->count, 3);
    EXPECT_THAT(sample.tags, ElementsAre("x", "y"));
    ASSERT_EQ(sample.inners.size(), 2U);
    EXPECT_EQ(sample.inners[1].id, "d");
    EXPECT_THAT(sample.counts, ElementsAre(Pair("", 2), Pair("ok", 1)));
    ASSERT_EQ(sample.byName.count("k"), 1U);
    EXPECT_EQ(sample.byName.at("k").id, "e");
    EXPECT_EQ(sample.raw, RawJson(R"({"a":[1,{"b":null}],"c":"d"})"));
    EXPECT_THAT(sample.raws, ElementsAre(RawJson("1"), RawJson("\"two\""), RawJson("[3]")));
    EXPECT_THAT(sample.rawByName, ElementsAre(Pair("r", RawJson("true"))));
}

TEST(JsonDecode, ReadsATypeThatHoldsASecret) {
    const auto login = read<Login>(wholeLogin);
    EXPECT_EQ(login.id, "a");
    EXPECT_EQ(login.secret, Secret("hush"));
    EXPECT_THAT(login.old, ElementsAre(Secret("one"), Secret("two")));
    EXPECT_EQ(login.raw, RawJson(R"({"a":[1]})"));
}

TEST(JsonDecode, ReadsASecretThatIsTheWholeText) { EXPECT_EQ(read<Secret>(" \"hush\" "), Secret("hush")); }

TEST(JsonDecode, SkipsUnknownFieldsWhateverTheyHold) {
    for (const std::string unknown :
         {"null", "true", "-1", "1", "1.5", "\"x\"", "[]", "{}", R"({"id":[1,{"id":{}}]})", R"([[{"id":"b"}],"c"])"}) {
        const std::string text = R"({"new":)" + unknown + R"(,"id":"a","newer":)" + unknown + '}';
        EXPECT_EQ(read<Sample>(text).id, "a") << text;
        EXPECT_EQ(read<Login>(text).id, "a") << text;
    }
}

TEST(JsonDecode, TakesFieldsInAnyOrder) {
    const auto sample = read<Sample>(R"({"tags":["t"],"count":1,"note":"n","id":"a"})");
    EXPECT_EQ(sample.id, "a");
    EXPECT_EQ(sample.note, "n");
    EXPECT_EQ(sample.count, 1);
    EXPECT_THAT(sample.tags, ElementsAre("t"));
}

TEST(JsonDecode, LeavesMissingFieldsAsTheyWere) {
    const auto sample = read<Sample>(R"({"id":"a"})");
    EXPECT_FALSE(sample.note);
    EXPECT_EQ(sample.count, 7);
    EXPECT_TRUE(sample.ready);
    EXPECT_FALSE(sample.inner);
    EXPECT_FALSE(sample.raw);
}

TEST(JsonDecode, ReadsNullAsMissing) {
    const auto sample = read<Sample>(
        R"({"id":"a","note":null,"count":null,"rate":null,"ready":null,"mood":null,"at":null,"inner":null,)"
        R"("tags":null,"inners":null,"counts":null,"byName":null,"raw":null,"raws":null,"rawByName":null})");
    EXPECT_FALSE(sample.note);
    EXPECT_EQ(sample.count, 7);
    EXPECT_EQ(sample.rate, 0.5);
    EXPECT_TRUE(sample.ready);
    EXPECT_EQ(sample.mood.str(), "");
    EXPECT_EQ(sample.at.text(), "");
    EXPECT_FALSE(sample.inner);
    EXPECT_TRUE(sample.tags.empty());
    EXPECT_TRUE(sample.counts.empty());
    EXPECT_FALSE(sample.raw);
}

TEST(JsonDecode, EmptiesAnOptionalThatIsNull) {
    Sample sample;
    sample.note = "from before";
    EXPECT_FALSE(json::decode(R"({"id":"a","note":null})", sample));
    EXPECT_FALSE(sample.note);
}

TEST(JsonDecode, ReplacesWhatAListAndAMapHeld) {
    Sample sample;
    sample.tags = {"from before"};
    sample.counts = {{"from before", 1}};
    EXPECT_FALSE(json::decode(R"({"id":"a","tags":["x"],"counts":{}})", sample));
    EXPECT_THAT(sample.tags, ElementsAre("x"));
    EXPECT_TRUE(sample.counts.empty());
}

TEST(JsonDecode, SkipsNullEntriesOfMapsAndLists) {
    const auto sample = read<Sample>(
        R"({"id":"a","counts":{"a":null,"b":2},"byName":{"c":null},"tags":[null,"x",null],"inners":[null,{"id":"i"}]})");
    EXPECT_THAT(sample.counts, ElementsAre(Pair("b", 2)));
    EXPECT_TRUE(sample.byName.empty());
    EXPECT_THAT(sample.tags, ElementsAre("x"));
    ASSERT_EQ(sample.inners.size(), 1U);
    EXPECT_EQ(sample.inners[0].id, "i");
}

TEST(JsonDecode, KeepsAnEnumValueThatItDoesNotKnow) {
    EXPECT_EQ(read<Sample>(R"({"id":"a","mood":"brand_new"})").mood.str(), "brand_new");
}

TEST(JsonDecode, ReadsEscapesAndCharactersBeyondTheBasicPlane) {
    EXPECT_EQ(read<Sample>(R"({"id":"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"})").id, "\"\\/\b\f\n\r\tA\xf0\x9f\x98\x80");
}

TEST(JsonDecode, KeepsNulWithinAString) {
    EXPECT_EQ(read<Sample>(R"({"id":"a\u0000b"})").id, std::string("a\0b", 3));
    EXPECT_EQ(read<Login>(R"({"id":"a","secret":"a\u0000b"})").secret, Secret(std::string("a\0b", 3)));
}

TEST(JsonDecode, SaysWhereAndWhatIsWrong) {
    struct Case {
        const char* text;
        const char* fault;
    };
    const std::vector<Case> cases{
        // Nothing there.
        {R"({})", "/id: the field is missing or null"},
        {R"({"id":null})", "/id: the field is missing or null"},
        {R"({"id":"a","id":null})", "/id: duplicate field"},
        {R"({"id":"a","inner":{}})", "/inner/id: the field is missing or null"},
        {R"({"id":"a","inners":[{"id":"b"},{"count":1}]})", "/inners/1/id: the field is missing or null"},
        {R"({"id":"a","byName":{"k":{"id":null}}})", "/byName/k/id: the field is missing or null"},
        // Another type.
        {R"([])", ": expected an object, found an array"},
        {R"("x")", ": expected an object, found a string"},
        {R"(5)", ": expected an object, found a number"},
        {R"(-5)", ": expected an object, found a number"},
        {R"(1.5)", ": expected an object, found a number"},
        {R"(true)", ": expected an object, found a boolean"},
        {R"(null)", ": expected an object, found null"},
        {R"({"id":5})", "/id: expected a string, found a number"},
        {R"({"id":["x"]})", "/id: expected a string, found an array"},
        {R"({"id":{"x":1}})", "/id: expected a string, found an object"},
        {R"({"id":true})", "/id: expected a string, found a boolean"},
        {R"({"note":1.5})", "/note: expected a string, found a number"},
        {R"({"count":"1"})", "/count: expected an integer, found a string"},
        {R"({"count":false})", "/count: expected an integer, found a boolean"},
        {R"({"rate":"1"})", "/rate: expected a number, found a string"},
        {R"({"ready":1})", "/ready: expected true or false, found a number"},
        {R"({"ready":"true"})", "/ready: expected true or false, found a string"},
        {R"({"mood":1})", "/mood: expected a string, found a number"},
        {R"({"at":1769860800})", "/at: expected a string, found a number"},
        {R"({"inner":[]})", "/inner: expected an object, found an array"},
        {R"({"inner":"x"})", "/inner: expected an object, found a string"},
        {R"({"inner":{"count":"x"}})", "/inner/count: expected an integer, found a string"},
        {R"({"tags":{}})", "/tags: expected an array, found an object"},
        {R"({"tags":"x"})", "/tags: expected an array, found a string"},
        {R"({"counts":[]})", "/counts: expected an object, found an array"},
        // Within lists and maps.
        {R"({"tags":[5]})", "/tags/0: expected a string, found a number"},
        {R"({"tags":["x",null,[]]})", "/tags/2: expected a string, found an array"},
        {R"({"inners":[{"id":"b"},{"id":"c"},{"id":"d","count":{}}]})",
         "/inners/2/count: expected an integer, found an object"},
        {R"({"inners":[[]]})", "/inners/0: expected an object, found an array"},
        {R"({"counts":{"a":1,"b":"x"}})", "/counts/b: expected an integer, found a string"},
        {R"({"counts":{"":[]}})", "/counts/: expected an integer, found an array"},
        {R"({"counts":{"a~b/c~1":[]}})", "/counts/a~0b~1c~01: expected an integer, found an array"},
        {R"({"byName":{"x/y":{"id":1}}})", "/byName/x~1y/id: expected a string, found a number"},
        // Twice.
        {R"({"id":"a","note":"n","id":"b"})", "/id: duplicate field"},
        {R"({"id":"a","inner":{"id":"b","id":"b"}})", "/inner/id: duplicate field"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(faultOf<Sample>(c.text), c.fault) << c.text;
}

TEST(JsonDecode, SaysWhereATypeThatHoldsASecretIsWrong) {
    struct Case {
        const char* text;
        const char* fault;
    };
    const std::vector<Case> cases{
        {R"({})", "/id: the field is missing or null"},
        {R"({"id":"a","secret":5})", "/secret: expected a string, found a number"},
        {R"({"id":"a","old":["x",true]})", "/old/1: expected a string, found a boolean"},
        {R"({"id":"a","secret":"x","secret":"y"})", "/secret: duplicate field"},
        {R"([])", ": expected an object, found an array"},
        {R"("x")", ": expected an object, found a string"},
        {R"(null)", ": expected an object, found null"},
        {R"(5)", ": expected an object, found a number"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(faultOf<Login>(c.text), c.fault) << c.text;
}

TEST(JsonDecode, ReadsAFieldThatIsNullFirst) { EXPECT_EQ(read<Sample>(R"({"id":null,"id":"a"})").id, "a"); }

TEST(JsonDecode, TakesUnknownFieldsThatComeTwice) { EXPECT_EQ(faultOf<Sample>(R"({"id":"a","x":1,"x":2})"), ""); }

TEST(JsonDecode, ReadsIntegersUpToTheirBounds) {
    EXPECT_EQ(read<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(read<std::int64_t>("-0"), 0);
}

TEST(JsonDecode, RefusesIntegersThatDoNotFit) {
    for (const char* number : {"9223372036854775808", "18446744073709551615"})
        EXPECT_EQ(faultOf<Sample>(std::string(R"({"count":)") + number + '}'), "/count: the integer is out of range");
    for (const char* number : {"18446744073709551616", "-9223372036854775809", "1e400"})
        EXPECT_THAT(faultOf<Sample>(std::string(R"({"count":)") + number + '}'), HasSubstr("out of range")) << number;
}

TEST(JsonDecode, ReadsAnIntegerHoweverItIsWritten) {
    EXPECT_EQ(read<std::int64_t>("1.0"), 1);
    EXPECT_EQ(read<std::int64_t>("1e3"), 1000);
    EXPECT_EQ(read<std::int64_t>("-1.50E+1"), -15);
    EXPECT_EQ(read<std::int64_t>("9007199254740993.0"), 9'007'199'254'740'993); // no double holds it
    EXPECT_EQ(read<Login>(R"({"id":"a","raw":[1.0]})").raw, RawJson("[1.0]"));
}

TEST(JsonDecode, RefusesAFractionForAnInteger) {
    for (const char* number : {"1.5", "-0.5", "1e-1", "100e-3", "9007199254740993.5", "9223372036854775808.0", "1e19"})
        EXPECT_EQ(faultOf<Sample>(std::string(R"({"count":)") + number + '}'),
                  "/count: expected an integer, found a number with a fraction or out of range");
}

TEST(JsonDecode, ReadsAnyNumberForADouble) {
    EXPECT_EQ(read<double>("3"), 3);
    EXPECT_EQ(read<double>("-3"), -3);
    EXPECT_EQ(read<double>("18446744073709551615"), 18446744073709551615.0);
    EXPECT_EQ(read<double>("1e-2"), 0.01);
    EXPECT_EQ(read<double>("123456789012345678901234567890"), 1.2345678901234568e29);
}

TEST(JsonDecode, RefusesANumberThatNoDoubleHolds) {
    for (const char* text :
         {R"({"id":"a","rate":1e400})", R"({"id":"a","raw":[1e400]})", R"({"id":"a","unknown":-1e400})"})
        EXPECT_THAT(faultOf<Sample>(text), HasSubstr("a number is out of range, at byte")) << text;
    EXPECT_THAT(faultOf<Login>(R"({"id":"a","unknown":1e400})"), HasSubstr("a number is out of range, at byte"));
}

TEST(JsonDecode, NestsSixtyFourLevelsDeepAndNoDeeper) {
    const auto inObject = [](const char* field, int levels) {
        return std::string(R"({"id":"a",")") + field + "\":" + nested(levels - 1) + '}';
    };
    EXPECT_EQ(faultOf<RawJson>(nested(64)), "");
    EXPECT_EQ(faultOf<RawJson>(nested(65)), ": nested deeper than 64 levels");
    for (const char* field : {"raw", "unknown"}) {
        EXPECT_EQ(faultOf<Sample>(inObject(field, 64)), "") << field;
        EXPECT_THAT(faultOf<Sample>(inObject(field, 65)), HasSubstr("nested deeper than 64 levels")) << field;
        EXPECT_EQ(faultOf<Login>(inObject(field, 64)), "") << field;
        EXPECT_THAT(faultOf<Login>(inObject(field, 65)), HasSubstr("nested deeper than 64 levels")) << field;
    }
}

TEST(JsonDecode, RefusesAHundredThousandLevels) {
    const std::string objects = nested(100'000, R"({"a":)", "}");
    for (const std::string& text : {nested(100'000), std::string(100'000, '['), objects})
        EXPECT_THAT(faultOf<Sample>(R"({"id":"a","unknown":)" + text), HasSubstr("nested deeper than 64 levels"));
}

TEST(JsonDecode, CountsLevelsAnewForEachSibling) {
    EXPECT_EQ(faultOf<RawJson>('[' + nested(63) + ',' + nested(63) + ']'), "");
    EXPECT_EQ(faultOf<Sample>(R"({"id":"a","x":)" + nested(63) + R"(,"y":)" + nested(63) + '}'), "");
}

TEST(JsonDecode, RefusesATypeThatNestsDeeperThanItsRoomForIt) {
    using Two = std::vector<std::vector<std::string>>;
    using Eight = std::vector<std::vector<std::vector<std::vector<std::vector<std::vector<Two>>>>>>;
    EXPECT_EQ(faultOf<Eight>(nested(8)), "");
    EXPECT_THAT(faultOf<std::vector<Eight>>(nested(9)), HasSubstr("nested deeper than any response of the API"));
}

TEST(JsonDecode, RefusesAnythingBehindTheValue) {
    for (const char* behind : {"x", "{}", ",", "]", "}", "\"a\"", "1", "null", "//", "/**/", "\xef\xbb\xbf"}) {
        EXPECT_THAT(faultOf<Sample>(std::string(R"({"id":"a"})") + behind), HasSubstr("not valid JSON")) << behind;
        EXPECT_NE(faultOf<Login>(std::string(R"({"id":"a"})") + behind), "") << behind;
    }
}

TEST(JsonDecode, RefusesNulBehindTheValue) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {"{\"id\":\"a\"}\0"sv, "{\"id\":\"a\"}\0garbage"sv, "{\"id\":\"a\"} \0"sv}) {
        EXPECT_NE(faultOf<Sample>(text), "");
        EXPECT_NE(faultOf<Login>(text), "");
    }
    EXPECT_NE(faultOf<RawJson>("1\0,\"x\":2"sv), "");
}

TEST(JsonDecode, IgnoresWhiteSpaceAround) {
    EXPECT_EQ(faultOf<Sample>("\n\t {\"id\":\"a\"}\r\n "), "");
    EXPECT_EQ(faultOf<Login>("\n\t {\"id\":\"a\"}\r\n "), "");
}

TEST(JsonDecode, RefusesATextThatIsCutOffAnywhere) {
    const std::string_view sample = wholeSample.substr(0, wholeSample.find_last_of('}') + 1);
    for (std::size_t size = 0; size < sample.size(); ++size)
        EXPECT_NE(faultOf<Sample>(sample.substr(0, size)), "") << sample.substr(0, size);
    for (std::size_t size = 0; size < wholeLogin.size(); ++size)
        EXPECT_NE(faultOf<Login>(wholeLogin.substr(0, size)), "") << wholeLogin.substr(0, size);
}

TEST(JsonDecode, SurvivesAnyByteInAnyPlace) {
    for (std::size_t at = 0; at < wholeLogin.size(); ++at) {
        for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '\xff', 'e'}) {
            std::string text(wholeLogin);
            text[at] = byte;
            Login login;
            const auto fault = json::decode(text, login);
            EXPECT_TRUE(!fault || !fault->message.empty());
        }
    }
}

TEST(JsonDecode, RefusesWhatIsNoJson) {
    for (const char* text : {"id",
                             "{",
                             "{]",
                             "{id:\"a\"}",
                             "{'id':'a'}",
                             R"({"id":"a",})",
                             R"({"id" "a"})",
                             R"({"id":"a" "note":"b"})",
                             R"({"count":01})",
                             R"({"count":+1})",
                             R"({"rate":.5})",
                             R"({"rate":1.})",
                             R"({"rate":NaN})",
                             R"({"rate":Infinity})",
                             R"({"id":"\x"})",
                             R"({"id":"\u12"})",
                             "{\"id\":\"a\nb\"}",
                             "{\"id\":\"a\x01\"}",
                             R"({"id":True})",
                             R"({"id":nul})"}) {
        EXPECT_THAT(faultOf<Sample>(text), HasSubstr("not valid JSON")) << text;
        EXPECT_NE(faultOf<Login>(text), "") << text;
    }
}

TEST(JsonDecode, SaysThatATextIsEmpty) {
    for (const char* text : {"", " ", "\r\n\t ", "\xef\xbb\xbf", "\xef\xbb\xbf\n"}) {
        EXPECT_EQ(faultOf<Sample>(text), ": it is empty");
        EXPECT_EQ(faultOf<Login>(text), ": it is empty");
    }
}

TEST(JsonDecode, ReadsHalfACharacterAsTheReplacementCharacter) {
    const auto sample = read<Sample>(
        R"({"id":"cut \ud83d","note":"\ude00\ud83d","tags":["\uD83D\ude00\ud83d\u0041"],"unknown":"\ud83d",)"
        R"("counts":{"\udfff":1},"mood":"\ud800","raw":{"\ud83d":["\udc00",1]},"\udc00":null})");
    EXPECT_EQ(sample.id, "cut \xef\xbf\xbd");
    EXPECT_EQ(sample.note, "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_THAT(sample.tags, ElementsAre("\xf0\x9f\x98\x80\xef\xbf\xbd"
                                         "A"));
    EXPECT_THAT(sample.counts, ElementsAre(Pair("\xef\xbf\xbd", 1)));
    EXPECT_EQ(sample.mood.str(), "\xef\xbf\xbd");
    EXPECT_EQ(sample.raw, RawJson("{\"\xef\xbf\xbd\":[\"\xef\xbf\xbd\",1]}"));
}

TEST(JsonDecode, ReadsASecretBesideHalfACharacter) {
    const auto login = read<Login>(R"({"id":"\ud83d","secret":"hush","old":["\ude00"],"unknown":["\ud83d\ud83d"]})");
    EXPECT_EQ(login.id, "\xef\xbf\xbd");
    EXPECT_EQ(login.secret, Secret("hush"));
    EXPECT_THAT(login.old, ElementsAre(Secret("\xef\xbf\xbd")));
}

TEST(JsonDecode, SaysAtWhichByteTheTextIsNoJson) {
    EXPECT_THAT(faultOf<Sample>(R"({"id":"a" x)"), HasSubstr("at byte 11"));
    EXPECT_THAT(faultOf<Login>(R"({"id":"a" x)"), HasSubstr("at byte 11"));
    EXPECT_THAT(faultOf<Sample>(R"({"id":"\ud83d" x)"), HasSubstr("at byte 16"));
    EXPECT_THAT(faultOf<Login>(R"({"id":"\ud83d" x)"), HasSubstr("at byte 16"));
}

TEST(JsonDecode, RefusesBadUtf8WhereverItStands) {
    for (const std::string bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\x80", "\xe2\x82"}) {
        for (const std::string& text : {R"({"id":")" + bad + "\"}", R"({"id":"a","unknown":")" + bad + "\"}",
                                        R"({"id":"a","raw":[")" + bad + "\"]}", R"({"id":"a",")" + bad + "\":1}",
                                        R"({"id":"a","note":"x)" + bad + "y\"}"}) {
            EXPECT_NE(faultOf<Sample>(text), "");
            EXPECT_NE(faultOf<Login>(text), "");
        }
    }
}

TEST(JsonDecode, RawJsonKeepsNumbersDigitForDigit) {
    for (const char* number :
         {"0", "-0", "-1", "1.0", "1e2", "1E+2", "-0.0", "0.10", "9223372036854775808", "18446744073709551615",
          "-9223372036854775809", "12345678901234567890123", "0.1234567890123456789012345678901234567890"}) {
        EXPECT_EQ(rawOf(number), number);
        const std::string in = number;
        EXPECT_EQ(rawOf('[' + in + ",{\"a\":" + in + "}]"), '[' + in + ",{\"a\":" + in + "}]");
        EXPECT_EQ(read<Sample>(R"({"id":"a","raw":)" + in + '}').raw, RawJson(in));
        EXPECT_THAT(read<Sample>(R"({"id":"a","raws":[)" + in + "]}").raws, ElementsAre(RawJson(in)));
        EXPECT_THAT(read<Sample>(R"({"id":"a","rawByName":{"k":)" + in + "}}").rawByName,
                    ElementsAre(Pair("k", RawJson(in))));
        EXPECT_EQ(read<Login>(R"({"id":"a","raw":)" + in + '}').raw, RawJson(in));
    }
}

TEST(JsonDecode, RawJsonIsTheSameValueWithoutTheWhiteSpace) {
    EXPECT_EQ(rawOf(R"( { "a" : [ 1 , true , null , { } , [ ] , "x" ] , "b" : false } )"),
              R"({"a":[1,true,null,{},[],"x"],"b":false})");
}

TEST(JsonDecode, RawJsonKeepsStringsAndKeysThatNeedEscapes) {
    EXPECT_EQ(rawOf(R"({"k\"\\\n":"\"\\\u0001\t\u00e9","{":"[",":":","})"),
              "{\"k\\\"\\\\\\n\":\"\\\"\\\\\\u0001\\t\xc3\xa9\",\"{\":\"[\",\":\":\",\"}");
}

TEST(JsonDecode, RawJsonTakesAValueOfEachKind) {
    for (const char* text : {"true", "false", "\"x\"", "\"\"", "1", "[]", "{}"})
        EXPECT_EQ(rawOf(text), text);
}

TEST(JsonDecode, RawJsonTakesNullToo) { EXPECT_EQ(rawOf("null"), "null"); }

TEST(JsonDecode, RefusesTextThatBreaksOutOfThePadding) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {R"({"id":"a"},{"id":"a"})"sv,
                                        R"({"id":"a"},{})"sv,
                                        R"({},{})"sv,
                                        R"({"id":"a"},"b")"sv,
                                        R"("a",{"id":"a"})"sv,
                                        R"({"id":"a"}],["b")"sv,
                                        R"({"id":"a"}],[{"id":"a"})"sv,
                                        R"("a"],["b")"sv,
                                        R"({"id":"a"},"b"])"sv,
                                        R"({"id":"a"}])"sv,
                                        R"({"id":"a"},1)"sv,
                                        R"({"id":"a"},1.5)"sv,
                                        R"({"id":"a"},-1)"sv,
                                        R"({"id":"a"},null)"sv,
                                        R"({"id":"a"},true)"sv,
                                        R"({"id":"a"},[])"sv,
                                        R"({"id":"a"},"b","c")"sv,
                                        R"(])"sv,
                                        R"(],[)"sv,
                                        R"(,)"sv,
                                        R"({"id":"a"},)"sv,
                                        R"(,{"id":"a"})"sv,
                                        "{\"id\":\"a\"},\"b\"]\0"sv,
                                        "{\"id\":\"a\"}]\0"sv})
        EXPECT_NE(faultOf<Login>(text), "") << text;
    for (const std::string_view text : {R"("a"],["b")"sv, R"("a","b")"sv, R"("a","b"])"sv, R"("a","b","c")"sv,
                                        R"("a",{})"sv, R"()"sv, "\"a\",\"b\"]\0"sv})
        EXPECT_NE(faultOf<Secret>(text), "") << text;
    for (const std::string_view text : {R"(["a"],["b"])"sv, R"("a"],["b")"sv, R"(["a"],"b")"sv})
        EXPECT_NE(faultOf<std::vector<Secret>>(text), "") << text;
}

TEST(JsonDecode, NeverQuotesAValueOfTheText) {
    for (const std::string& text :
         {std::string(R"({"id":"a","secret":"s3cr3t)"), std::string(R"({"id":"a","secret":s3cr3t})"),
          std::string(R"({"id":"a","secret":["s3cr3t"]})"), std::string(R"({"id":"a","secret":"s3cr3t"}s3cr3t)"),
          std::string(R"({"id":["s3cr3t"]})"), std::string("{\"id\":\"s3cr3t\xff\"}"),
          std::string(R"({"id":"s3cr3t\x"})"), std::string("s3cr3t"), std::string(R"("s3cr3t")"),
          std::string(R"({"id":"a","secret":"s3cr3t","secret":"s3cr3t"})"), std::string("{\"id\":\"s3cr3t\n\"}"),
          std::string(R"({"id":"a","s3cr3t")")}) {
        EXPECT_THAT(faultOf<Sample>(text), Not(HasSubstr("s3cr3t")));
        EXPECT_THAT(faultOf<Login>(text), Not(HasSubstr("s3cr3t")));
        EXPECT_NE(faultOf<Login>(text), "") << text;
    }
}

TEST(JsonDecode, ReadsAPageAndAList) {
    const auto page = read<Page<Inner>>(R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"c"})");
    EXPECT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.nextCursor, "c");
    EXPECT_EQ(read<Items<Inner>>(R"({"items":[{"id":"a"}]})").items.size(), 1U);
    EXPECT_EQ(faultOf<Page<Inner>>(R"({"items":[{"id":"a"},{}]})"), "/items/1/id: the field is missing or null");
}

} // namespace
} // namespace kontext
