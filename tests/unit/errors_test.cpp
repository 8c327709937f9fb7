#include <kontext/errors.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "errors/error_data.hpp"

namespace kontext::errors_test {
namespace {

using detail::ErrorData;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

ErrorData notFound() {
    ErrorData data;
    data.kind = ErrorData::Kind::http;
    data.status = 404;
    data.method = "GET";
    data.path = "/api/v1/applications/x";
    data.message = "Application not found";
    data.requestId = "req_1";
    data.attempts = 1;
    data.maxAttempts = 3;
    return data;
}

/// What raise() throws, kept as a T.
template <class T = KontextError>
T thrown(ErrorData data) {
    try {
        detail::raise(std::move(data));
    } catch (const T& error) {
        return error;
    }
}

std::string whatOf(ErrorData data) { return thrown(std::move(data)).what(); }

TEST(Errors, SayInOneLineAllThatASupportTicketNeeds) {
    EXPECT_EQ(whatOf(notFound()), "GET /api/v1/applications/x -> 404 Not Found: Application not found "
                                  "[kontext_not_found, request req_1, attempt 1/3]");
}

TEST(Errors, LeaveOutWhatIsNotKnown) {
    ErrorData data = notFound();
    data.requestId.reset();
    data.maxAttempts = 0;
    EXPECT_EQ(whatOf(data), "GET /api/v1/applications/x -> 404 Not Found: Application not found "
                            "[kontext_not_found, attempt 1]");
    data.attempts = 0;
    data.method.clear();
    EXPECT_EQ(whatOf(data), "404 Not Found: Application not found [kontext_not_found]");
    data.status = 499;
    EXPECT_EQ(whatOf(data), "499: Application not found [kontext_http_error]");
}

TEST(Errors, SayWhyTheyGaveUp) {
    ErrorData data = notFound();
    data.status = 503;
    data.message = "busy";
    data.attempts = 3;
    data.reason = "retry limit (2) reached";
    EXPECT_EQ(whatOf(data), "GET /api/v1/applications/x -> 503 Service Unavailable: busy "
                            "[kontext_server_error, request req_1, attempt 3/3, gave up: retry limit (2) reached]");
}

TEST(Errors, SayWhereAResponseCannotBeRead) {
    ErrorData data = notFound();
    data.kind = ErrorData::Kind::decode;
    data.status = 200;
    data.message = "invalid response: expected a string, found a number";
    data.pointer = "/application/id";
    EXPECT_THAT(whatOf(data), HasSubstr("found a number (at /application/id) [kontext_decode_error"));
    EXPECT_EQ(thrown<DecodeError>(data).pointer(), "/application/id");
}

TEST(Errors, EscapeControlBytesOfThePeer) {
    ErrorData data = notFound();
    data.message = "x\ny\r\tz\x1b[31m\x7f\xc2\x85";
    data.requestId = "r\ns";
    data.code = "c\nx";
    data.reason = "e\nf";
    const KontextError error = thrown(data);
    EXPECT_THAT(error.what(), HasSubstr(R"(x\ny\r\tz\x1b[31m\x7f\xc2\x85 [c\nx, request r\ns)"));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    EXPECT_EQ(error.message(), data.message);
}

TEST(Errors, ShowNulWithoutEndingThere) {
    ErrorData data = notFound();
    data.message = std::string("a\0b", 3);
    EXPECT_THAT(whatOf(data), HasSubstr(R"(a\x00b [kontext_not_found)"));
}

TEST(Errors, HaveAClassAndACodeForEachStatus) {
    struct Case {
        int status;
        const std::type_info* type;
        const char* code;
    };
    const std::vector<Case> cases{
        {301, &typeid(HttpError), "kontext_http_error"},
        {304, &typeid(HttpError), "kontext_http_error"},
        {400, &typeid(BadRequestError), "kontext_validation_error"},
        {401, &typeid(UnauthorizedError), "kontext_authorization_required"},
        {402, &typeid(HttpError), "kontext_http_error"},
        {403, &typeid(ForbiddenError), "kontext_policy_denied"},
        {404, &typeid(NotFoundError), "kontext_not_found"},
        {405, &typeid(HttpError), "kontext_http_error"},
        {408, &typeid(HttpError), "kontext_http_error"},
        {409, &typeid(ConflictError), "kontext_conflict"},
        {412, &typeid(PreconditionFailedError), "kontext_precondition_failed"},
        {418, &typeid(HttpError), "kontext_http_error"},
        {422, &typeid(UnprocessableEntityError), "kontext_unprocessable_entity"},
        {429, &typeid(RateLimitError), "kontext_rate_limited"},
        {499, &typeid(HttpError), "kontext_http_error"},
        {500, &typeid(ServerError), "kontext_server_error"},
        {502, &typeid(ServerError), "kontext_server_error"},
        {503, &typeid(ServerError), "kontext_server_error"},
        {504, &typeid(ServerError), "kontext_server_error"},
        {599, &typeid(ServerError), "kontext_server_error"},
    };
    for (const Case& c : cases) {
        ErrorData data = notFound();
        data.status = c.status;
        try {
            detail::raise(data);
        } catch (const HttpError& error) {
            EXPECT_EQ(typeid(error), *c.type) << c.status;
            EXPECT_EQ(error.code(), c.code) << c.status;
            EXPECT_EQ(error.statusCode(), c.status);
        }
    }
}

TEST(Errors, HaveAClassAndACodeForEachOtherKind) {
    struct Case {
        ErrorData::Kind kind;
        const std::type_info* type;
        const char* code;
    };
    const std::vector<Case> cases{
        {ErrorData::Kind::oauth, &typeid(OAuthError), "kontext_oauth_token_exchange_failed"},
        {ErrorData::Kind::network, &typeid(NetworkError), "kontext_network_error"},
        {ErrorData::Kind::timeout, &typeid(TimeoutError), "kontext_network_error"},
        {ErrorData::Kind::decode, &typeid(DecodeError), "kontext_decode_error"},
        {ErrorData::Kind::cancelled, &typeid(CancelledError), "kontext_cancelled"},
        {ErrorData::Kind::config, &typeid(ConfigError), "kontext_config_invalid"},
    };
    for (const Case& c : cases) {
        ErrorData data;
        data.kind = c.kind;
        try {
            detail::raise(data);
        } catch (const KontextError& error) {
            EXPECT_EQ(typeid(error), *c.type) << c.code;
            EXPECT_EQ(error.code(), c.code);
            EXPECT_EQ(error.docsUrl(), std::string("https://docs.kontext.security/errors/") + c.code);
        }
    }
}

TEST(Errors, LetTheServersCodeWin) {
    ErrorData data = notFound();
    data.code = "app_missing";
    const KontextError error = thrown(data);
    EXPECT_EQ(error.code(), "app_missing");
    EXPECT_EQ(error.docsUrl(), "https://docs.kontext.security/errors/app_missing");
    EXPECT_THAT(error.what(), HasSubstr("[app_missing, "));
}

TEST(Errors, ShowAllThatTheyWereGiven) {
    ErrorData data = notFound();
    data.status = 403;
    data.body = "body";
    data.meta = RawJson(R"({"a":1})");
    data.retryAfter = std::chrono::seconds(3);
    data.validationErrors = {{"field", "message"}};
    data.missingScopes = {"a:read"};
    data.headers = {{"X-A", "b"}};
    data.reason = "reason";
    const auto error = thrown<ForbiddenError>(data);
    EXPECT_EQ(error.message(), "Application not found");
    EXPECT_EQ(error.statusCode(), 403);
    EXPECT_EQ(error.requestId(), "req_1");
    EXPECT_EQ(error.meta(), RawJson(R"({"a":1})"));
    EXPECT_EQ(error.method(), "GET");
    EXPECT_EQ(error.path(), "/api/v1/applications/x");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(error.retryStopReason(), "reason");
    EXPECT_EQ(error.retryAfter(), std::chrono::seconds(3));
    ASSERT_EQ(error.validationErrors().size(), 1U);
    EXPECT_EQ(error.validationErrors()[0].field, "field");
    EXPECT_EQ(error.validationErrors()[0].message, "message");
    EXPECT_THAT(error.missingScopes(), ElementsAre("a:read"));
    EXPECT_THAT(error.headers(), ElementsAre(Pair("X-A", "b")));
    EXPECT_EQ(error.body(), "body");
}

TEST(Errors, OfOAuthShowWhatTheEndpointSaid) {
    ErrorData data = notFound();
    data.kind = ErrorData::Kind::oauth;
    data.errorCode = "invalid_client";
    data.errorDescription = "No such client";
    const auto error = thrown<OAuthError>(data);
    EXPECT_EQ(error.errorCode(), "invalid_client");
    EXPECT_EQ(error.errorDescription(), "No such client");
}

TEST(Errors, OfTheNetworkSayHowFarTheRequestGot) {
    const NetworkError error(NetworkErrorKind::connect, "refused", false);
    EXPECT_EQ(error.kind(), NetworkErrorKind::connect);
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.message(), "refused");
    EXPECT_EQ(error.code(), "kontext_network_error");
    EXPECT_EQ(error.statusCode(), 0);
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_STREQ(error.what(), "refused [kontext_network_error]");
    EXPECT_TRUE(NetworkError(NetworkErrorKind::receive, "gone", true).requestMayHaveBeenProcessed());
}

TEST(Errors, OfTimeAreErrorsOfTheNetworkToo) {
    const TimeoutError error("too late", true);
    const NetworkError& network = error;
    EXPECT_EQ(network.kind(), NetworkErrorKind::timeout);
    EXPECT_TRUE(network.requestMayHaveBeenProcessed());
    EXPECT_EQ(network.message(), "too late");
}

TEST(Errors, OfTheConfigurationNameTheField) {
    const ConfigError error("baseUrl", "baseUrl must not be empty");
    EXPECT_EQ(error.field(), "baseUrl");
    EXPECT_EQ(error.code(), "kontext_config_invalid");
    EXPECT_STREQ(error.what(), "baseUrl must not be empty [kontext_config_invalid]");
    EXPECT_EQ(error.meta(), RawJson("{}"));
}

TEST(Errors, OfACancelledCallSayWhetherItWasUnderWay) {
    ErrorData data;
    data.kind = ErrorData::Kind::cancelled;
    EXPECT_FALSE(thrown<CancelledError>(data).requestMayHaveBeenProcessed());
    data.mayHaveBeenProcessed = true;
    EXPECT_TRUE(thrown<CancelledError>(data).requestMayHaveBeenProcessed());
}

TEST(Errors, AreCopiedWithoutThrowing) {
    static_assert(std::is_nothrow_copy_constructible_v<KontextError>);
    static_assert(std::is_nothrow_copy_assignable_v<KontextError>);
    static_assert(std::is_nothrow_copy_constructible_v<HttpError>);
    static_assert(std::is_nothrow_copy_constructible_v<NotFoundError>);
    static_assert(std::is_nothrow_copy_constructible_v<RateLimitError>);
    static_assert(std::is_nothrow_copy_constructible_v<OAuthError>);
    static_assert(std::is_nothrow_copy_constructible_v<NetworkError>);
    static_assert(std::is_nothrow_copy_constructible_v<TimeoutError>);
    static_assert(std::is_nothrow_copy_constructible_v<DecodeError>);
    static_assert(std::is_nothrow_copy_constructible_v<CancelledError>);
    static_assert(std::is_nothrow_copy_constructible_v<ConfigError>);
}

TEST(Errors, SayTheSameInEveryCopy) {
    auto original = std::make_unique<NotFoundError>(thrown<NotFoundError>(notFound()));
    const NotFoundError copy = *original;
    ConfigError other("field", "message");
    KontextError assigned = other;
    assigned = *original;
    const std::string what = original->what();
    // The data live as long as any copy.
    const std::string& path = copy.path();
    original.reset();
    EXPECT_EQ(copy.what(), what);
    EXPECT_EQ(path, "/api/v1/applications/x");
    EXPECT_EQ(assigned.what(), what);
    EXPECT_EQ(assigned.code(), "kontext_not_found");
}

TEST(Errors, ThrownOnceMoreAreTheSame) {
    const auto first = thrown<NotFoundError>(notFound());
    try {
        detail::raise(ErrorData::shared(first));
    } catch (const NotFoundError& again) {
        EXPECT_STREQ(again.what(), first.what());
        EXPECT_EQ(&again.path(), &first.path());
    }
}

TEST(Errors, AreStandardExceptions) {
    EXPECT_THROW(detail::raise(notFound()), std::runtime_error);
    EXPECT_THROW(throw TimeoutError("late", false), std::exception);
}

TEST(Errors, AreToldApartByTheHelpers) {
    const auto http = [](int status) {
        ErrorData data = notFound();
        data.status = status;
        return thrown<HttpError>(data);
    };
    const auto oauth = [](int status) {
        ErrorData data = notFound();
        data.kind = ErrorData::Kind::oauth;
        data.status = status;
        return thrown<OAuthError>(data);
    };
    EXPECT_TRUE(isKontextError(http(404)));
    EXPECT_TRUE(isKontextError(ConfigError("f", "m")));
    EXPECT_TRUE(isKontextError(TimeoutError("late", false)));
    EXPECT_FALSE(isKontextError(std::runtime_error("x")));

    EXPECT_TRUE(isNetworkError(NetworkError(NetworkErrorKind::tls, "m", false)));
    EXPECT_TRUE(isNetworkError(TimeoutError("late", false)));
    EXPECT_FALSE(isNetworkError(http(503)));
    EXPECT_FALSE(isNetworkError(std::runtime_error("x")));

    EXPECT_TRUE(isUnauthorizedError(http(401)));
    EXPECT_TRUE(isUnauthorizedError(oauth(401)));
    EXPECT_FALSE(isUnauthorizedError(http(403)));
    EXPECT_FALSE(isUnauthorizedError(oauth(400)));
    EXPECT_FALSE(isUnauthorizedError(NetworkError(NetworkErrorKind::tls, "m", false)));
    EXPECT_FALSE(isUnauthorizedError(std::runtime_error("x")));
}

TEST(Errors, NameTheStageAtWhichTheNetworkFailed) {
    const std::vector<std::pair<NetworkErrorKind, const char*>> names{
        {NetworkErrorKind::resolve, "resolve"}, {NetworkErrorKind::connect, "connect"},
        {NetworkErrorKind::tls, "tls"},         {NetworkErrorKind::proxy, "proxy"},
        {NetworkErrorKind::send, "send"},       {NetworkErrorKind::receive, "receive"},
        {NetworkErrorKind::timeout, "timeout"}, {NetworkErrorKind::protocol, "protocol"},
        {NetworkErrorKind::other, "other"}};
    for (const auto& [kind, name] : names)
        EXPECT_STREQ(toString(kind), name);
}

TEST(Errors, HaveNoMetaUnlessTheServerSaidSomething) {
    const auto error = thrown<HttpError>(notFound());
    EXPECT_EQ(error.meta().text(), "{}");
    EXPECT_THAT(error.validationErrors(), IsEmpty());
    EXPECT_EQ(error.retryAfter(), std::nullopt);
}

} // namespace
} // namespace kontext::errors_test
