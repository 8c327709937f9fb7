// What goes into the retry loop, and what comes out of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/secret.hpp>
#include <kontext/transport.hpp>

#include "call/access_token.hpp"

KONTEXT_BEGIN_NAMESPACE

/// The request, and what the loop must know beside its bytes.
struct PreparedRequest {
    HttpRequest http{};
    std::string_view route{};      // for observers: the template
    bool retryable = false;        // whether sending it twice does no more than sending it once
    bool deletes = false;          // so that a 404 after an attempt of unknown outcome means: deleted
    std::vector<Secret> secrets{}; // within the request; never to be shown
    int attempts = 0;              // sends so far; the loop counts them

    PreparedRequest() = default;
    PreparedRequest(const PreparedRequest&) = delete;
    PreparedRequest& operator=(const PreparedRequest&) = delete;
    ~PreparedRequest(); // wipes

    /// Sets the Authorization header, and wipes the value that was there.
    void authorize(const AccessToken& token);
};

/// The final response, whatever its status, and how it was obtained.
struct CallResult {
    HttpResponse http{};
    int attempts = 0;
    int maxAttempts = 0;
    std::string reason{}; // why there was no other attempt
    std::optional<std::chrono::seconds> retryAfter{};
    bool alreadyDeleted = false; // a 404 of a DELETE whose earlier attempt did it
    std::shared_ptr<const AccessToken> token{};
    bool mayHaveBeenProcessed = false; // by any attempt that was no success

    CallResult() = default;
    CallResult(CallResult&&) = default;
    CallResult& operator=(CallResult&&) = default;
    ~CallResult(); // wipes what nobody took
    bool succeeded() const noexcept { return alreadyDeleted || (http.statusCode >= 200 && http.statusCode <= 299); }
};

/// Wipes a response that nobody reads. One that is not a success may echo in its headers what was sent.
void discard(HttpResponse& response);

/// What no text about the request may hold: the secrets in it, and the token that went with it (may be null).
std::vector<Secret> secretsOf(const PreparedRequest& request, const std::shared_ptr<const AccessToken>& token);

KONTEXT_END_NAMESPACE
