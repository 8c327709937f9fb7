// Responses that no server should send: framing, headers, interim responses, encodings, sizes and JSON.

#include <fstream>

#include <zlib.h>

#include <gtest/gtest.h>

#include "faults/scenario.hpp"

namespace kontext_test::malformed_responses_test {
namespace {

using Kind = kontext::NetworkErrorKind;
using std::string;

constexpr const char* usedUp = "retry limit (2) reached";
constexpr const char* notRepeated = "a POST is not retried after no response: it may have been processed";
constexpr const char* notRetryable = "not retryable";
constexpr std::size_t megabyte = 1u << 20;

string gzip(const string& text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
    string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

string zipped(const string& body) { return goodResponse(body, "Content-Encoding: gzip\r\n"); }

string withStatus(const string& status, const string& body, const string& moreHeaders = {}) {
    return "HTTP/1.1 " + status + "\r\n" + moreHeaders + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
           + body;
}

string chunked(const string& chunks) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

string inOneChunk(const string& body) {
    const char* digits = "0123456789abcdef";
    string size;
    for (std::size_t n = body.size(); n > 0; n /= 16)
        size.insert(size.begin(), digits[n % 16]);
    return chunked(size + "\r\n" + body + "\r\n0\r\n\r\n");
}

string lengths(std::size_t first, std::size_t second) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(first)
           + "\r\nContent-Length: " + std::to_string(second) + "\r\n\r\n" + application();
}

string manyHeaders(std::size_t bytes) {
    string headers;
    while (headers.size() < bytes)
        headers += "X-Padding: " + string(1'000, 'p') + "\r\n";
    return headers;
}

string nested(std::size_t levels) { return string(levels, '[') + string(levels, ']'); }

void endlessHeaders(Peer& peer) {
    if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\n")) return;
    while (peer.send("X-More: " + string(1'000, 'm') + "\r\n")) {
    }
}
void endlessHeaderLine(Peer& peer) {
    if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\nX-More: ")) return;
    while (peer.send(string(10'000, 'm'))) {
    }
}
void endlessInterimResponses(Peer& peer) {
    if (!peer.receive()) return;
    while (peer.send("HTTP/1.1 102 Processing\r\nX-Step: again\r\n\r\n")) {
    }
}
void endlessBody(Peer& peer) {
    if (!peer.receive() || !peer.send("HTTP/1.1 200 OK\r\n\r\n")) return;
    while (peer.send(string(10'000, ' '))) {
    }
}
void endlessErrorBody(Peer& peer) {
    if (!peer.receive() || !peer.send("HTTP/1.1 500 Oops\r\n\r\n")) return;
    while (peer.send(string(10'000, 'e'))) {
    }
}
void endlessTrailers(Peer& peer) {
    if (!peer.receive() || !peer.send(chunked("2\r\n{}\r\n0\r\n"))) return;
    while (peer.send("X-More: " + string(1'000, 'm') + "\r\n")) {
    }
}
/// The interim responses come before the body of the request has been read.
void continueAndResponse(Peer& peer) {
    if (!peer.receiveHead() || !peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")) return;
    if (peer.swallow(postedBytes + 2)) peer.send(goodResponse());
}
void refuseBeforeTheBody(Peer& peer) {
    if (!peer.receiveHead() || !peer.send(withStatus("413 Content Too Large", R"({"message":"too much"})"))) return;
    peer.swallow(postedBytes + 2);
}
void continueForever(Peer& peer) {
    if (peer.receiveHead() && peer.send("HTTP/1.1 100 Continue\r\n\r\n")) peer.hang();
}

void small(kontext::ClientConfig& config) { config.maxResponseBytes = megabyte; }

const Scenario responses[] = {
    // Framing.
    {"ContentLengthTooLongAndClosed",
     andClose("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + application()),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    {"ContentLengthTooLongAndOpen",
     andHang("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + application()),
     {.error = "TimeoutError",
      .kind = Kind::timeout,
      .processed = true,
      .because = notRepeated,
      .atLeast = milliseconds(900)},
     &createAccount},
    {"ContentLengthTooShort",
     always("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + application()),
     {.error = "DecodeError", .says = "not valid JSON", .code = "kontext_decode_error"}},
    {"ContentLengthNegative",
     always("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + application()),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"ContentLengthNoNumber",
     always("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + application()),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"ContentLengthBeyondAllNumbers",
     andHang("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n" + application()),
     {.error = "TimeoutError", .processed = true},
     &createAccount},
    {"TwoContentLengthsShortLast", always(lengths(application().size(), 10)), {.error = "DecodeError"}},
    {"TwoContentLengthsShortFirst", always(lengths(10, application().size())), {}},
    {"NoContentLengthButAllOfIt", andClose("HTTP/1.1 200 OK\r\n\r\n" + application()), {}},
    {"NoContentLengthAndCut",
     andClose("HTTP/1.1 200 OK\r\n\r\n" + application().substr(0, 30)),
     {.error = "DecodeError"}},
    {"ChunkSizeGarbage",
     always(chunked("zz\r\n" + application())),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    {"ChunkSizeBeyondAllNumbers",
     always(chunked("fffffffffffffffffffff\r\n" + application())),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = notRepeated},
     &createAccount},
    {"ChunkTooShort",
     always(chunked("4\r\n" + application() + "\r\n0\r\n\r\n")),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true},
     &createAccount},
    {"ChunksWithoutEnd",
     andClose(chunked("2\r\n{}\r\n")),
     {.error = "NetworkError", .kind = Kind::receive, .processed = true, .because = usedUp, .requests = 3}},
    {"ChunkedAndContentLength",
     always("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + inOneChunk(application()).substr(17)),
     {}},
    {"ChunkedWell", always(inOneChunk(application())), {}},
    {"BytesBehindTheReply", always(goodResponse() + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), {}},

    // Headers.
    {"EndlessHeaders",
     &endlessHeaders,
     {.error = "NetworkError",
      .kind = Kind::protocol,
      .processed = true,
      .because = notRetryable,
      .says = "the response headers exceed 64 KiB"}},
    {"EndlessHeaderLine",
     &endlessHeaderLine,
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRetryable}},
    {"OneHeaderOf400Kilobytes",
     always(goodResponse(application(), "X-Long: " + string(400'000, 'h') + "\r\n")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRetryable}},
    {"HeadersOf50Kilobytes", always(goodResponse(application(), manyHeaders(50'000))), {}},
    {"EndlessTrailers", &endlessTrailers, {.error = "NetworkError", .processed = true}, &createAccount},
    {"HeaderWithoutColon",
     always(goodResponse(application(), "no colon here\r\n")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = usedUp, .requests = 3}},
    {"HeaderFolded", always(goodResponse(application(), "X-Folded: one\r\n two\r\n")), {}},
    {"HeaderWithNul",
     always(goodResponse(application(), string("X-Nul: a\0b\r\n", 12))),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"BareLineFeeds",
     always("HTTP/1.1 200 OK\nContent-Length: " + std::to_string(application().size()) + "\n\n" + application()),
     {}},

    // The status line.
    {"GarbageBeforeTheStatusLine",
     andClose("????\r\n" + goodResponse()),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = usedUp, .requests = 3}},
    {"Http09",
     andClose(application()),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRepeated},
     &createAccount},
    {"StatusNoNumber",
     andClose("HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"Status999",
     always(withStatus("999 Beyond", "{}")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRepeated, .says = "999"},
     &createAccount},
    {"Status042",
     always(withStatus("042 Before", "{}")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"StatusOfFourDigits",
     always(withStatus("2000 More", "{}")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"AnotherProtocol",
     andClose("SSH-2.0-OpenSSH_9.2\r\n"),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRepeated},
     &createAccount},
    {"AnotherVersion",
     andClose("HTTP/3 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},

    // Interim responses.
    {"ContinueWithoutBeingAsked", always("HTTP/1.1 100 Continue\r\n\r\n" + goodResponse()), {}},
    {"ContinueWhileTheBodyIsSent", &continueAndResponse, {}, &postMuch},
    {"ContinueAndNothingMore",
     &continueForever,
     {.error = "TimeoutError", .kind = Kind::timeout, .processed = true, .atLeast = milliseconds(900)},
     &createAccount},
    {"EarlyHintsBeforeTheReply",
     always("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + goodResponse()),
     {}},
    {"FloodOfInterimReplies",
     &endlessInterimResponses,
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRetryable}},
    {"SwitchingProtocolsAndHanging",
     andHang("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
     {.error = "TimeoutError", .processed = true, .because = notRepeated},
     &createAccount},
    {"SwitchingProtocolsAndClosing",
     andClose("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nhello"),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = notRepeated},
     &createAccount},
    {"RefusedBeforeTheBodyIsSent",
     &refuseBeforeTheBody,
     {.error = "HttpError", .says = "too much", .status = 413},
     &postMuch},

    // Encodings and sizes.
    {"GzipWell", always(zipped(gzip(application()))), {}},
    {"GzipBomb",
     alwaysMade([] { return zipped(gzip(string(64 * megabyte, ' '))); }),
     {.error = "DecodeError", .code = "kontext_response_too_large", .computesFor = milliseconds(2'000)},
     &getApplication,
     &small},
    {"GzipBombOfAnError",
     alwaysMade([] { return withStatus("500 Oops", gzip(string(64 * megabyte, 'x')), "Content-Encoding: gzip\r\n"); }),
     {.error = "ServerError", .status = 500, .computesFor = milliseconds(2'000)},
     &createAccount,
     &small},
    {"GzipGarbage",
     always(zipped("this is no gzip at all")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true, .because = usedUp, .requests = 3}},
    {"GzipCut", always(zipped(gzip(application()).substr(0, 30))), {.error = "DecodeError"}},
    {"GzipWithABrokenChecksum",
     always(zipped([] {
         string z = gzip(application());
         z[z.size() - 6] ^= 0x55;
         return z;
     }())),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"EncodingThatNobodyAskedFor",
     always(goodResponse(application(), "Content-Encoding: br\r\n")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"EncodingsWithoutEnd",
     always(goodResponse(application(), "Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n")),
     {.error = "NetworkError", .kind = Kind::protocol, .processed = true},
     &createAccount},
    {"BodyTooLarge",
     alwaysMade([] { return goodResponse('"' + string(2 * megabyte, 'b') + '"'); }),
     {.error = "DecodeError", .code = "kontext_response_too_large", .attempts = 1},
     &getApplication,
     &small},
    {"BodyTooLargeInChunks",
     alwaysMade([] { return inOneChunk('"' + string(2 * megabyte, 'b') + '"'); }),
     {.error = "DecodeError", .code = "kontext_response_too_large"},
     &getApplication,
     &small},
    {"BodyWithoutEnd",
     &endlessBody,
     {.error = "DecodeError", .code = "kontext_response_too_large"},
     &getApplication,
     &small},
    {"ErrorBodyWithoutEnd", &endlessErrorBody, {.error = "ServerError", .status = 500}, &createAccount, &small},

    // JSON.
    {"NoBodyWhereOneIsNeeded", always("HTTP/1.1 204 No Content\r\n\r\n"), {.error = "DecodeError"}},
    {"HtmlOfACaptivePortal",
     always(goodResponse("<html>Please log in with ory_at_kQ3vT9mW2xR7yB5nP8sD1fG4hJ6kL0z</html>")),
     {.error = "DecodeError"}},
    {"ManyLevels",
     alwaysMade([] { return goodResponse(nested(manyLevels)); }),
     {.error = "DecodeError", .computesFor = milliseconds(1'500)}},
    {"ManyLevelsInAnError",
     alwaysMade([] { return withStatus("400 Bad Request", nested(manyLevels)); }),
     {.error = "BadRequestError", .computesFor = milliseconds(3'000)}},
    {"ManyLevelsInAnErrorsObject",
     alwaysMade(
         [] { return withStatus("422 Unprocessable", R"({"message":"deep","errors":)" + nested(manyLevels) + '}'); }),
     {.error = "UnprocessableEntityError", .says = "deep", .computesFor = milliseconds(3'000)}},
    {"ByteOrderMark", always(goodResponse("\xef\xbb\xbf" + application())), {}},
    {"ByteOrderMarkBeforeASecret",
     always(goodResponse("\xef\xbb\xbf"
                         R"({"serviceAccount":{"id":"1"},"credentials":{"clientId":"sa_1","clientSecret":"new"}})")),
     {},
     &createAccount},
    {"NulInTheBody",
     always(goodResponse(string("{\"application\":{\"id\":\"4\0\x32\"}}", 29))),
     {.error = "DecodeError"}},
    {"TrailingBytes", always(goodResponse(application() + "{}")), {.error = "DecodeError"}},
    {"AFieldTwice", always(goodResponse(R"({"application":{"id":"1","id":"2"}})")), {.error = "DecodeError"}},
    {"NotANumber",
     always(goodResponse(R"({"application":{"id":"1","sessions":{"active":NaN}}})")),
     {.error = "DecodeError"}},
    {"ANumberBeyondAll",
     always(goodResponse(R"({"application":{"id":"1","sessions":{"active":1e999}}})")),
     {.error = "DecodeError"}},
    {"BadUtf8", always(goodResponse("{\"application\":{\"id\":\"\xff\xfe\"}}")), {.error = "DecodeError"}},
    {"BadUtf8InAnError",
     always(withStatus("400 Bad Request", "{\"message\":\"\xff\xfe\"}")),
     {.error = "BadRequestError"}},
};

class MalformedResponses : public FaultTable {};
TEST_P(MalformedResponses, EndAsTheyShould) { run(); }
INSTANTIATE_TEST_SUITE_P(Faults, MalformedResponses, ::testing::ValuesIn(responses), nameOfScenario);

/// Gigabytes of blanks, of which a megabyte takes a kilobyte.
class Bomb {
public:
    Bomb() {
        z_stream stream{};
        deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
        string blanks(megabyte, ' ');
        block_.resize(8'192);
        stream.next_in = reinterpret_cast<Bytef*>(blanks.data());
        stream.avail_in = static_cast<uInt>(blanks.size());
        stream.next_out = reinterpret_cast<Bytef*>(block_.data());
        stream.avail_out = static_cast<uInt>(block_.size());
        deflate(&stream, Z_FULL_FLUSH); // which forgets what came before, so that the block may come again and again
        block_.resize(stream.total_out);
        deflateEnd(&stream);
    }
    /// Sends so many megabytes.
    void explode(Peer& peer, const string& status, int megabytes) const {
        if (!peer.receive()
            || !peer.send("HTTP/1.1 " + status + "\r\nContent-Encoding: gzip\r\n\r\n"
                          + string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10)))
            return;
        for (int sent = 0; sent < megabytes && peer.send(block_); ++sent) {
        }
    }

private:
    string block_{};
};

/// The most memory that the process has had since peakMemoryBegins(), in bytes.
std::size_t peakMemory() {
    std::ifstream file("/proc/self/status");
    for (string line; std::getline(file, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stoul(line.substr(6)) * 1'024;
    return 0;
}
void peakMemoryBegins() { std::ofstream("/proc/self/clear_refs") << 5; }

class GzipBomb : public ::testing::TestWithParam<const char*> {};
TEST_P(GzipBomb, StopsAtTheLimit) {
    constexpr int megabytes = 2'000;
    const World world;
    const Bomb bomb;
    const FaultServer server([&](Peer& peer) { bomb.explode(peer, GetParam(), megabytes); });
    kontext::ClientConfig config = world.config(server.url());
    config.maxResponseBytes = 4 * megabyte;
    const Client client(std::move(config));
    peakMemoryBegins();
    const std::size_t before = peakMemory();
    const Result result = observe([&] { createAccount(client); });
    const std::size_t after = peakMemory();
    const bool isError = GetParam() != string("200 OK");
    check(result, {.error = isError ? "ServerError" : "DecodeError",
                   .code = isError ? "" : "kontext_response_too_large",
                   .attempts = 1,
                   .computesFor = milliseconds(2'000)});
    EXPECT_EQ(server.requests().size(), 1u);
    if (!isInstrumented) {
        EXPECT_LT(after - before, (isError ? 6 : 3) * 4 * megabyte);
    }
    world.expectNothingLeaked(result);
}
INSTANTIATE_TEST_SUITE_P(Faults, GzipBomb, ::testing::Values("200 OK", "500 Oops"),
                         [](const auto& status) { return string(status.param).substr(4); });

TEST(MalformedResponses, InterimHeadersAreNotThoseOfTheResponse) {
    const World world;
    FaultServer server(always("HTTP/1.1 103 Early Hints\r\nX-Interim: yes\r\nx-request-id: req_interim\r\n\r\n"
                              + goodResponse(application(), "x-request-id: req_final\r\n")));
    const Client client(world.config(server.url()));
    kontext::ResponseInfo info;
    client.applications.get("42", {.info = &info});
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(info.statusCode, 200);
    EXPECT_EQ(info.requestId, "req_final");
    for (const auto& [name, value] : info.headers)
        EXPECT_NE(name, "X-Interim");
}

TEST(MalformedResponses, AnErrorsBodyIsCutAtTheLimit) {
    const World world;
    FaultServer server(always(withStatus("400 Bad Request", string(3 * megabyte, 'e'))));
    kontext::ClientConfig config = world.config(server.url());
    config.maxResponseBytes = megabyte;
    const Client client(std::move(config));
    const Result result = observe([&] { getApplication(client); });
    check(result, {.error = "BadRequestError", .status = 400});
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(result.body.size(), megabyte);
    EXPECT_LT(result.message.size(), 400u);
}

} // namespace
} // namespace kontext_test::malformed_responses_test
