// What the measured programs have in common. They print `name=value` words, which run.sh reads.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace bench {

inline constexpr const char* applicationPath = "/applications/550e8400-e29b-41d4-a716-446655440000";
inline constexpr const char* pagePath = "/applications";
/// Takes a POST.
inline constexpr const char* postPath = "/created";
/// A response that takes the server a second or more.
inline constexpr const char* slowPath = "/slow";

/// PROGRAM MODE BASE_URL CALLS [THREADS]
struct Arguments {
    Arguments(int count, char** values);
    std::string mode;
    std::string baseUrl;
    std::size_t calls;
    std::size_t threads = 1;
};

/// An environment variable's value, or "".
std::string environment(const char* name);

/// The CPU time of this process so far, in microseconds.
double cpu();
/// A line of /proc/self/status, such as VmHWM, in KiB.
long statusKiB(const char* name);
/// How many descriptors are open.
std::size_t descriptors();

/// Runs `call` so often, in each of so many threads, and prints the CPU time of one call and the peak of memory. With
/// more than a few calls, a tenth as many go before, unmeasured.
void measure(const Arguments& arguments, const std::function<std::function<void()>()>& makeCall);

/// `run`, with what it throws on standard error.
int guarded(const char* program, const std::function<void()>& run);

} // namespace bench
