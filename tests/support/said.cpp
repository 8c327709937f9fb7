#include "support/said.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <regex>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace kontext_test {
namespace {

int file = -1;

// Before main(): a test that counts descriptors finds it open before and after.
__attribute__((constructor)) void begin() {
    const char* directory = std::getenv("KONTEXT_SAID");
    if (directory == nullptr || *directory == '\0') return;
    mkdir(directory, 0700);
    char path[4096];
    const int size = std::snprintf(path, sizeof path, "%s/%ld", directory, static_cast<long>(getpid()));
    if (size > 0 && static_cast<std::size_t>(size) < sizeof path)
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        std::perror("KONTEXT_SAID");
        _exit(70);
    }
    char words[4096];
    const int self = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    const ssize_t length = read(self, words, sizeof words);
    close(self);
    std::replace(words, words + std::max<ssize_t>(length, 0), '\0', ' ');
    note("program", {words, static_cast<std::size_t>(std::max<ssize_t>(length, 0))});
    // So that clients without a logger of their own log too.
    setenv("KONTEXT_LOG", "debug", 0);
}

} // namespace

bool isNoted() noexcept { return file >= 0; }

void note(std::string_view kind, std::string_view text) noexcept {
    if (file < 0) return;
    char head[64];
    const int size =
        std::snprintf(head, sizeof head, "%.*s %zu\n", static_cast<int>(kind.size()), kind.data(), text.size());
    char end = '\n';
    const iovec parts[] = {
        {head, static_cast<std::size_t>(size)}, {const_cast<char*>(text.data()), text.size()}, {&end, 1}};
    // One call, which appends all of it at once: threads and forked children write to the same file.
    // A test may allow its child no large files.
    if (writev(file, parts, 3) < 0 && errno != EFBIG) _exit(70);
}

std::vector<std::string> loudSettings() {
    if (!isNoted()) return {};
    return {"KONTEXT_LOG=debug"};
}

void noteOutput(const std::vector<std::string>& command, std::string& output) {
    if (!isNoted()) return;
    if (std::find(command.begin(), command.end(), "--show-secrets") == command.end()) {
        static const std::regex given("export KONTEXT_[A-Z_]+='[^'\n]*'\n");
        note("output", std::regex_replace(output, given, ""));
    }
    // A line of makeStderrLogger(), wherever it came between the program's own words.
    static const std::regex line(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z kontext (debug|info|warning|error): [^\n]*\n)");
    output = std::regex_replace(output, line, "");
}

} // namespace kontext_test
