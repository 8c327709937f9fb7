#include "json/encode.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext {
namespace {

class Mood : public OpenEnum<Mood> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<Mood> glad{"glad"};
};

struct InnerChange {
    Patch<std::string> name{};
    Patch<RawJson> claims{};
    Patch<Secret> key{};
};

struct Change {
    Patch<std::string> name{};
    Patch<bool> enabled{};
    Patch<std::int64_t> count{};
    Patch<Mood> mood{};
    Patch<std::vector<std::string>> tags{};
    Patch<InnerChange> inner{};
};

struct Input {
    std::string name{};
    std::optional<std::string> note{};
    std::int64_t count = 0;
    double rate = 0;
    bool ready = false;
    Mood mood{};
    Timestamp at{};
    std::optional<RawJson> raw{};
    std::optional<Secret> secret{};
    std::vector<std::string> uris{};
    std::vector<std::string> scopes{};
    std::vector<InnerChange> inners{};
    std::map<std::string, std::string> labels{};
    std::map<std::string, std::string> extras{};
};

} // namespace

namespace json {
template <>
struct Fields<InnerChange> {
    static constexpr FieldList list{
        field<&InnerChange::name>("name"),
        field<&InnerChange::claims>("claims"),
        field<&InnerChange::key>("key"),
    };
};
template <>
struct Fields<Change> {
    static constexpr FieldList list{
        field<&Change::name>("name"), field<&Change::enabled>("enabled"), field<&Change::count>("count"),
        field<&Change::mood>("mood"), field<&Change::tags>("tags"),       field<&Change::inner>("inner"),
    };
};
template <>
struct Fields<Input> {
    static constexpr FieldList list{
        field<&Input::name>("name"),
        field<&Input::note>("note"),
        field<&Input::count>("count"),
        field<&Input::rate>("rate"),
        field<&Input::ready>("ready"),
        field<&Input::mood>("mood"),
        field<&Input::at>("at"),
        field<&Input::raw>("raw"),
        field<&Input::secret>("secret"),
        field<&Input::uris>("uris"),
        unlessEmpty<&Input::scopes>("scopes"),
        unlessEmpty<&Input::inners>("inners"),
        field<&Input::labels>("labels"),
        unlessEmpty<&Input::extras>("extras"),
    };
};
} // namespace json

namespace {

using json::encode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What the ConfigError says; "" if there is none.
template <class T>
std::string refusalOf(const T& value, std::string* field = nullptr) {
    try {
        encode(value);
    } catch (const ConfigError& error) {
        if (field != nullptr) *field = error.field();
        return error.message();
    }
    return {};
}

template <class T>
std::string refusedField(const T& value) {
    std::string field;
    EXPECT_NE(refusalOf(value, &field), "");
    return field;
}

TEST(JsonEncode, WritesAValueOfEachKind) {
    Input input;
    input.name = "n";
    input.note = "o";
    input.count = -3;
    input.rate = 0.1;
    input.ready = true;
    input.mood = Mood::glad;
    input.at = Timestamp("2026-01-31T12:00:00Z");
    input.raw = R"({"a":1.0})";
    input.secret = Secret("hush");
    input.uris = {"x", "y"};
    input.scopes = {"s"};
    input.inners.resize(2);
    input.inners[1].name = "i";
    input.labels = {{"b", "2"}, {"a", "1"}};
    input.extras = {{"c", "3"}};
    EXPECT_EQ(encode(input),
              R"({"name":"n","note":"o","count":-3,"rate":0.1,"ready":true,"mood":"glad","at":"2026-01-31T12:00:00Z",)"
              R"("raw":{"a":1.0},"secret":"hush","uris":["x","y"],"scopes":["s"],"inners":[{},{"name":"i"}],)"
              R"("labels":{"a":"1","b":"2"},"extras":{"c":"3"}})");
}

TEST(JsonEncode, LeavesOutOptionalsThatAreUnsetAndListsThatAreOnlySentWithElements) {
    EXPECT_EQ(encode(Input{}),
              R"({"name":"","count":0,"rate":0,"ready":false,"mood":"","at":"","uris":[],"labels":{}})");
}

TEST(JsonEncode, AnUpdateWithoutAssignmentsIsAnEmptyObject) { EXPECT_EQ(encode(Change{}), "{}"); }

TEST(JsonEncode, SendsWhatAPatchWasAssigned) {
    Change change;
    change.name = "n";
    change.enabled = false;
    change.count = 0;
    change.mood = Mood::glad;
    change.tags = {"a", "b"};
    EXPECT_EQ(encode(change), R"({"name":"n","enabled":false,"count":0,"mood":"glad","tags":["a","b"]})");
}

TEST(JsonEncode, SendsNullForAPatchThatIsNull) {
    Change change;
    change.name = nullptr;
    change.tags = nullptr;
    change.inner = nullptr;
    EXPECT_EQ(encode(change), R"({"name":null,"tags":null,"inner":null})");
}

TEST(JsonEncode, SendsEmptyValuesOfAPatch) {
    Change change;
    change.name = "";
    change.tags = std::vector<std::string>{};
    change.inner = InnerChange{};
    EXPECT_EQ(encode(change), R"({"name":"","tags":[],"inner":{}})");
}

TEST(JsonEncode, SendsPatchesWithinAPatch) {
    InnerChange inner;
    inner.name = "i";
    inner.claims = nullptr;
    Change change;
    change.inner = inner;
    EXPECT_EQ(encode(change), R"({"inner":{"name":"i","claims":null}})");
}

TEST(JsonEncode, SendsAnEnumValueThatItDoesNotKnow) {
    Change change;
    change.mood = Mood("brand_new");
    EXPECT_EQ(encode(change), R"({"mood":"brand_new"})");
}

TEST(JsonEncode, EscapesWhatJsonDemandsAndNothingElse) {
    EXPECT_EQ(encode(std::string("\"\\\n\r\t")), R"("\"\\\n\r\t")");
    EXPECT_EQ(encode(std::string("\b\f\x01\x1f")), R"("\u0008\u000c\u0001\u001f")");
    EXPECT_EQ(encode(std::string("a\0b", 3)), R"("a\u0000b")");
    EXPECT_EQ(encode(std::string("/'<>&\x7f")), "\"/'<>&\x7f\"");
    EXPECT_EQ(encode(std::string("\xc3\xa9\xf0\x9f\x98\x80")), "\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST(JsonEncode, EscapesTheKeysOfAMap) {
    EXPECT_EQ(encode(std::map<std::string, std::int64_t>{{"a\"b\n", 1}}), R"({"a\"b\n":1})");
}

TEST(JsonEncode, WritesIntegersUpToTheirBounds) {
    EXPECT_EQ(encode(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
    EXPECT_EQ(encode(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(JsonEncode, WritesDoublesSoThatTheyReadTheSame) {
    for (const double value : {0.0, 1.0, -1.5, 0.1, 1.0 / 3, 1e300, 5e-324, 123456789.125})
        EXPECT_EQ(std::strtod(encode(value).c_str(), nullptr), value);
    EXPECT_EQ(encode(-1.5), "-1.5");
}

TEST(JsonEncode, RefusesANumberThatJsonHasNoWordFor) {
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()}) {
        Input input;
        input.rate = value;
        EXPECT_EQ(refusalOf(input), "rate is not a finite number");
        EXPECT_EQ(refusedField(input), "rate");
    }
}

TEST(JsonEncode, NamesTheFieldThatIsNoUtf8) {
    Input input;
    input.name = "a\xff";
    EXPECT_EQ(refusalOf(input), "name is not valid UTF-8");
    EXPECT_EQ(refusedField(input), "name");

    Change change;
    change.inner = InnerChange{};
    InnerChange inner;
    inner.name = "\xc0\x80";
    change.inner = inner;
    EXPECT_EQ(refusedField(change), "inner.name");
}

TEST(JsonEncode, RefusesBadUtf8InEveryKindOfText) {
    const std::string bad = "\xed\xa0\x80";
    std::vector<Input> inputs(7);
    inputs[0].note = bad;
    inputs[1].mood = Mood(bad);
    inputs[2].at = Timestamp(bad);
    inputs[3].secret = Secret(bad);
    inputs[4].uris = {"fine", bad};
    inputs[5].labels = {{bad, "value"}};
    inputs[6].labels = {{"key", bad}};
    const std::vector<std::string> fields{"note", "mood", "at", "secret", "uris", "labels", "labels"};
    for (std::size_t i = 0; i < inputs.size(); ++i)
        EXPECT_EQ(refusedField(inputs[i]), fields[i]);
}

TEST(JsonEncode, ForgetsAFieldOnceItIsWritten) {
    Input input;
    input.inners.resize(1);
    input.inners[0].name = "fine";
    input.extras = {{"k", "\xff"}};
    EXPECT_EQ(refusedField(input), "extras");
}

TEST(JsonEncode, ARefusalDoesNotQuoteTheValue) {
    Input input;
    input.secret = Secret("s3cr3t\xff");
    EXPECT_THAT(refusalOf(input), Not(HasSubstr("s3cr3t")));
    input.secret.reset();
    input.raw = "{\"s3cr3t";
    EXPECT_THAT(refusalOf(input), Not(HasSubstr("s3cr3t")));
}

TEST(JsonEncode, SendsRawJsonAsItIs) {
    for (const char* raw : {"1.0", "1e2", "-0", "12345678901234567890123", " { \"a\" : [ ] } ", "true", "\"x\""}) {
        Input input;
        input.raw = raw;
        EXPECT_THAT(encode(input), HasSubstr(std::string("\"raw\":") + raw + ",\"uris\"")) << raw;
    }
}

TEST(JsonEncode, SendsRawJsonThatIsNull) {
    Input input;
    input.raw = RawJson();
    EXPECT_THAT(encode(input), HasSubstr(R"("raw":null)"));
}

TEST(JsonEncode, RefusesRawJsonThatIsNotOneValue) {
    for (const std::string& raw :
         {std::string(), std::string(" "), std::string("{"), std::string("1,2"), std::string("1 2"),
          std::string(R"(1,"admin":true)"), std::string("undefined"), std::string("{a:1}"), std::string("\"\xff\""),
          std::string("// x"), std::string("1e400")}) {
        Input input;
        input.raw = raw;
        EXPECT_THAT(refusalOf(input), HasSubstr("raw is not a valid JSON value: ")) << raw;
        EXPECT_EQ(refusedField(input), "raw") << raw;
    }
}

TEST(JsonEncode, RefusesRawJsonWithNulBehindTheValue) {
    for (const std::string& raw : {std::string("1\0", 2), std::string("1\0,\"admin\":true", 15)}) {
        Input input;
        input.raw = raw;
        EXPECT_EQ(refusedField(input), "raw");
    }
}

// What is read of it would not be what was sent.
TEST(JsonEncode, RefusesRawJsonThatEscapesHalfACharacter) {
    try {
        json::encode(RawJson(R"({"a":"\ud83d"})"));
        ADD_FAILURE() << "it was written";
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.message(), HasSubstr("is not a valid JSON value: it escapes half a character, at byte 7"));
    }
    EXPECT_EQ(encode(RawJson(R"("\ud83d\ude00 \\ud83d")")), R"("\ud83d\ude00 \\ud83d")");
}

TEST(JsonEncode, RefusesRawJsonWithAByteOrderMark) {
    // A reader may ignore one before a text; within our text it would stand between two tokens.
    Input input;
    input.raw = "\xef\xbb\xbf{}";
    EXPECT_EQ(refusedField(input), "raw");
}

TEST(JsonEncode, RefusesRawJsonThatNestsTooDeep) {
    Input input;
    input.raw = std::string(64, '[') + std::string(64, ']');
    EXPECT_EQ(refusalOf(input), "");
    input.raw = std::string(65, '[') + std::string(65, ']');
    EXPECT_THAT(refusalOf(input), HasSubstr("deeper than 64 levels"));
}

TEST(JsonEncode, NamesThePathOfRawJsonWithinAPatch) {
    InnerChange inner;
    inner.claims = RawJson("{");
    Change change;
    change.inner = inner;
    EXPECT_EQ(refusedField(change), "inner.claims");
}

TEST(JsonEncode, RedactsSecretsIfToldTo) {
    Input input;
    input.secret = Secret("hush");
    const std::string text = encode(input, json::Secrets::redact);
    EXPECT_THAT(text, HasSubstr(R"("secret":"[redacted]")"));
    EXPECT_THAT(text, Not(HasSubstr("hush")));
}

TEST(JsonEncode, RedactsSecretsInPatches) {
    InnerChange inner;
    inner.key = Secret("hush");
    Change change;
    change.inner = inner;
    EXPECT_EQ(encode(change, json::Secrets::redact), R"({"inner":{"key":"[redacted]"}})");
    EXPECT_EQ(encode(change, json::Secrets::reveal), R"({"inner":{"key":"hush"}})");
}

TEST(JsonEncode, EscapesASecretLikeAnyText) {
    EXPECT_EQ(encode(Secret("a\"b\\c\n")), R"("a\"b\\c\n")");
    EXPECT_EQ(encode(Secret(std::string(100, '\x01'))).size(), 602U);
}

TEST(JsonEncode, HasRoomForSecretsFromTheStart) {
    // A buffer that grows leaves copies of what it value behind.
    EXPECT_GE(encode(Secret(std::string(1000, 'x'))).capacity(), 6000U);
}

TEST(JsonEncode, CollectsTheSecretsThatItReveals) {
    Input input;
    input.secret = Secret("first");
    input.inners.resize(2);
    input.inners[0].key = Secret("second");
    input.inners[1].key = Secret("");
    std::vector<Secret> secrets;
    encode(input, json::Secrets::reveal, &secrets);
    EXPECT_THAT(secrets, ElementsAre(Secret("first"), Secret("second")));
}

TEST(JsonEncode, CollectsNothingWhereThereIsNoSecret) {
    std::vector<Secret> secrets;
    encode(Input{}, json::Secrets::reveal, &secrets);
    EXPECT_THAT(secrets, IsEmpty());
}

} // namespace
} // namespace kontext
