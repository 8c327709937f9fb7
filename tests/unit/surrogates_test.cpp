#include "json/surrogates.hpp"

#include <string>

#include <gtest/gtest.h>

#include "json/nlohmann.hpp"

namespace kontext::surrogates_test {
namespace {

using json::findUnpairedSurrogate;
using json::PairedText;

std::string paired(std::string_view text) { return std::string(PairedText(text).view()); }

TEST(PairedText, ReplacesHalfACharacter) {
    struct Case {
        const char* text;
        const char* paired;
    };
    const Case cases[] = {
        {R"("\ud83d")", R"("\ufffd")"},
        {R"("\ude00")", R"("\ufffd")"},
        {R"("a\ud83d b")", R"("a\ufffd b")"},
        {R"("\uD83D\uDBFF")", R"("\ufffd\ufffd")"},
        {R"("\ude00\ud83d")", R"("\ufffd\ufffd")"},
        {R"("\ud83d\ud83d\ude00\ude00")", R"("\ufffd\ud83d\ude00\ufffd")"},
        {R"("\ud83d\u0041")", R"("\ufffd\u0041")"},
        {R"("\ud83d\n\ude00")", R"("\ufffd\n\ufffd")"},
        {R"("\ud83d\\ude00")", R"("\ufffd\\ude00")"},
        {R"("\\\ud83d")", R"("\\\ufffd")"},
        {R"({"\udfff":["\udc00","\ud800"]})", R"({"\ufffd":["\ufffd","\ufffd"]})"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(paired(text), expected) << text;
        EXPECT_TRUE(nlohmann::json::accept(paired(text))) << text;
    }
}

TEST(PairedText, LeavesEverythingElseAsItIs) {
    for (const char* text : {"", "{}", R"("\ud83d\ude00")", R"("\uD83D\uDE00")", R"("\\ud83d")", R"("\\\\ude00")",
                             R"("\ud7ff\ue000")", R"("\u0000")", R"("\"\/\n")", "ud83d", R"("\ud83)", R"("\ud8)",
                             R"("\)", R"("\ud8zz")", R"("\u-d83")", R"("\u d83d")", R"("\U0000d83d")"}) {
        EXPECT_EQ(findUnpairedSurrogate(text), std::string_view::npos) << text;
        EXPECT_EQ(PairedText(text).view().data(), text) << "it was copied: " << text;
    }
}

TEST(PairedText, NeverMakesJsonOfWhatIsNone) {
    for (const char* text : {R"(\ud83d)", R"("\ud83d)", R"({\ud83d:1})", R"("\ud83d"\ud83d)", R"("\ud83d\u12")"}) {
        EXPECT_NE(paired(text), text);
        EXPECT_EQ(paired(text).size(), std::string_view(text).size());
        EXPECT_FALSE(nlohmann::json::accept(paired(text))) << text;
    }
}

TEST(PairedText, SaysWhereTheFirstStands) {
    EXPECT_EQ(findUnpairedSurrogate(R"("ab\ud83d")"), 3U);
    EXPECT_EQ(findUnpairedSurrogate(R"("\ud83d\ude00\ude00")"), 13U);
}

} // namespace
} // namespace kontext::surrogates_test
