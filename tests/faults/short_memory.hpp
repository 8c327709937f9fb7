// Memory that runs out where a test wants it to. `operator new` of the fault tests (wiping_test.cpp) asks.
#pragma once

#include <cstddef>

namespace kontext_test {

/// While it lives, this thread gets no block of such a size from `operator new`.
class ShortMemory {
public:
    ShortMemory(std::size_t least, std::size_t most) : least_(least), most_(most) { current = this; }
    ShortMemory(const ShortMemory&) = delete;
    ShortMemory& operator=(const ShortMemory&) = delete;
    ~ShortMemory() { current = nullptr; }

    static bool refuses(std::size_t size) noexcept {
        if (current == nullptr || size < current->least_ || size > current->most_) return false;
        ++current->refusals_;
        return true;
    }
    int refusals() const noexcept { return refusals_; }

private:
    static inline thread_local ShortMemory* current = nullptr;

    std::size_t least_;
    std::size_t most_;
    int refusals_ = 0;
};

} // namespace kontext_test
