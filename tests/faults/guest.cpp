// kontext_guest MODE [COUNT]: a program with a client, as the tests of process_test.cpp need it: what they
// look at happens once in a process, or ends it. The server comes by the environment, and may close each connection
// after a response, so that every call opens a new one.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kontext/management.hpp>

namespace {

using Client = kontext::KontextManagementClient;

Client newClient() { return Client(kontext::ClientConfig::fromEnvironment()); }

const Client* client = nullptr; // never destroyed

void call() { client->applications.get("42"); }

/// A call in a handler that runs after those which the client's first call has registered.
int callAtExit() {
    std::atexit([] {
        try {
            call();
            std::puts("a call at exit works");
        } catch (const kontext::KontextError& error) {
            std::printf("a call at exit throws: %s\n", error.what());
        }
    });
    client = new Client(newClient());
    call();
    return 0;
}

/// Threads that are within calls while main() returns.
int callsWhileMainReturns() {
    client = new Client(newClient());
    constexpr int count = 4;
    static std::latch called(count);
    for (int i = 0; i < count; ++i)
        std::thread([] {
            call();
            called.count_down();
            for (;;) {
                try {
                    call();
                } catch (const kontext::KontextError&) {
                    // as the process ends, a call may throw
                }
            }
        }).detach();
    called.wait();
    return 0;
}

/// Forks so often, a few children at a time, and says how many did not come to a good end.
template <class Function>
int forkAndRun(int count, const Function& inChild) {
    constexpr int most = 8;
    int running = 0;
    int bad = 0;
    const auto awaitOne = [&] {
        int status = 0;
        while (wait(&status) < 0 && errno == EINTR) {
        }
        --running;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) ++bad;
    };
    for (int i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child < 0) return 3;
        if (child == 0) {
            alarm(60); // one that hangs is killed, after exec too
            try {
                inChild();
            } catch (const std::exception& error) {
                std::fprintf(stderr, "in a child: %s\n", error.what());
                _exit(1);
            }
            _exit(0);
        }
        if (++running == most) awaitOne();
    }
    while (running > 0)
        awaitOne();
    std::printf("%d of %d children failed\n", bad, count);
    return bad == 0 ? 0 : 1;
}

void callOnThreads(int count) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back(&call);
    for (std::thread& thread : threads)
        thread.join();
}

/// As daemons do. Something is said to descriptor 2, whatever that is; none of the three may be a connection's, nor
/// what else a client keeps open.
int callsWithoutStandardDescriptors(int rounds) {
    for (const int descriptor : {0, 1, 2})
        close(descriptor);
    for (int i = 0; i < rounds; ++i) {
        const Client guest = newClient();
        client = &guest;
        callOnThreads(4);
        static_cast<void>(!write(2, "a line\n", 7));
        for (const int descriptor : {0, 1, 2})
            if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) return 10 + descriptor;
        call();
    }
    return 0;
}

/// Threads have called, but no call is under way while the process forks; each child makes one.
int forksBetweenCalls(int count) {
    client = new Client(newClient());
    callOnThreads(4);
    return forkAndRun(count, &call);
}

/// Threads open connections while the process forks.
template <class Function>
int forksWithinCalls(int count, const Function& inChild) {
    client = new Client(newClient());
    std::atomic<bool> done{false};
    std::latch called(4);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            call();
            called.count_down();
            while (!done)
                call();
        });
    called.wait();
    const int result = forkAndRun(count, inChild);
    done = true;
    for (std::thread& thread : threads)
        thread.join();
    return result;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    const int count = argc > 2 ? std::atoi(argv[2]) : 0;
    if (mode == "call-at-exit") return callAtExit();
    if (mode == "calls-while-main-returns") return callsWhileMainReturns();
    if (mode == "calls-without-standard-descriptors") return callsWithoutStandardDescriptors(count);
    if (mode == "forks-between-calls") return forksBetweenCalls(count);
    if (mode == "forks-within-calls-and-executes")
        return forksWithinCalls(count, [] {
            execl("/bin/true", "true", nullptr);
            _exit(1);
        });
    // Which is not allowed: no test does it, but it shows why not.
    if (mode == "forks-within-calls-and-calls") return forksWithinCalls(count, &call);
    std::fprintf(stderr, "kontext_guest: no such mode\n");
    return 2;
}
