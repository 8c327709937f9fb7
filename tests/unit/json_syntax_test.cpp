#include "json/syntax.hpp"

#include <string>

#include "json/nlohmann.hpp"
#include <gtest/gtest.h>

namespace {

using kontext::json::firstSyntaxError;

TEST(JsonSyntax, AgreesWithTheParser) {
    const std::string texts[] = {"{}",
                                 "[]",
                                 " { } ",
                                 "[ ]",
                                 "null",
                                 "true",
                                 "false",
                                 "0",
                                 "-0",
                                 "-1.5e+10",
                                 "1E5",
                                 "\"\"",
                                 "\"a\\u00e9\\n\"",
                                 R"({"a":1,"b":[1,2,{"c":null}],"d":{"e":{}}})",
                                 "[[[]],[]]",
                                 "\t\r\n1\n",
                                 "1.0",
                                 "[0.1,2e-3]",
                                 "",
                                 " ",
                                 "{",
                                 "}",
                                 "[",
                                 "]",
                                 "[1",
                                 "[1,",
                                 "[1,]",
                                 "[,1]",
                                 "{,}",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1,}",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "{1:2}",
                                 "01",
                                 "1.",
                                 ".5",
                                 "-",
                                 "+1",
                                 "1e",
                                 "1e+",
                                 "0x1",
                                 "tru",
                                 "nul",
                                 "truefalse",
                                 "\"",
                                 "\"\\",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\u12g4\"",
                                 "\"\\ud83d\\ude00\"",
                                 "\"\\ud83d\"",
                                 "\"\\ude00\"",
                                 "\"\\ud83dx\"",
                                 "\"\\ud83d\\u0041\"",
                                 "\"\\uFFFF\"",
                                 "\"a\nb\"",
                                 "'a'",
                                 "1 2",
                                 "{}{}",
                                 "[]]",
                                 "{}]",
                                 "[}",
                                 "{]",
                                 "NaN",
                                 "Infinity",
                                 "//",
                                 "/**/1"};
    for (const std::string& text : texts)
        EXPECT_EQ(!firstSyntaxError(text), nlohmann::json::accept(text)) << text;
}

TEST(JsonSyntax, FindsEveryTruncation) {
    const std::string text = R"({"a":[1,-2.5e3,"x\u00e9\\"],"b":{"c":true,"d":null}})";
    ASSERT_FALSE(firstSyntaxError(text));
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_TRUE(firstSyntaxError(text.substr(0, size))) << size;
}

TEST(JsonSyntax, SaysWhere) {
    EXPECT_EQ(firstSyntaxError("[1,x]")->byte, 4U);
    EXPECT_EQ(firstSyntaxError("{} x")->byte, 4U);
}

TEST(JsonSyntax, RefusesNumbersThatNoDoubleHolds) { EXPECT_TRUE(firstSyntaxError("[1e400]").value().outOfRange); }

TEST(JsonSyntax, BearsAnyDepth) {
    const std::string open(1'000'000, '[');
    EXPECT_TRUE(firstSyntaxError(open));
    EXPECT_FALSE(firstSyntaxError(open + std::string(1'000'000, ']')));
}

} // namespace
