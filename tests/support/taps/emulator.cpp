// The emulator's own secrets: it makes each out of randomText(). For a program that has the emulator within.

#include <cstddef>
#include <string>

#include "support/said.hpp"

#if defined(__clang__)
#    pragma clang diagnostic ignored "-Wreturn-type-c-linkage" // it is no C
#endif

extern "C" {

std::string __real__ZN16kontext_emulator10randomTextB5cxx11Em(std::size_t count);
std::string __wrap__ZN16kontext_emulator10randomTextB5cxx11Em(std::size_t count) {
    std::string text = __real__ZN16kontext_emulator10randomTextB5cxx11Em(count);
    if (count >= 32) kontext_test::note("secret", text); // shorter ones are parts of ids
    return text;
}

} // extern "C"
