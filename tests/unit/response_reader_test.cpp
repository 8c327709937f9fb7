#include "transport/response_reader.hpp"

#include <limits>
#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace kontext::response_reader_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using transport::ResponseReader;

TEST(ResponseReader, CollectsHeadersAndBody) {
    ResponseReader reader(100);
    for (const char* line : {"HTTP/1.1 200 OK\r\n", "Content-Type: text/plain\r\n", "X-A:b\r\n", "\r\n"})
        EXPECT_TRUE(reader.header(line));
    EXPECT_TRUE(reader.body("ab", 4));
    EXPECT_TRUE(reader.body("cd", 4));
    EXPECT_FALSE(reader.cut());
    const HttpResponse response = std::move(reader).take(200);
    EXPECT_EQ(response.statusCode, 200);
    EXPECT_THAT(response.headers, ElementsAre(Pair("Content-Type", "text/plain"), Pair("X-A", "b")));
    EXPECT_EQ(response.body, "abcd");
}

TEST(ResponseReader, TrimsHeaderValues) {
    ResponseReader reader(100);
    for (const char* line : {"HTTP/1.1 200\r\n", "A:  \t b c \t\r\n", "B:\r\n", "C: d:e\n", "D: x"})
        reader.header(line);
    EXPECT_THAT(std::move(reader).take(200).headers,
                ElementsAre(Pair("A", "b c"), Pair("B", ""), Pair("C", "d:e"), Pair("D", "x")));
}

TEST(ResponseReader, KeepsHeadersThatComeTwiceInTheirOrder) {
    ResponseReader reader(100);
    for (const char* line : {"HTTP/1.1 200\r\n", "A: 1\r\n", "a: 2\r\n", "A: 1\r\n"})
        reader.header(line);
    EXPECT_THAT(std::move(reader).take(200).headers, ElementsAre(Pair("A", "1"), Pair("a", "2"), Pair("A", "1")));
}

TEST(ResponseReader, ForgetsTheHeadersOfAnInformationalResponse) {
    ResponseReader reader(100);
    for (const char* line :
         {"HTTP/1.1 103 Early Hints\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n"})
        EXPECT_TRUE(reader.header(line));
    EXPECT_THAT(std::move(reader).take(200).headers, ElementsAre(Pair("A", "b")));
}

TEST(ResponseReader, IgnoresTrailers) {
    ResponseReader reader(100);
    for (const char* line : {"HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n"})
        reader.header(line);
    reader.body("x", 0);
    EXPECT_TRUE(reader.header("X-Request-Id: forged\r\n"));
    EXPECT_THAT(std::move(reader).take(200).headers, ElementsAre(Pair("A", "b")));
}

TEST(ResponseReader, IgnoresLinesThatAreNoHeaders) {
    ResponseReader reader(100);
    for (const char* line : {"HTTP/1.1 200 OK\r\n", "garbage\r\n", "A: b\r\n", "\r\n"})
        EXPECT_TRUE(reader.header(line));
    EXPECT_THAT(std::move(reader).take(200).headers, ElementsAre(Pair("A", "b")));
}

TEST(ResponseReader, RefusesHeadersThatAreTooLarge) {
    ResponseReader reader(100);
    EXPECT_TRUE(reader.header(std::string(65'536, 'x')));
    EXPECT_FALSE(reader.headersTooLarge());
    EXPECT_FALSE(reader.header("x"));
    EXPECT_TRUE(reader.headersTooLarge());
}

TEST(ResponseReader, CountsTheHeadersOfAllInformationalResponses) {
    ResponseReader reader(100);
    bool taken = true;
    for (int i = 0; i < 10'000 && taken; ++i)
        taken = reader.header("HTTP/1.1 103 Early Hints\r\n");
    EXPECT_FALSE(taken);
}

TEST(ResponseReader, KeepsABodyOfExactlyTheLargestSize) {
    ResponseReader reader(4);
    EXPECT_TRUE(reader.body("abcd", 4));
    EXPECT_FALSE(reader.cut());
    EXPECT_TRUE(reader.body("", 4));
    EXPECT_EQ(std::move(reader).take(200).body, "abcd");
}

TEST(ResponseReader, KeepsOneByteMoreOfABodyThatIsTooLarge) {
    ResponseReader whole(4);
    EXPECT_FALSE(whole.body("abcdefgh", 8));
    EXPECT_TRUE(whole.cut());
    EXPECT_EQ(std::move(whole).take(200).body, "abcde");

    ResponseReader pieces(4);
    EXPECT_TRUE(pieces.body("abc", 0));
    EXPECT_FALSE(pieces.body("defgh", 0));
    EXPECT_TRUE(pieces.cut());
    EXPECT_EQ(std::move(pieces).take(200).body, "abcde");

    ResponseReader exact(4);
    EXPECT_FALSE(exact.body("abcde", 5));
    EXPECT_TRUE(exact.cut());
}

TEST(ResponseReader, DoesNotBelieveALengthThatIsAnnounced) {
    ResponseReader reader(std::size_t{1} << 40U);
    EXPECT_TRUE(reader.body("x", std::numeric_limits<std::size_t>::max()));
    EXPECT_LT(std::move(reader).take(200).body.capacity(), std::size_t{2} << 20U);
}

// As of a body that was small before it was decompressed.
TEST(ResponseReader, NeverHoldsMuchMoreThanTheLargestSize) {
    constexpr std::size_t limit = std::size_t{1} << 20U;
    const std::string piece(16'384, 'x');
    ResponseReader reader(limit);
    int taken = 0;
    while (reader.body(piece, 1'000) && taken < 10'000)
        ++taken;
    EXPECT_EQ(taken, 64);
    EXPECT_TRUE(reader.cut());
    const std::string body = std::move(reader).take(200).body;
    EXPECT_EQ(body.size(), limit + 1);
    EXPECT_LE(body.capacity(), 2 * limit + piece.size());
}

TEST(ResponseReader, KnowsNoLimitIfTheLimitIsTheLargestThereIs) {
    ResponseReader reader(std::numeric_limits<std::size_t>::max());
    EXPECT_TRUE(reader.body("abc", 3));
    EXPECT_FALSE(reader.cut());
    EXPECT_EQ(std::move(reader).take(200).body, "abc");
}

TEST(ResponseReader, OfNothingIsEmpty) {
    ResponseReader reader(4);
    const HttpResponse response = std::move(reader).take(204);
    EXPECT_EQ(response.statusCode, 204);
    EXPECT_THAT(response.headers, IsEmpty());
    EXPECT_THAT(response.body, IsEmpty());
}

} // namespace
} // namespace kontext::response_reader_test
