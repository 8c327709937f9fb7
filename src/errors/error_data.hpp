// What an error holds, and the one place that turns it into an exception.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kontext/errors.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

struct ErrorData {
    enum class Kind { http, oauth, network, timeout, decode, cancelled, config };

    Kind kind = Kind::network;
    int status = 0;
    std::string code{};
    std::string message{};
    std::string docsUrl{};
    std::string method{};
    std::string path{};
    std::string field{};            // config
    std::string pointer{};          // decode
    std::string errorCode{};        // oauth
    std::string errorDescription{}; // oauth
    std::string body{};
    std::optional<std::string> requestId{};
    RawJson meta{"{}"};
    std::optional<std::chrono::seconds> retryAfter{};
    std::vector<ValidationError> validationErrors{};
    std::vector<std::string> missingScopes{};
    Headers headers{};
    int attempts = 0;
    int maxAttempts = 0; // 0: attempts were not counted, what() leaves them out
    std::string reason{};
    NetworkErrorKind network = NetworkErrorKind::other;
    bool mayHaveBeenProcessed = false;
    bool transient = true; // false: not retryable, such as a certificate that is not accepted

    /// The data of an error that somebody threw.
    static const ErrorData& of(const KontextError& error) noexcept { return *error.data_; }
    /// The same, to be thrown once more by others who waited for the same thing.
    static std::shared_ptr<const ErrorData> shared(const KontextError& error) noexcept { return error.data_; }
};

/// The text of `what()`: one line, control bytes escaped.
std::string describe(const ErrorData& data);

/// Throws the class that belongs to the kind and the status.
[[noreturn]] void raise(const std::shared_ptr<const ErrorData>& data);
[[noreturn]] void raise(ErrorData data);

} // namespace detail
KONTEXT_END_NAMESPACE
