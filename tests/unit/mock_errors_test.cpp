#include <kontext/mock.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext::mock_errors_test {
namespace {

using namespace std::chrono_literals;
using mock::makeCancelledError;
using mock::makeDecodeError;
using mock::makeHttpError;
using mock::makeOAuthError;

/// The error, which must be of exactly this class.
template <class Error>
Error as(const std::exception_ptr& made) {
    try {
        std::rethrow_exception(made);
    } catch (const Error& error) {
        EXPECT_EQ(std::string(typeid(error).name()), typeid(Error).name());
        return error;
    }
}

/// What a user's program may have.
int exitCodeOf(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const NotFoundError&) {
        return 3;
    } catch (const HttpError& error) {
        return error.statusCode() / 100;
    } catch (const OAuthError&) {
        return 10;
    } catch (const CancelledError&) {
        return 11;
    } catch (const DecodeError&) {
        return 12;
    } catch (const TimeoutError&) {
        return 13;
    } catch (const ConfigError&) {
        return 14;
    }
}

TEST(MockErrors, AreCaughtAsTheirOwnClasses) {
    EXPECT_EQ(exitCodeOf(makeHttpError(404)), 3);
    EXPECT_EQ(exitCodeOf(makeHttpError(409)), 4);
    EXPECT_EQ(exitCodeOf(makeHttpError(503)), 5);
    EXPECT_EQ(exitCodeOf(makeOAuthError()), 10);
    EXPECT_EQ(exitCodeOf(makeCancelledError()), 11);
    EXPECT_EQ(exitCodeOf(makeDecodeError()), 12);
    EXPECT_EQ(exitCodeOf(std::make_exception_ptr(TimeoutError("late", true))), 13);
    EXPECT_EQ(exitCodeOf(std::make_exception_ptr(ConfigError("name", "name must not be empty"))), 14);
}

TEST(MockErrors, OfHttpHaveTheClassOfTheirStatus) {
    as<BadRequestError>(makeHttpError(400));
    as<UnauthorizedError>(makeHttpError(401));
    as<ForbiddenError>(makeHttpError(403));
    as<NotFoundError>(makeHttpError(404));
    as<ConflictError>(makeHttpError(409));
    as<PreconditionFailedError>(makeHttpError(412));
    as<UnprocessableEntityError>(makeHttpError(422));
    as<RateLimitError>(makeHttpError(429));
    as<ServerError>(makeHttpError(500));
    as<ServerError>(makeHttpError(599));
    as<HttpError>(makeHttpError(300));
    as<HttpError>(makeHttpError(418));
}

TEST(MockErrors, OfHttpSayWhatTheResponseSays) {
    const auto error = as<UnprocessableEntityError>(
        makeHttpError(422, R"({"message":"refused","code":"bad_name","errors":[{"field":"name","message":"taken"}]})",
                      {{"X-Request-Id", "req-1"}}));
    EXPECT_EQ(error.statusCode(), 422);
    EXPECT_EQ(error.message(), "refused");
    EXPECT_EQ(error.code(), "bad_name");
    EXPECT_EQ(error.requestId(), "req-1");
    ASSERT_EQ(error.validationErrors().size(), 1U);
    EXPECT_EQ(error.validationErrors()[0].field, "name");
    EXPECT_EQ(error.method(), "GET");
    EXPECT_EQ(as<RateLimitError>(makeHttpError(429, "{}", {{"Retry-After", "7"}})).retryAfter(), 7s);
}

TEST(MockErrors, OfTheTokenEndpointSayWhatItSays) {
    EXPECT_EQ(as<OAuthError>(makeOAuthError()).errorCode(), "invalid_client");
    EXPECT_EQ(as<OAuthError>(makeOAuthError()).statusCode(), 401);
    const auto error = as<OAuthError>(makeOAuthError(400, R"({"error":"invalid_scope","error_description":"no"})"));
    EXPECT_EQ(error.statusCode(), 400);
    EXPECT_EQ(error.errorCode(), "invalid_scope");
    EXPECT_EQ(error.errorDescription(), "no");
}

TEST(MockErrors, OfDecodingNameThePlace) {
    EXPECT_EQ(as<DecodeError>(makeDecodeError(R"({"application":{"id":7}})")).pointer(), "/application/id");
    EXPECT_EQ(as<DecodeError>(makeDecodeError("<html>")).statusCode(), 200);
}

TEST(MockErrors, OfCancellingSayWhetherTheRequestWasUnderWay) {
    EXPECT_FALSE(as<CancelledError>(makeCancelledError()).requestMayHaveBeenProcessed());
    EXPECT_TRUE(as<CancelledError>(makeCancelledError(true)).requestMayHaveBeenProcessed());
}

TEST(MockErrors, AreRefusedForWhatIsNoError) {
    for (const int status : {0, 200, 299, 600}) {
        EXPECT_THROW(static_cast<void>(makeHttpError(status)), std::invalid_argument) << status;
        EXPECT_THROW(static_cast<void>(makeOAuthError(status)), std::invalid_argument) << status;
    }
    EXPECT_THROW(static_cast<void>(makeDecodeError(R"({"application":{"id":"1","name":"a"}})")), std::invalid_argument);
}

} // namespace
} // namespace kontext::mock_errors_test
