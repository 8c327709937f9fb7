// Every error that the library throws, and what a program can do about it.
//
// It makes calls that must fail and change nothing, against the server of the environment. `explain` is the ladder to
// take from here: most programs need two or three of its rungs, and `KontextError` as the last.

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include <kontext/management.hpp>

namespace {

using namespace std::chrono_literals;
using Client = kontext::KontextManagementClient;

void say(const std::exception& error, const std::string& advice) {
    std::printf("  %s\n  -> %s\n", error.what(), advice.c_str());
}

/// Makes the call, and says what its error means. The more special classes come first.
template <class Call>
void explain(const char* title, const Call& call) {
    std::printf("%s\n", title);
    try {
        call();
        std::printf("  no error: the server was quicker, or more lenient, than we thought\n");
    } catch (const kontext::BadRequestError& error) {
        std::string advice = "BadRequestError: correct the request:";
        for (const auto& [field, message] : error.validationErrors())
            advice.append(" ").append(field).append(" ").append(message);
        say(error, advice);
    } catch (const kontext::UnauthorizedError& error) {
        say(error, "UnauthorizedError: a new token was refused as well; check the audience and the account");
    } catch (const kontext::ForbiddenError& error) {
        std::string advice = "ForbiddenError: the account may not do this; missing scopes:";
        for (const std::string& scope : error.missingScopes())
            advice.append(" ").append(scope);
        say(error, advice);
    } catch (const kontext::NotFoundError& error) {
        say(error, "NotFoundError: check the id, or take it for gone");
    } catch (const kontext::ConflictError& error) {
        say(error, "ConflictError: the name is taken; use what is there, or another name");
    } catch (const kontext::PreconditionFailedError& error) {
        say(error, "PreconditionFailedError: somebody changed it meanwhile; read it again, and decide anew");
    } catch (const kontext::UnprocessableEntityError& error) {
        say(error, "UnprocessableEntityError: well formed, but refused; see validationErrors()");
    } catch (const kontext::RateLimitError& error) {
        const auto wait = error.retryAfter().value_or(60s);
        say(error, "RateLimitError: it was waited for already; go on in " + std::to_string(wait.count()) + " s");
    } catch (const kontext::ServerError& error) {
        say(error,
            "ServerError: it was repeated if that was safe; report request id " + error.requestId().value_or("?"));
    } catch (const kontext::HttpError& error) {
        say(error, "HttpError: status " + std::to_string(error.statusCode()) + "; is that the right base URL?");
    } catch (const kontext::OAuthError& error) {
        say(error, "OAuthError " + error.errorCode() + ": no token; check client id, secret, scopes and audience");
    } catch (const kontext::TimeoutError& error) {
        say(error, "TimeoutError: allow more time, or come back later");
    } catch (const kontext::NetworkError& error) {
        const bool unknown = error.requestMayHaveBeenProcessed();
        say(error,
            std::string("NetworkError at ") + kontext::toString(error.kind())
                + (unknown ? ": look whether it was done before you repeat it" : ": nothing was done; repeat it"));
    } catch (const kontext::DecodeError& error) {
        say(error, "DecodeError at '" + error.pointer() + "': it was done, but the answer cannot be read");
    } catch (const kontext::CancelledError& error) {
        say(error, "CancelledError: we wanted it so");
    } catch (const kontext::ConfigError& error) {
        say(error, "ConfigError: correct " + error.field());
    } catch (const kontext::KontextError& error) {
        say(error, "KontextError: a class of a later version; see " + error.docsUrl());
    }
}

int run() {
    const kontext::ClientConfig config = kontext::ClientConfig::fromEnvironment();
    const Client client(config);

    explain("An id that nobody has", [&] { client.applications.get("00000000-0000-4000-8000-000000000000"); });
    explain("A limit out of range", [&] { client.applications.list({.limit = 0}); });
    explain("A wrong secret", [&] {
        kontext::ClientConfig wrong = config;
        wrong.credentials.clientSecret = "not the secret";
        Client(wrong).applications.list();
    });
    explain("A port where nobody listens", [&] {
        // With credentials of no worth: if somebody listens there after all, the real ones do not get there.
        Client wrong({.baseUrl = "http://127.0.0.1:1", .credentials = {.clientId = "sa_x", .clientSecret = "none"}});
        wrong.applications.list({}, {.maxRetries = 0});
    });
    explain("A millisecond for it all", [&] {
        Client hurried(config); // which has to fetch a token first
        hurried.traces.stats({}, {.timeout = 1ms, .maxRetries = 0});
    });
    explain("A call that is cancelled", [&] {
        kontext::CancellationSource stop;
        stop.cancel(); // usually from another thread, while the call waits: it ends at once
        client.applications.list({}, {.cancel = stop.token()});
    });
    explain("An id that would make it another request", [&] { client.applications.archive(""); });
    explain("A configuration that cannot be meant", [&] {
        kontext::ClientConfig wrong = config;
        wrong.baseUrl = "api.kontext.security";
        Client{wrong};
    });
    return 0;
}

} // namespace

int main(int argc, char**) {
    if (argc > 1) {
        std::fprintf(stderr, "usage: handle_every_error\n");
        return 2;
    }
    try {
        return run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
