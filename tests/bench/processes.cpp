// processes ROUNDS -- COMMAND... -- COMMAND...: runs the commands in turn, so often, and prints a line for each: the
// median of its CPU time (its children's included) and of the time it took, in milliseconds. Each must succeed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "program.hpp"

extern char** environ;

namespace {

struct Command {
    std::vector<char*> words{};
    std::vector<double> cpu{};
    std::vector<double> wall{};
};

double milliseconds(const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
}

void run(Command& command) {
    const auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    int status = 0;
    rusage usage{};
    if (posix_spawnp(&child, command.words.front(), nullptr, nullptr, command.words.data(), environ) != 0
        || wait4(child, &status, 0, &usage) != child || status != 0)
        throw std::runtime_error(std::string("it failed: ") + command.words.front());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    command.wall.push_back(took.count());
    command.cpu.push_back(milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime));
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int count, char** values) {
    return bench::guarded("processes", [&] {
        std::vector<Command> commands;
        for (int i = 2; i < count; ++i) {
            if (std::strcmp(values[i], "--") == 0)
                commands.emplace_back();
            else if (!commands.empty())
                commands.back().words.push_back(values[i]);
        }
        if (commands.empty()) throw std::runtime_error("usage: processes ROUNDS -- COMMAND... [-- COMMAND...]");
        for (Command& command : commands)
            command.words.push_back(nullptr);
        for (unsigned long round = std::stoul(values[1]); round > 0; --round)
            for (Command& command : commands)
                run(command);
        for (const Command& command : commands)
            std::printf("cpu_ms=%.3f wall_ms=%.3f\n", median(command.cpu), median(command.wall));
    });
}
