#include <kontext/version.hpp>

#define KONTEXT_TEXT_OF(number) #number
#define KONTEXT_JOIN(a, b, c) KONTEXT_TEXT_OF(a) "." KONTEXT_TEXT_OF(b) "." KONTEXT_TEXT_OF(c)

KONTEXT_BEGIN_NAMESPACE

const char* version() noexcept {
    return KONTEXT_JOIN(KONTEXT_VERSION_MAJOR, KONTEXT_VERSION_MINOR, KONTEXT_VERSION_PATCH);
}

KONTEXT_END_NAMESPACE
