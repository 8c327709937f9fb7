// Taps on the library, for a test program that is linked with the --wrap options of tests/CMakeLists.txt: every error
// that is thrown, every line that is logged, and the bytes of every Secret that is made go to note(). No test has to
// think of it.

#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>

#include <dlfcn.h>

#include <kontext/errors.hpp>
#include <kontext/logger.hpp>
#include <kontext/secret.hpp>

#include "call/call_context.hpp"
#include "support/said.hpp"

namespace {

using kontext_test::note;

void noteSecret(std::string_view secret) {
    // What is shorter is not hidden by the library either.
    if (secret.size() >= 6) note("secret", secret);
}

/// All that an error can be asked for.
void noteError(const kontext::KontextError& error) {
    const auto say = [](std::string_view text) {
        if (!text.empty()) note("error", text);
    };
    // What a Transport tells the client: it is redacted, and gets its method, before a user sees it.
    if (dynamic_cast<const kontext::NetworkError*>(&error) != nullptr && error.method().empty()) return;
    say(error.what());
    say(error.message());
    say(error.code());
    say(error.docsUrl());
    say(error.requestId().value_or(""));
    say(error.meta().text());
    say(error.path());
    say(error.retryStopReason());
    if (const auto* http = dynamic_cast<const kontext::HttpError*>(&error)) {
        say(http->body());
        for (const auto& [name, value] : http->headers()) {
            say(name);
            say(value);
        }
        for (const kontext::ValidationError& fault : http->validationErrors()) {
            say(fault.field);
            say(fault.message);
        }
    }
    if (const auto* forbidden = dynamic_cast<const kontext::ForbiddenError*>(&error))
        for (const std::string& scope : forbidden->missingScopes())
            say(scope);
    if (const auto* oauth = dynamic_cast<const kontext::OAuthError*>(&error)) {
        say(oauth->errorCode());
        say(oauth->errorDescription());
    }
    if (const auto* decode = dynamic_cast<const kontext::DecodeError*>(&error)) say(decode->pointer());
    if (const auto* config = dynamic_cast<const kontext::ConfigError*>(&error)) say(config->field());
}

} // namespace

extern "C" {

// In place of the C++ library's, which does the throwing. With the types that g++ has for it.
[[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
    using Throw = void (*)(void*, void*, void (*)(void*));
    static const auto next = reinterpret_cast<Throw>(dlsym(RTLD_NEXT, "__cxa_throw"));
    void* error = object;
    if (kontext_test::isNoted()
        && typeid(kontext::KontextError).__do_catch(static_cast<std::type_info*>(type), &error, 1))
        noteError(*static_cast<const kontext::KontextError*>(error));
    next(object, type, destroy);
    std::abort();
}

// By the names of the compiler: a constructor has no other. One that is misspelt taps nothing, and secrets.control
// fails.
#define KONTEXT_TAP_SECRET(name, Text, view)                                                                           \
    void __real_##name(kontext::Secret* self, Text text);                                                              \
    void __wrap_##name(kontext::Secret* self, Text text) {                                                             \
        noteSecret(view);                                                                                              \
        __real_##name(self, text);                                                                                     \
    }

KONTEXT_TAP_SECRET(_ZN7kontext4v0_16SecretC1ESt17basic_string_viewIcSt11char_traitsIcEE, std::string_view, text)
KONTEXT_TAP_SECRET(_ZN7kontext4v0_16SecretC1EPKc, const char*, text != nullptr ? text : "")
KONTEXT_TAP_SECRET(_ZN7kontext4v0_16SecretC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE, const std::string*,
                   *text)
KONTEXT_TAP_SECRET(_ZN7kontext4v0_16SecretC1EONSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE, std::string*, *text)

void __real__ZNK7kontext4v0_111CallContext3logENS0_8LogLevelESt17basic_string_viewIcSt11char_traitsIcEE(
    const kontext::CallContext* self, kontext::LogLevel level, std::string_view message);
void __wrap__ZNK7kontext4v0_111CallContext3logENS0_8LogLevelESt17basic_string_viewIcSt11char_traitsIcEE(
    const kontext::CallContext* self, kontext::LogLevel level, std::string_view message) {
    note("log", message);
    __real__ZNK7kontext4v0_111CallContext3logENS0_8LogLevelESt17basic_string_viewIcSt11char_traitsIcEE(self, level,
                                                                                                       message);
}

} // extern "C"
