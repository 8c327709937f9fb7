// A process that changes its directory, as a daemon does.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace kontext_test {

/// The process is in that directory for the time of the object. Not while other threads use relative paths.
class WorkingDirectory {
public:
    explicit WorkingDirectory(const std::string& path) : before_(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        if (before_ < 0) throw std::system_error(errno, std::generic_category(), ".");
        change(path);
    }
    ~WorkingDirectory() {
        if (fchdir(before_) != 0) std::abort(); // the next test would be somewhere else
        close(before_);
    }
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;

    static void change(const std::string& path) {
        if (chdir(path.c_str()) != 0) throw std::system_error(errno, std::generic_category(), path);
    }

private:
    int before_;
};

} // namespace kontext_test
