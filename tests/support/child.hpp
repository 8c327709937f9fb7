// A child of the test's process.
#pragma once

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace kontext_test {

/// Runs the function in a child.
template <class Function>
pid_t startChild(const Function& function) {
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("fork");
    if (child > 0) return child;
    alarm(60); // a child that hangs fails
    bool good = false;
    try {
        good = function();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "in the child: %s\n", error.what());
    }
    _exit(good ? 0 : 1);
}

/// How it ended, as waitpid() has it: 0 if the function returned true.
inline int endOf(pid_t child) {
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

} // namespace kontext_test
