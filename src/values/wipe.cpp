#include "values/wipe.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

KONTEXT_BEGIN_NAMESPACE

void wipe(void* bytes, std::size_t count) noexcept {
    if (count == 0) return;
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 25))
    explicit_bzero(bytes, count);
#else
    volatile auto* byte = static_cast<volatile unsigned char*>(bytes);
    while (count-- > 0)
        *byte++ = 0;
#endif
}

void wipe(std::string& text) noexcept {
    // Within the capacity resize neither allocates nor throws; it makes the bytes behind the end ours to write.
    text.resize(text.capacity());
    wipe(text.data(), text.size());
    text.clear();
}

void appendWiping(std::string& text, std::string_view more) {
    if (text.capacity() - text.size() < more.size()) {
        std::string larger;
        larger.reserve(std::max(text.size() + more.size(), 2 * text.capacity()));
        larger.append(text);
        std::swap(text, larger);
        wipe(larger);
    }
    text.append(more);
}

KONTEXT_END_NAMESPACE
