#include "values/per_process.hpp"

#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kontext::per_process_test {
namespace {

/// Counts how often it was made anew from a parent's.
struct State {
    State() = default;
    explicit State(State& parent) : generation(parent.generation + 1) {}
    int generation = 0;
};

/// What the child of a fork returns as its status.
template <class Body>
int inChild(Body body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PerProcess, IsTheSameWithinAProcess) {
    PerProcess<State> state(std::make_unique<State>());
    State& first = state.get();
    EXPECT_EQ(&state.get(), &first);
    EXPECT_EQ(first.generation, 0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&state, &first] { EXPECT_EQ(&state.get(), &first); });
    for (std::thread& thread : threads)
        thread.join();
}

TEST(PerProcess, IsMadeAnewInAChild) {
    PerProcess<State> state(std::make_unique<State>());
    State& parents = state.get();
    EXPECT_EQ(inChild([&state, &parents] {
                  State& mine = state.get();
                  return &mine != &parents && mine.generation == 1 && &state.get() == &mine ? 0 : 1;
              }),
              0);
    EXPECT_EQ(&state.get(), &parents);
    EXPECT_EQ(parents.generation, 0);
}

TEST(PerProcess, IsMadeAnewInAGrandchildToo) {
    PerProcess<State> state(std::make_unique<State>());
    EXPECT_EQ(inChild([&state] {
                  state.get();
                  return inChild([&state] { return state.get().generation; });
              }),
              2);
}

} // namespace
} // namespace kontext::per_process_test
