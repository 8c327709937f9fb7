// Other programs, started and stopped by a test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace kontext_test {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// A child process whose standard output and error go into one text. Killed when it goes out of scope.
class Process {
public:
    /// `environment` is all that it gets, PATH aside.
    Process(std::vector<std::string> arguments, const Environment& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// What it has printed so far; waits until that contains the text, or until it closes its output. False: it never
    /// said so.
    bool waitFor(const std::string& text);
    void signal(int number) const;
    /// Waits for its end; its exit status, or 128 + the signal that killed it.
    int wait();
    const std::string& output() const noexcept { return output_; }

private:
    bool readMore();

    std::vector<std::string> command_;
    pid_t pid_ = -1;
    int pipe_ = -1;
    int status_ = -1;
    std::string output_{};
};

} // namespace kontext_test
