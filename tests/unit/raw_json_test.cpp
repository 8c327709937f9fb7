#include <kontext/raw_json.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

#include <gmock/gmock.h>

namespace kontext::raw_json_test {
namespace {

/// Another library's JSON, which turns into a string and throws if it holds none.
struct OtherJson {
    operator std::string() const { return "x"; }
};

TEST(RawJson, IsNullByDefault) { EXPECT_EQ(RawJson().text(), "null"); }

TEST(RawJson, IsMadeOfText) {
    EXPECT_EQ(RawJson("[1]").text(), "[1]");
    EXPECT_EQ(RawJson(std::string("[1]")).text(), "[1]");
    RawJson json = R"({"a":1})";
    json = "2";
    EXPECT_EQ(json.text(), "2");
    const RawJson copy = json; // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copy, json);
}

TEST(RawJson, IsNotMadeOfWhatOnlyTurnsIntoText) {
    static_assert(std::is_convertible_v<OtherJson, std::string>);
    static_assert(!std::is_constructible_v<RawJson, OtherJson>);
    static_assert(!std::is_constructible_v<RawJson, const OtherJson&>);
    static_assert(!std::is_assignable_v<RawJson&, OtherJson>);
    static_assert(!std::is_constructible_v<RawJson, int>);
    static_assert(std::is_convertible_v<const char*, RawJson>);
    static_assert(std::is_convertible_v<std::string, RawJson>);
    static_assert(std::is_convertible_v<std::string&, RawJson>);
    static_assert(std::is_copy_constructible_v<RawJson> && std::is_nothrow_move_constructible_v<RawJson>);
}

TEST(RawJson, ComparesItsText) {
    EXPECT_EQ(RawJson("[1]"), RawJson("[1]"));
    EXPECT_NE(RawJson("[1]"), RawJson("[ 1]"));
}

TEST(RawJson, IsWrittenAsItsText) {
    std::ostringstream stream;
    stream << RawJson("[1]");
    EXPECT_EQ(stream.str(), "[1]");
    EXPECT_EQ(testing::PrintToString(RawJson("[1]")), "[1]");
}

TEST(RawJson, GivesItsTextAwayWhenItIsATemporary) {
    static_assert(std::is_same_v<decltype(RawJson().text()), std::string>);
    const auto& text = RawJson(R"({"a":"a text that is too long for the buffer of a string itself"})").text();
    EXPECT_EQ(text, R"({"a":"a text that is too long for the buffer of a string itself"})");
}

} // namespace
} // namespace kontext::raw_json_test
