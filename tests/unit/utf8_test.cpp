#include "json/utf8.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace kontext::utf8_test {
namespace {

using json::isUtf8;

/// As RFC 3629 encodes it, surrogates and what lies beyond U+10FFFF too.
std::string encoded(unsigned point) {
    const auto tail = [point](unsigned shift) { return static_cast<char>(0x80U | (point >> shift & 0x3fU)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xc0U | point >> 6U), tail(0)};
    if (point < 0x10000) return {static_cast<char>(0xe0U | point >> 12U), tail(6), tail(0)};
    return {static_cast<char>(0xf0U | point >> 18U), tail(12), tail(6), tail(0)};
}

TEST(Utf8, IsEveryCharacterAndNoSurrogate) {
    for (unsigned point = 0; point < 0x110000; ++point)
        ASSERT_EQ(isUtf8(encoded(point)), point < 0xd800 || point > 0xdfff) << point;
    for (const unsigned point : {0x110000U, 0x13ffffU, 0x1fffffU})
        EXPECT_FALSE(isUtf8(encoded(point))) << point;
}

TEST(Utf8, IsTextOfManyCharacters) {
    EXPECT_TRUE(isUtf8(""));
    EXPECT_TRUE(isUtf8("plain"));
    EXPECT_TRUE(isUtf8("a\xc3\xa9z\xe2\x82\xac\xf0\x9f\x98\x80!"));
    EXPECT_TRUE(isUtf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, IsNoOverlongForm) {
    for (const char* text :
         {"\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"})
        EXPECT_FALSE(isUtf8(text));
}

TEST(Utf8, IsNoPartOfACharacter) {
    const std::string text = "\xf0\x9f\x98\x80";
    for (std::size_t size = 1; size < text.size(); ++size) {
        EXPECT_FALSE(isUtf8(text.substr(0, size))) << size;
        EXPECT_FALSE(isUtf8(text.substr(size))) << size;
        EXPECT_FALSE(isUtf8(text.substr(0, size) + "abc")) << size;
    }
    EXPECT_FALSE(isUtf8("a\xe2\x82"));
    EXPECT_FALSE(isUtf8("\xc3"));
    EXPECT_FALSE(isUtf8("\xc3("));
    EXPECT_FALSE(isUtf8("\xe2\x82("));
    EXPECT_FALSE(isUtf8("\xf0\x9f\x98("));
}

TEST(Utf8, HoldsNoByteThatBeginsNothing) {
    for (int byte = 0x80; byte < 0x100; ++byte) {
        const bool leads = byte >= 0xc2 && byte <= 0xf4;
        if (leads) continue;
        EXPECT_FALSE(isUtf8(std::string{'a', static_cast<char>(byte), '\x80', '\x80', '\x80'})) << byte;
    }
}

} // namespace
} // namespace kontext::utf8_test
