#include "program.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <dirent.h>
#include <sys/resource.h>

namespace bench {

Arguments::Arguments(int count, char** values) {
    if (count < 4 || count > 5) throw std::runtime_error("usage: PROGRAM MODE BASE_URL CALLS [THREADS]");
    mode = values[1];
    baseUrl = values[2];
    calls = std::stoul(values[3]);
    if (count == 5) threads = std::stoul(values[4]);
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : std::string();
}

double cpu() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& time) {
        return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
    };
    return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

long statusKiB(const char* name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, std::strlen(name), name) == 0) return std::stol(line.substr(std::strlen(name) + 1));
    throw std::runtime_error(std::string("no ") + name + " in /proc/self/status");
}

std::size_t descriptors() {
    DIR* directory = opendir("/proc/self/fd");
    if (directory == nullptr) throw std::runtime_error("no /proc/self/fd");
    std::size_t count = 0;
    while (readdir(directory) != nullptr)
        ++count;
    closedir(directory);
    return count - 3; // ".", ".." and the directory itself
}

namespace {

void repeat(const std::function<void()>& call, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i)
        call();
}

} // namespace

void measure(const Arguments& arguments, const std::function<std::function<void()>()>& makeCall) {
    std::vector<std::function<void()>> calls;
    for (std::size_t i = 0; i < arguments.threads; ++i)
        calls.push_back(makeCall());
    if (arguments.calls >= 1000)
        for (const auto& call : calls)
            repeat(call, arguments.calls / 10);

    const double before = cpu();
    if (arguments.threads == 1) {
        repeat(calls.front(), arguments.calls);
    } else {
        std::vector<std::thread> threads;
        std::atomic<bool> failed{false};
        for (const auto& call : calls)
            threads.emplace_back(
                [&] { failed = guarded("a thread", [&] { repeat(call, arguments.calls); }) != 0 || failed; });
        for (auto& thread : threads)
            thread.join();
        if (failed) throw std::runtime_error("a call failed");
    }
    const double spent = cpu() - before;
    std::printf("cpu_us=%.3f peak_kib=%ld\n", spent / static_cast<double>(arguments.calls * arguments.threads),
                statusKiB("VmHWM:"));
}

int guarded(const char* program, const std::function<void()>& run) {
    try {
        run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", program, error.what());
        return 1;
    }
}

} // namespace bench
