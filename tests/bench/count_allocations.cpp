// Preloaded into a program: at its end, `allocations=N` goes to the file that KONTEXT_BENCH_ALLOCATIONS names.
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

// What glibc's own are called, so that ours need not look them up.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

std::atomic<unsigned long> allocations{0};

struct Report {
    ~Report() {
        const char* path = std::getenv("KONTEXT_BENCH_ALLOCATIONS");
        const unsigned long count = allocations;
        std::FILE* file = path != nullptr ? std::fopen(path, "w") : nullptr;
        if (file == nullptr) return;
        std::fprintf(file, "allocations=%lu\n", count);
        std::fclose(file);
    }
};
const Report report; // NOLINT(cert-err58-cpp)

} // namespace

extern "C" {

void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    ++allocations;
    return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}

} // extern "C"
