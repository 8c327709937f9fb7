#include "values/percent.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext::percent_test {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string encoded(std::string_view text) {
    std::string out;
    appendEncoded(out, text);
    return out;
}

std::string formEncoded(std::string_view text) {
    std::string out;
    appendFormEncoded(out, text);
    return out;
}

TEST(Percent, LeavesUnreservedCharactersAlone) {
    EXPECT_EQ(encoded(letters), letters);
    EXPECT_EQ(encoded("-._~"), "-._~");
}

TEST(Percent, EncodesAllOtherBytes) {
    EXPECT_EQ(encoded(" !\"#$%&'()*+,/"), "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F");
    EXPECT_EQ(encoded(":;<=>?@[\\]^`{|}"), "%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D");
    EXPECT_EQ(encoded(std::string_view("\0\x01\x1f\x7f", 4)), "%00%01%1F%7F");
    EXPECT_EQ(encoded("\xc3\xa9\xff"), "%C3%A9%FF");
}

TEST(Percent, EncodesWhatIsEncodedOnceMore) { EXPECT_EQ(encoded("%2F"), "%252F"); }

TEST(Percent, LeavesExactlyTheUnreservedOfAllBytes) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool unreserved = letters.find(c) != std::string_view::npos || std::string_view("-._~").find(c) < 4;
        EXPECT_EQ(encoded(std::string_view(&c, 1)).size(), unreserved ? 1U : 3U) << byte;
    }
}

TEST(Percent, Appends) {
    std::string out = "/a/";
    appendEncoded(out, "b c");
    EXPECT_EQ(out, "/a/b%20c");
    appendFormEncoded(out, " d");
    EXPECT_EQ(out, "/a/b%20c+d");
}

TEST(Percent, EncodesFormsAsTheyHaveIt) {
    EXPECT_EQ(formEncoded(letters), letters);
    EXPECT_EQ(formEncoded("-._*"), "-._*");
    EXPECT_EQ(formEncoded("a b~c"), "a+b%7Ec");
    EXPECT_EQ(formEncoded("+&=%:/"), "%2B%26%3D%25%3A%2F");
    EXPECT_EQ(formEncoded("\xc3\xa9\n"), "%C3%A9%0A");
}

TEST(Percent, KnowsWhatBreaksALine) {
    using namespace std::string_view_literals;
    for (const std::string_view text : {"\r"sv, "\n"sv, "\0"sv, "a\rb"sv, "a\n"sv, "a\0b"sv})
        EXPECT_TRUE(breaksLines(text));
    for (const std::string_view text : {""sv, "abc"sv, "\t"sv, "\v\f"sv, "\x7f\xff"sv, "%0a"sv})
        EXPECT_FALSE(breaksLines(text));
}

TEST(HasDotSegments, FindsThemEncodedOrNot) {
    for (const char* path :
         {"..", ".", "/a/..", "/a/../b", "/./a", "/a/.", "/a/%2e%2E/b", "/%2e", "/a/.%2e?x", "/a/%2e./b"})
        EXPECT_TRUE(hasDotSegments(path)) << path;
}

TEST(HasDotSegments, LetsDotsWithinNamesPass) {
    for (const char* path :
         {"", "/", "/a", "/a.b", "/.a", "/a.", "/...", "/a?x=/../", "/%2f", "/%2ea", "/a%2e", "/%2", "//"})
        EXPECT_FALSE(hasDotSegments(path)) << path;
}

} // namespace
} // namespace kontext::percent_test
