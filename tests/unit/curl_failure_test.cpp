#include "transport/curl_failure.hpp"

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::curl_failure_test {
namespace {

using namespace std::chrono_literals;
using detail::ErrorData;
using testing::HasSubstr;
using testing::Not;
using transport::CurlFailure;
using transport::toNetworkError;

CurlFailure failureOf(CURLcode code, int sends = 0) {
    CurlFailure failure;
    failure.code = code;
    failure.sends = sends;
    failure.elapsed = 100ms;
    failure.connectTimeout = 10s;
    failure.timeout = 30s;
    return failure;
}

TEST(CurlFailure, HasAKindForEachCode) {
    struct Case {
        CURLcode code;
        int sends;
        NetworkErrorKind kind;
    };
    const std::vector<Case> cases{
        {CURLE_COULDNT_RESOLVE_HOST, 0, NetworkErrorKind::resolve},
        {CURLE_COULDNT_CONNECT, 0, NetworkErrorKind::connect},
        {CURLE_COULDNT_RESOLVE_PROXY, 0, NetworkErrorKind::proxy},
        {CURLE_PROXY, 0, NetworkErrorKind::proxy},
        {CURLE_SSL_CONNECT_ERROR, 0, NetworkErrorKind::tls},
        {CURLE_PEER_FAILED_VERIFICATION, 0, NetworkErrorKind::tls},
        {CURLE_SSL_CERTPROBLEM, 0, NetworkErrorKind::tls},
        {CURLE_SSL_CIPHER, 0, NetworkErrorKind::tls},
        {CURLE_SSL_CACERT_BADFILE, 0, NetworkErrorKind::tls},
        {CURLE_SSL_ISSUER_ERROR, 0, NetworkErrorKind::tls},
        {CURLE_SEND_ERROR, 1, NetworkErrorKind::send},
        {CURLE_RECV_ERROR, 1, NetworkErrorKind::receive},
        {CURLE_RECV_ERROR, 0, NetworkErrorKind::proxy},
        {CURLE_GOT_NOTHING, 1, NetworkErrorKind::receive},
        {CURLE_GOT_NOTHING, 0, NetworkErrorKind::proxy},
        {CURLE_PARTIAL_FILE, 1, NetworkErrorKind::receive},
        {CURLE_HTTP2, 1, NetworkErrorKind::receive},
        {CURLE_HTTP2_STREAM, 1, NetworkErrorKind::receive},
        {CURLE_WEIRD_SERVER_REPLY, 1, NetworkErrorKind::protocol},
        {CURLE_BAD_CONTENT_ENCODING, 1, NetworkErrorKind::protocol},
        {CURLE_WRITE_ERROR, 1, NetworkErrorKind::protocol},
        {CURLE_OUT_OF_MEMORY, 1, NetworkErrorKind::protocol},
        {CURLE_UNSUPPORTED_PROTOCOL, 1, NetworkErrorKind::protocol},
        {CURLE_UNSUPPORTED_PROTOCOL, 0, NetworkErrorKind::other},
        {CURLE_URL_MALFORMAT, 0, NetworkErrorKind::other},
        {CURLE_FAILED_INIT, 0, NetworkErrorKind::other},
    };
    for (const Case& c : cases) {
        const ErrorData data = toNetworkError(failureOf(c.code, c.sends));
        EXPECT_EQ(data.network, c.kind) << c.code << ' ' << c.sends;
        EXPECT_EQ(data.kind, ErrorData::Kind::network) << c.code;
        EXPECT_FALSE(data.message.empty()) << c.code;
    }
}

TEST(CurlFailure, MayHaveBeenProcessedOnceItWasSent) {
    for (const CURLcode code : {CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_OPERATION_TIMEDOUT,
                                CURLE_PARTIAL_FILE, CURLE_HTTP2}) {
        EXPECT_TRUE(toNetworkError(failureOf(code, 1)).mayHaveBeenProcessed) << code;
        EXPECT_FALSE(toNetworkError(failureOf(code, 0)).mayHaveBeenProcessed) << code;
    }
}

TEST(CurlFailure, IsTransientUnlessASecondAttemptWouldFailAlike) {
    for (const CURLcode code :
         {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_RECV_ERROR,
          CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE, CURLE_PROXY})
        EXPECT_TRUE(toNetworkError(failureOf(code)).transient) << code;
    for (const CURLcode code :
         {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
          CURLE_SSL_ISSUER_ERROR, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_OUT_OF_MEMORY})
        EXPECT_FALSE(toNetworkError(failureOf(code)).transient) << code;
}

TEST(CurlFailure, OfTimeSaysWhichTimeRanOut) {
    CurlFailure failure = failureOf(CURLE_OPERATION_TIMEDOUT);
    failure.elapsed = 10s;
    ErrorData data = toNetworkError(failure);
    EXPECT_EQ(data.kind, ErrorData::Kind::timeout);
    EXPECT_EQ(data.network, NetworkErrorKind::timeout);
    EXPECT_EQ(data.message, "could not connect within the connect timeout of 10 s");

    failure.sends = 1;
    EXPECT_EQ(toNetworkError(failure).message, "no complete response within 30 s");

    failure.sends = 0; // the whole attempt's time went by with connecting
    failure.elapsed = 30s;
    EXPECT_EQ(toNetworkError(failure).message, "no complete response within 30 s");
}

TEST(CurlFailure, QuotesLibcurlOrSaysItInItsPlace) {
    CurlFailure failure = failureOf(CURLE_COULDNT_CONNECT);
    failure.text = "Failed to connect to api.test port 443";
    EXPECT_EQ(toNetworkError(failure).message, "could not connect: Failed to connect to api.test port 443");
    failure.text = {};
    EXPECT_EQ(toNetworkError(failure).message,
              std::string("could not connect: ") + curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

TEST(CurlFailure, SaysWhatWasTrustedWhereACertificateWasNot) {
    CurlFailure failure = failureOf(CURLE_PEER_FAILED_VERIFICATION);
    failure.trusted = "the directory /etc/ssl/certs";
    EXPECT_THAT(toNetworkError(failure).message, HasSubstr("(trusted: the directory /etc/ssl/certs)"));
    failure.code = CURLE_COULDNT_CONNECT;
    EXPECT_THAT(toNetworkError(failure).message, Not(HasSubstr("trusted")));
}

// Whatever became of libcurl's attempt to connect once more.
TEST(CurlFailure, OfALostConnectionIsNoFailureToConnect) {
    for (const CURLcode code : {CURLE_ABORTED_BY_CALLBACK, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST,
                                CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY, CURLE_SSL_CONNECT_ERROR}) {
        CurlFailure failure = failureOf(code, 1);
        failure.resends = code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_COULDNT_CONNECT;
        failure.text = "Failed to connect to api.test port 443";
        const ErrorData data = toNetworkError(failure);
        EXPECT_EQ(data.network, NetworkErrorKind::receive) << code;
        EXPECT_EQ(data.message, "the connection was lost before the response") << code;
        EXPECT_TRUE(data.mayHaveBeenProcessed) << code;
        EXPECT_TRUE(data.transient) << code;
    }
}

// RFC 9113, section 8.7. libcurl sends again by itself on a connection that died, but only if it had been used before.
TEST(CurlFailure, OfAStreamThatTheServerRefusedWasNotProcessed) {
    CurlFailure failure = failureOf(CURLE_COULDNT_CONNECT, 1);
    failure.resends = true;
    failure.fresh = true;
    ErrorData data = toNetworkError(failure);
    EXPECT_EQ(data.network, NetworkErrorKind::receive);
    EXPECT_EQ(data.message, "the server refused the request without processing it");
    EXPECT_FALSE(data.mayHaveBeenProcessed);
    EXPECT_TRUE(data.transient);

    failure.responded = true;
    EXPECT_TRUE(toNetworkError(failure).mayHaveBeenProcessed);
    failure.responded = false;
    failure.fresh = false;
    EXPECT_TRUE(toNetworkError(failure).mayHaveBeenProcessed);
}

TEST(CurlFailure, NamesTheDescriptorsThatWereMissing) {
    for (const CURLcode code : {CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_SSL_CACERT_BADFILE}) {
        CurlFailure failure = failureOf(code);
        failure.text = "Failed to connect to api.test port 443";
        failure.socketError = std::make_error_code(std::errc::too_many_files_open);
        const ErrorData data = toNetworkError(failure);
        EXPECT_EQ(data.network, NetworkErrorKind::connect);
        EXPECT_EQ(data.message, "could not connect: no socket: Too many open files");
        EXPECT_TRUE(data.transient) << code; // they are given back
        EXPECT_FALSE(data.mayHaveBeenProcessed);
    }
}

TEST(CurlFailure, OfAProxyThatWantsOtherCredentialsIsFinal) {
    CurlFailure failure = failureOf(CURLE_RECV_ERROR);
    failure.text = "CONNECT tunnel failed, response 407";
    failure.connectStatus = 407;
    ErrorData data = toNetworkError(failure);
    EXPECT_EQ(data.network, NetworkErrorKind::proxy);
    EXPECT_THAT(data.message, HasSubstr("check proxy.credentials"));
    EXPECT_FALSE(data.transient);
    EXPECT_FALSE(data.mayHaveBeenProcessed);
    failure.connectStatus = 502;
    EXPECT_TRUE(toNetworkError(failure).transient);

    failure = failureOf(CURLE_PROXY);
    for (const long refusal : {CURLPX_USER_REJECTED, CURLPX_NO_AUTH}) {
        failure.proxyError = refusal;
        EXPECT_FALSE(toNetworkError(failure).transient);
        EXPECT_EQ(toNetworkError(failure).network, NetworkErrorKind::proxy);
    }
    failure.proxyError = CURLPX_REPLY_HOST_UNREACHABLE;
    EXPECT_TRUE(toNetworkError(failure).transient);
}

TEST(CurlFailure, OfHeadersThatAreTooLargeIsFinal) {
    CurlFailure failure = failureOf(CURLE_WRITE_ERROR, 1);
    failure.headersTooLarge = true;
    const ErrorData data = toNetworkError(failure);
    EXPECT_EQ(data.message, "the response headers exceed 64 KiB");
    EXPECT_EQ(data.network, NetworkErrorKind::protocol);
    EXPECT_FALSE(data.transient);
    EXPECT_TRUE(data.mayHaveBeenProcessed);
}

TEST(CurlFailure, OfACertificateThatTheServerRefusesWasNotProcessed) {
    // TLS 1.3: the server's verdict comes after the handshake, with the request on its way.
    CurlFailure failure = failureOf(CURLE_RECV_ERROR, 1);
    failure.text = "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0";
    const ErrorData data = toNetworkError(failure);
    EXPECT_EQ(data.network, NetworkErrorKind::tls);
    EXPECT_FALSE(data.mayHaveBeenProcessed);
    EXPECT_FALSE(data.transient);
}

TEST(CurlFailure, OfAnotherAlertMayHaveBeenProcessed) {
    CurlFailure failure = failureOf(CURLE_RECV_ERROR, 1);
    failure.text = "OpenSSL SSL_read: error:0A000438:SSL routines::tlsv1 alert internal error, errno 0";
    EXPECT_EQ(toNetworkError(failure).network, NetworkErrorKind::receive);
    EXPECT_TRUE(toNetworkError(failure).mayHaveBeenProcessed);
}

TEST(CurlFailure, OfACancelledCallIsCancelledWhateverLibcurlSays) {
    for (const CURLcode code : {CURLE_ABORTED_BY_CALLBACK, CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT}) {
        CurlFailure failure = failureOf(code, 1);
        failure.cancelled = true;
        const ErrorData data = toNetworkError(failure);
        EXPECT_EQ(data.kind, ErrorData::Kind::cancelled) << code;
        EXPECT_EQ(data.message, "the call was cancelled");
        EXPECT_TRUE(data.mayHaveBeenProcessed);
        failure.sends = 0;
        EXPECT_FALSE(toNetworkError(failure).mayHaveBeenProcessed);
    }
}

} // namespace
} // namespace kontext::curl_failure_test
