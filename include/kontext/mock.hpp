/// @file
/// A Transport without a network, for the tests of programs that use the client. Target `kontext::mock`.
///
/// ```cpp
/// auto mock = std::make_shared<kontext::mock::MockTransport>();
/// mock->on("GET", "/api/v1/applications/*").reply(503).thenReply(200, R"({"application":{"id":"1","name":"a"}})");
/// kontext::KontextManagementClient client({.baseUrl = "https://api.test",
///                                          .credentials = {.clientId = "a", .clientSecret = "b"},
///                                          .retry = {.initialDelay = 0ms}, .transport = mock});
/// ```
#pragma once

// Old Windows headers define these, and neither fields of ours nor the standard library's headers would survive it.
#pragma push_macro("in")
#pragma push_macro("out")
#undef in
#undef out

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/errors.hpp>
#include <kontext/export.hpp>
#include <kontext/headers.hpp>
#include <kontext/transport.hpp>

KONTEXT_BEGIN_NAMESPACE
/// For tests: a transport without a network.
namespace mock {

/// A request that the client sent.
struct KONTEXT_API RecordedRequest {
    std::string method{}; ///< "GET", "POST", …
    std::string url{};    ///< The whole URL, with its query.
    Headers headers{};    ///< All of them; of Authorization at most the scheme: "Bearer [redacted]".
    std::string body{};   ///< As it was sent, secrets included.

    /// The path of the URL as it was sent, such as "/api/v1/applications/a%2Fb": without the query.
    [[nodiscard]] std::string path() const;
    /// The decoded value of the first query parameter of that name; nothing if there is none.
    [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
    /// The value of the first header of that name, without regard to case; nothing if there is none.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// Whether an expectation is for this request. Called without a lock, by many threads at once if the client is.
using Condition = std::function<bool(const RecordedRequest& request)>;
/// Computes the answer to a request. Called without a lock, by many threads at once if the client is. It may throw what
/// a Transport may: a NetworkError or a TimeoutError.
using Reply = std::function<HttpResponse(const RecordedRequest& request)>;

namespace detail {
struct Plan;
}

/// What answers the requests that match. The first answer is used once, then the second, and so on; the last one stays.
/// Valid as long as its MockTransport.
class KONTEXT_API Expectation {
public:
    /// Answers with this status, body and headers; what was planned before for this expectation is dropped.
    Expectation& reply(int statusCode, std::string body = {}, Headers headers = {});
    /// Answers with what the function computes; what was planned before for this expectation is dropped. An empty
    /// function is a std::invalid_argument.
    Expectation& reply(Reply reply);
    /// The same as the first `reply`, after the answers before.
    Expectation& thenReply(int statusCode, std::string body = {}, Headers headers = {});
    /// The same as the second `reply`, after the answers before.
    Expectation& thenReply(Reply reply);
    /// Fails without an answer: a NetworkError of that kind, a TimeoutError for `timeout`. For `resolve`, `connect`,
    /// `tls` and `proxy` nothing was sent; for the others the server may have executed the request. What was planned
    /// before is dropped.
    Expectation& fail(NetworkErrorKind kind);
    /// The same, after the answers before.
    Expectation& thenFail(NetworkErrorKind kind);

private:
    friend class MockTransport;
    explicit Expectation(detail::Plan& plan) noexcept : plan_(&plan) {}
    detail::Plan* plan_;
};

/// Answers as it was told, and remembers what was sent. A request that nothing matches gets a 501 whose message names
/// it. Token requests are answered by default, with a token that lives for an hour; `on("POST", "/oauth2/token")` says
/// otherwise. A pattern that ends in a wildcard leaves them alone: `on("*", "/**")` means the API. Thread safe.
class KONTEXT_API MockTransport : public Transport {
public:
    MockTransport();
    ~MockTransport() override;

    /// Expects requests of that method ("*": any) that match the pattern, and the condition if there is one. Of two
    /// that match, the newer one answers. Without an answer planned it responds with 200 and `{}`.
    ///
    /// The pattern is a path with `/api/v1`, in which "*" stands for one segment and "**" at the end for any number. It
    /// matches whatever the query is, unless it has one too: `/api/v1/traces?cursor=c1&userId=*` wants a request with
    /// at least these parameters, in any order, where "*" stands for any value.
    ///
    /// Throws std::invalid_argument for what would never match: a method in small letters, a whole URL, a fragment, a
    /// "*" within a segment, a parameter without a name, a "%" that does not begin a %XX.
    Expectation& on(std::string_view method, std::string_view pattern, Condition condition = {});

    /// All requests so far, token requests included, in the order in which they were sent.
    std::vector<RecordedRequest> requests() const;
    /// Those that match the method and the pattern, as for `on`; token requests too, whatever the pattern ends in.
    std::vector<RecordedRequest> requests(std::string_view method, std::string_view pattern) const;
    /// Forgets the requests so far. Expectations stay, and so does how far they have gone through their answers.
    void clear();

    /// Answers. Called by the client.
    HttpResponse send(const HttpRequest& request) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Errors for tests of what a program makes of them, such as its exit code. Each is made by the real client out of a
/// pretended response, so it says what a real one says. `std::rethrow_exception` throws it, as its own class:
///
/// ```cpp
/// try {
///     std::rethrow_exception(kontext::mock::makeHttpError(404, R"({"message":"no such application"})"));
/// } catch (const kontext::NotFoundError& error) { … }
/// ```
///
/// NetworkError, TimeoutError and ConfigError have constructors of their own: `std::make_exception_ptr` makes the same
/// of them.
///
/// The class that belongs to the status: NotFoundError for 404, and so on. Throws std::invalid_argument for a status
/// other than 300 to 599.
[[nodiscard]] KONTEXT_API std::exception_ptr makeHttpError(int statusCode, std::string body = {}, Headers headers = {});
/// The OAuthError of a token endpoint that responds like this. Throws std::invalid_argument for a status other than 300
/// to 599.
[[nodiscard]] KONTEXT_API std::exception_ptr
makeOAuthError(int statusCode = 401, std::string body = R"({"error":"invalid_client"})", Headers headers = {});
/// The DecodeError of a 200 with this body, read as an application. Throws std::invalid_argument if it can be read.
[[nodiscard]] KONTEXT_API std::exception_ptr makeDecodeError(std::string body = "{}");
/// The CancelledError of a call that was cancelled before its request was sent, or while it was under way.
[[nodiscard]] KONTEXT_API std::exception_ptr makeCancelledError(bool requestMayHaveBeenProcessed = false);

} // namespace mock
KONTEXT_END_NAMESPACE

#pragma pop_macro("out")
#pragma pop_macro("in")
