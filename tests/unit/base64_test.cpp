#include "auth/base64.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace kontext::base64_test {
namespace {

using namespace std::string_view_literals;

TEST(Base64, EncodesTheVectorsOfRfc4648) {
    EXPECT_EQ(encodeBase64(""), "");
    EXPECT_EQ(encodeBase64("f"), "Zg==");
    EXPECT_EQ(encodeBase64(std::string_view("foo", 2)), "Zm8=");
    EXPECT_EQ(encodeBase64("foo"), "Zm9v");
    EXPECT_EQ(encodeBase64("foob"), "Zm9vYg==");
    EXPECT_EQ(encodeBase64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(encodeBase64("foobar"), "Zm9vYmFy");
}

TEST(Base64, EncodesAnyByte) {
    EXPECT_EQ(encodeBase64("\0"sv), "AA==");
    EXPECT_EQ(encodeBase64("\0\0\0"sv), "AAAA");
    EXPECT_EQ(encodeBase64("\xff\xff\xff"sv), "////");
    EXPECT_EQ(encodeBase64("\xfb\xef\xbe"sv), "++++");
    EXPECT_EQ(encodeBase64("\x80"sv), "gA==");
    EXPECT_EQ(encodeBase64("sa_1:p%2B"sv), "c2FfMTpwJTJC");
}

TEST(Base64, UsesEachOfItsDigits) {
    std::string bytes;
    for (unsigned i = 0; i < 64; i += 4) {
        const unsigned group = i << 18U | (i + 1) << 12U | (i + 2) << 6U | (i + 3);
        for (const unsigned shift : {16U, 8U, 0U})
            bytes.push_back(static_cast<char>(group >> shift & 0xffU));
    }
    EXPECT_EQ(encodeBase64(bytes), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

} // namespace
} // namespace kontext::base64_test
