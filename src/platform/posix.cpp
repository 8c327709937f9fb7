#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <new>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/environment.hpp"
#include "platform/exit.hpp"
#include "platform/file.hpp"
#include "platform/fork.hpp"
#include "platform/socket.hpp"
#include "platform/uptime.hpp"
#include "platform/utc.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace platform {
namespace {

std::error_code lastError() { return {errno, std::generic_category()}; }

std::mutex standardDescriptors;

/// A daemon may have closed 0, 1 and 2, which it goes on writing to: to whatever is opened next. Moves the descriptor
/// out of their way, or closes it; -1 if that fails, and errno says why.
int keepAboveStandard(int descriptor) noexcept {
    if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
    // Not while another thread holds the others: it would leave a gap.
    const std::lock_guard<std::mutex> lock(standardDescriptors);
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int error = errno;
    ::close(descriptor);
    errno = error;
    return moved;
}

int openFile(const std::string& path, int flags, std::error_code& error) {
    const int descriptor = keepAboveStandard(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
    error = descriptor < 0 ? lastError() : std::error_code();
    return descriptor;
}

File::Owner ownerOf(const struct stat& status) {
    if (S_ISLNK(status.st_mode)) return File::Owner::symbolicLink;
    if (!S_ISREG(status.st_mode)) return File::Owner::notRegular;
    if (status.st_uid != geteuid()) return File::Owner::otherUser;
    return (status.st_mode & 077) != 0 ? File::Owner::shared : File::Owner::us;
}

std::atomic<unsigned> forks{0};

} // namespace

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

File File::open(const std::string& path, std::error_code& error) {
    return File(openFile(path, O_RDONLY | O_NONBLOCK, error));
}

File File::openLock(const std::string& path, std::error_code& error) {
    return File(openFile(path, O_RDWR | O_CREAT, error));
}

File File::create(const std::string& path, std::error_code& error) {
    return File(openFile(path, O_WRONLY | O_CREAT | O_EXCL, error));
}

std::size_t File::size(std::error_code& error) const {
    struct stat status {};
    error = fstat(descriptor_, &status) != 0 ? lastError() : std::error_code();
    return error ? 0 : static_cast<std::size_t>(status.st_size);
}

std::string File::read(std::size_t capacity, std::error_code& error) const {
    std::string text(capacity, '\0');
    std::size_t size = 0;
    error.clear();
    while (size < text.size()) {
        const ssize_t count = ::read(descriptor_, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) error = lastError();
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

void File::write(std::string_view text, std::error_code& error) const {
    error.clear();
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor_, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            error = lastError();
            return;
        }
    }
}

bool File::tryLock(std::error_code& error) const {
    error.clear();
    while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) error = lastError();
        return false;
    }
    return true;
}

void File::unlock() const noexcept { flock(descriptor_, LOCK_UN); }

File::Owner File::owner(std::error_code& error) const {
    struct stat status {};
    error = fstat(descriptor_, &status) != 0 ? lastError() : std::error_code();
    return error ? Owner::nobody : ownerOf(status);
}

File::Owner File::owner(const std::string& path, std::error_code& error) {
    struct stat status {};
    error = lstat(path.c_str(), &status) != 0 ? lastError() : std::error_code();
    if (!error) return ownerOf(status);
    if (error == std::errc::no_such_file_or_directory) error.clear();
    return Owner::nobody;
}

std::error_code checkReadable(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return lastError();
    struct stat status {};
    const bool directory = fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
    ::close(descriptor);
    return directory ? std::make_error_code(std::errc::is_a_directory) : std::error_code();
}

void replaceFile(const std::string& from, const std::string& to, std::error_code& error) {
    error = std::rename(from.c_str(), to.c_str()) != 0 ? lastError() : std::error_code();
}

void removeFile(const std::string& path) noexcept { ::unlink(path.c_str()); }

int openSocket(int family, int type, int protocol) {
    return keepAboveStandard(::socket(family, type | SOCK_CLOEXEC, protocol));
}

int closeSocket(int socket) { return ::close(socket); }

std::error_code checkDescriptors() {
    const int spare = openSocket(AF_UNIX, SOCK_STREAM, 0);
    if (spare < 0) return errno == EMFILE || errno == ENFILE ? lastError() : std::error_code();
    ::close(spare);
    return {};
}

StandardDescriptorsHeld::StandardDescriptorsHeld() : lock_(standardDescriptors) {
    for (int i = 0; i < count; ++i) {
        if (fcntl(i, F_GETFD) >= 0 || errno != EBADF) continue;
        held_[i] = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); // takes the lowest; there may be no /dev/null
    }
}

StandardDescriptorsHeld::~StandardDescriptorsHeld() {
    for (const int descriptor : held_)
        if (descriptor >= 0) ::close(descriptor);
}

bool hasPending(int socket, Pending what) {
    pollfd watched{socket, static_cast<short>(what == Pending::end ? POLLRDHUP : POLLIN | POLLRDHUP), 0};
    return poll(&watched, 1, 0) != 0;
}

void keepOpenSslAtExit() noexcept {
    using Init = int (*)(std::uint64_t options, const void* settings);
    constexpr std::uint64_t noAtexit = 0x00080000; // OPENSSL_INIT_NO_ATEXIT, the same since 1.1.1
    if (void* const symbol = dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto"))
        reinterpret_cast<Init>(symbol)(noAtexit, nullptr);
}

unsigned forkCount() {
    static const bool counted = [] {
        if (pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); }) != 0)
            throw std::bad_alloc(); // its only error
        return true;
    }();
    static_cast<void>(counted);
    return forks.load(std::memory_order_relaxed);
}

const char pathListSeparator = ':';

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : std::string();
}

std::chrono::nanoseconds uptime() noexcept {
#ifdef CLOCK_BOOTTIME
    constexpr clockid_t clock = CLOCK_BOOTTIME;
#else
    constexpr clockid_t clock = CLOCK_MONOTONIC; // on macOS it counts suspends
#endif
    timespec now{};
    if (clock_gettime(clock, &now) != 0) clock_gettime(CLOCK_MONOTONIC, &now); // an old kernel, or a sandbox
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::optional<std::tm> utc(std::time_t seconds) {
    std::tm civil{};
    if (gmtime_r(&seconds, &civil) == nullptr) return std::nullopt;
    return civil;
}

} // namespace platform
KONTEXT_END_NAMESPACE
