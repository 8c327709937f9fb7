#include "platform/file.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/child.hpp"
#include "support/temp_dir.hpp"

namespace kontext::file_test {
namespace {

using kontext_test::endOf;
using kontext_test::startChild;
using platform::File;

/// A daemon without standard input, output and error.
void closeStandardStreams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        close(stream);
}

bool areStandardStreamsClosed() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) != -1) return false;
    return true;
}

// A line that the program prints would be the first one of the file.
TEST(File, TakesThePlaceOfNoClosedStandardStream) {
    const kontext_test::TempDir directory;
    EXPECT_EQ(endOf(startChild([&] {
                  closeStandardStreams();
                  std::error_code error;
                  const File created = File::create(directory.path("new"), error);
                  const bool first = created.isOpen() && areStandardStreamsClosed();
                  const File lock = File::openLock(directory.path("lock"), error);
                  const bool second = lock.isOpen() && areStandardStreamsClosed();
                  const File opened = File::open(directory.path("new"), error);
                  return first && second && opened.isOpen() && areStandardStreamsClosed();
              })),
              0);
}

TEST(File, IsClosedOnExecWhereverItIs) {
    const kontext_test::TempDir directory;
    EXPECT_EQ(endOf(startChild([&] {
                  closeStandardStreams();
                  std::error_code error;
                  const File created = File::create(directory.path("new"), error);
                  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
                      if (std::filesystem::read_symlink(entry, error) == directory.path("new"))
                          return (fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0;
                  return false;
              })),
              0);
}

TEST(File, CannotBeOpenedIfThereIsNoOtherDescriptor) {
    const kontext_test::TempDir directory;
    EXPECT_EQ(endOf(startChild([&] {
                  constexpr int count = 64;
                  const int any = open("/", O_RDONLY | O_CLOEXEC);
                  for (int descriptor = 3; descriptor < count; ++descriptor)
                      if (descriptor != any) dup2(any, descriptor);
                  closeStandardStreams();
                  const rlimit few{count, count};
                  std::error_code error;
                  if (setrlimit(RLIMIT_NOFILE, &few) != 0) return false;
                  const File file = File::openLock(directory.path("lock"), error);
                  return !file.isOpen() && error == std::errc::too_many_files_open && areStandardStreamsClosed();
              })),
              0);
}

} // namespace
} // namespace kontext::file_test
