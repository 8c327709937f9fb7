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

#include <memory>
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
struct RecordedRequest {
    std::string method{}; ///< "GET", "POST", …
    std::string url{};    ///< The whole URL, with its query.
    Headers headers{};    ///< All of them; of Authorization at most the scheme: "Bearer [redacted]".
    std::string body{};   ///< As it was sent, secrets included.
};

namespace detail {
struct Plan;
}

/// What answers the requests that match. The first answer is used once, then the second, and so on; the last one stays.
/// Valid as long as its MockTransport.
class KONTEXT_API Expectation {
public:
    /// Answers with this status, body and headers; what was planned before for this expectation is dropped.
    Expectation& reply(int statusCode, std::string body = {}, Headers headers = {});
    /// The same, after the answers before.
    Expectation& thenReply(int statusCode, std::string body = {}, Headers headers = {});
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

    /// Expects requests of that method ("*": any) whose path, with `/api/v1` and without the query, matches the
    /// pattern: "*" stands for one segment, "**" at the end for any number. Of two that match, the newer one answers.
    /// Without an answer planned it responses 200 with `{}`. Throws std::invalid_argument for what would never match: a
    /// method in small letters, a pattern with a query, a whole URL, a "*" within a segment.
    Expectation& on(std::string_view method, std::string_view pathPattern);

    /// All requests so far, token requests included, in the order in which they were sent.
    std::vector<RecordedRequest> requests() const;
    /// Those that match, as `on` has it; token requests too, whatever the pattern ends in.
    std::vector<RecordedRequest> requests(std::string_view method, std::string_view pathPattern) const;

    /// Answers. Called by the client.
    HttpResponse send(const HttpRequest& request) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace mock
KONTEXT_END_NAMESPACE

#pragma pop_macro("out")
#pragma pop_macro("in")
