#include "support/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/said.hpp"

namespace kontext_test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

} // namespace

Process::Process(std::vector<std::string> arguments, const Environment& environment) : command_(arguments) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<std::string> settings = loudSettings();
    for (const auto& [name, value] : environment)
        settings.push_back(name + '=' + value);
    if (const char* path = std::getenv("PATH")) settings.push_back(std::string("PATH=") + path);
    std::vector<char*> argv = pointers(arguments);
    std::vector<char*> envp = pointers(settings);
    const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    pipe_ = ends[0];
    if (error != 0) throw std::system_error(error, std::generic_category(), arguments.front());
}

Process::~Process() {
    if (pid_ > 0 && status_ < 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    if (pipe_ >= 0) close(pipe_);
}

bool Process::readMore() {
    char buffer[4096];
    for (;;) {
        const ssize_t count = read(pipe_, buffer, sizeof buffer);
        if (count > 0) output_.append(buffer, static_cast<std::size_t>(count));
        if (count >= 0 || errno != EINTR) return count > 0;
    }
}

bool Process::waitFor(const std::string& text) {
    while (output_.find(text) == std::string::npos)
        if (!readMore()) return false;
    return true;
}

void Process::signal(int number) const { kill(pid_, number); }

int Process::wait() {
    while (readMore()) {
    }
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    noteOutput(command_, output_);
    return status_;
}

} // namespace kontext_test
