// What a test leaves behind in its process: descriptors and threads.
#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>

namespace kontext_test {

/// What is open when it dies and was not when it was made fails the test: it stands before all that the test opens.
class Leftovers {
public:
    /// How long it waits for them to go: a thread that was joined is listed a moment longer, and a server's end of a
    /// connection is closed when its thread has seen that the client is gone.
    explicit Leftovers(std::chrono::milliseconds patience = std::chrono::seconds(10)) : patience_(patience) {}
    ~Leftovers() {
        expectNone("descriptor", descriptors_, &descriptors);
        expectNone("thread", threads_, &threads);
    }
    Leftovers(const Leftovers&) = delete;
    Leftovers& operator=(const Leftovers&) = delete;

private:
    using Names = std::set<std::string>;

    /// What each stands for: a socket's or a pipe's name is never that of another one.
    static Names descriptors() {
        Names names;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code gone; // the iterator's own, for one
            const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
            if (!gone && target.rfind("/proc/", 0) != 0) names.insert(target);
        }
        return names;
    }
    static Names threads() {
        // A sanitizer's own thread begins with the first of the process, and stays.
        [[maybe_unused]] static const bool begun = (std::thread([] {}).join(), true);
        Names names;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
            names.insert(entry.path().filename().string());
        return names;
    }
    void expectNone(const char* what, const Names& before, Names (*list)()) const {
        const auto end = std::chrono::steady_clock::now() + patience_;
        Names left;
        do {
            if (!left.empty()) std::this_thread::yield();
            left.clear();
            const Names now = list();
            std::set_difference(now.begin(), now.end(), before.begin(), before.end(), std::inserter(left, left.end()));
        } while (!left.empty() && std::chrono::steady_clock::now() < end);
        for (const std::string& name : left)
            ADD_FAILURE() << "a " << what << " is left over: " << name;
    }

    const std::chrono::milliseconds patience_;
    const Names descriptors_ = descriptors();
    const Names threads_ = threads();
};

} // namespace kontext_test
