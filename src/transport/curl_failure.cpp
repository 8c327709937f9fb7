#include "transport/curl_failure.hpp"

#include "values/duration.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

using detail::ErrorData;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Under TLS 1.3 the server's verdict on our certificate comes after the handshake, with the request on its way; it
/// refuses the connection, and so has not processed it.
bool refusesOurCertificate(const CurlFailure& failure) {
    if (failure.code != CURLE_RECV_ERROR || !contains(failure.text, "alert")) return false;
    return contains(failure.text, "certificate") || contains(failure.text, "unknown ca");
}

/// libcurl sends a request once more, which we do not let it, if the connection died before a byte of the response and
/// had been used before, or if the server refused the stream: by REFUSED_STREAM, by a GOAWAY that leaves it out (not
/// in 7.88), or by HTTP_1_1_REQUIRED (which goes to HTTP/1.1). So on a fresh connection it was the server, which
/// promises by that (RFC 9113, section 8.7) that it did not process the request. On one that was used before there is
/// no telling.
bool wasRefused(const CurlFailure& failure) { return failure.resends && failure.fresh && !failure.responded; }

/// Errors of making a connection.
bool isOfConnecting(CURLcode code) {
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT
           || code == CURLE_PROXY || code == CURLE_SSL_CONNECT_ERROR;
}

/// The connection died, whatever became of libcurl's attempt to open another one for the same request.
bool isLost(const CurlFailure& failure) {
    return failure.sends > 0 && (failure.resends || isOfConnecting(failure.code));
}

bool demandsCredentials(const CurlFailure& failure) {
    if (failure.sends > 0 || failure.code == CURLE_OPERATION_TIMEDOUT) return false;
    const bool socks = failure.code == CURLE_PROXY
                       && (failure.proxyError == CURLPX_USER_REJECTED || failure.proxyError == CURLPX_NO_AUTH);
    return socks || failure.connectStatus == 407;
}

NetworkErrorKind kindOf(const CurlFailure& failure) {
    if (failure.socketError) return NetworkErrorKind::connect;
    if (isLost(failure)) return NetworkErrorKind::receive;
    switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return NetworkErrorKind::resolve;
    case CURLE_COULDNT_CONNECT:
        return NetworkErrorKind::connect;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return NetworkErrorKind::proxy;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
        return NetworkErrorKind::tls;
    case CURLE_SEND_ERROR:
        return NetworkErrorKind::send;
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        if (refusesOurCertificate(failure)) return NetworkErrorKind::tls;
        // Before the request is sent, only a proxy's CONNECT is read from.
        return failure.sends > 0 ? NetworkErrorKind::receive : NetworkErrorKind::proxy;
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return NetworkErrorKind::receive;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY: // libcurl's word for a header line that is too long
        return NetworkErrorKind::protocol;
    case CURLE_UNSUPPORTED_PROTOCOL:
        return failure.sends > 0 ? NetworkErrorKind::protocol : NetworkErrorKind::other;
    default:
        return NetworkErrorKind::other;
    }
}

/// Whether a second attempt can end otherwise.
bool isTransient(const CurlFailure& failure) {
    if (failure.socketError || isLost(failure)) return true;
    switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_URL_MALFORMAT:
    case CURLE_OUT_OF_MEMORY:
        return false;
    case CURLE_UNSUPPORTED_PROTOCOL:
        return failure.sends > 0;
    default:
        return !refusesOurCertificate(failure) && !failure.headersTooLarge;
    }
}

std::string stage(NetworkErrorKind kind) {
    switch (kind) {
    case NetworkErrorKind::resolve:
        return "the host name was not found";
    case NetworkErrorKind::connect:
        return "could not connect";
    case NetworkErrorKind::tls:
        return "TLS failed";
    case NetworkErrorKind::proxy:
        return "the proxy failed";
    case NetworkErrorKind::send:
        return "the connection broke while the request was being sent";
    case NetworkErrorKind::receive:
        return "the connection broke before the response was complete";
    case NetworkErrorKind::protocol:
        return "invalid HTTP response";
    default:
        return "the request failed";
    }
}

std::string messageOf(const CurlFailure& failure, NetworkErrorKind kind) {
    if (failure.headersTooLarge) return "the response headers exceed 64 KiB";
    if (failure.socketError) return "could not connect: no socket: " + failure.socketError.message();
    if (wasRefused(failure)) return "the server refused the request without processing it";
    if (isLost(failure)) return "the connection was lost before the response";
    if (failure.code == CURLE_OPERATION_TIMEDOUT) {
        const bool connecting = failure.sends == 0 && failure.elapsed < failure.timeout;
        return connecting ? "could not connect within the connect timeout of " + formatDuration(failure.connectTimeout)
                          : "no complete response within " + formatDuration(failure.timeout);
    }
    std::string text = stage(kind) + ": ";
    // libcurl quotes a proxy that it cannot read, the password with it.
    const bool quotesProxy = failure.text.substr(0, 17) == "Unsupported proxy";
    text += failure.text.empty() || quotesProxy ? std::string_view(curl_easy_strerror(failure.code)) : failure.text;
    const bool certificate = failure.code == CURLE_PEER_FAILED_VERIFICATION || failure.code == CURLE_SSL_CACERT_BADFILE;
    if (certificate && !failure.trusted.empty()) text.append(" (trusted: ").append(failure.trusted).push_back(')');
    return text;
}

} // namespace

ErrorData toNetworkError(const CurlFailure& failure) {
    if (demandsCredentials(failure) && !failure.cancelled) return proxyRefusesCredentials();
    ErrorData data;
    data.mayHaveBeenProcessed = failure.sends > 0 && !refusesOurCertificate(failure) && !wasRefused(failure);
    data.transient = isTransient(failure);
    if (failure.cancelled) {
        data.kind = ErrorData::Kind::cancelled;
        data.message = "the call was cancelled";
        return data;
    }
    const bool late = failure.code == CURLE_OPERATION_TIMEDOUT;
    data.kind = late ? ErrorData::Kind::timeout : ErrorData::Kind::network;
    data.network = late ? NetworkErrorKind::timeout : kindOf(failure);
    data.message = messageOf(failure, data.network);
    return data;
}

ErrorData proxyRefusesCredentials() {
    ErrorData data;
    data.kind = ErrorData::Kind::network;
    data.network = NetworkErrorKind::proxy;
    data.transient = false;
    data.message =
        "the proxy failed: it requires different credentials; check proxy.credentials, or the user and password in "
        "the environment's proxy URL";
    return data;
}

} // namespace transport
KONTEXT_END_NAMESPACE
