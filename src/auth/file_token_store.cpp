#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kontext/errors.hpp>
#include <kontext/token_store.hpp>

#include "auth/store_file.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::size_t largestFile = 1u << 20;

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int get() const noexcept { return number_; }
    bool valid() const noexcept { return number_ >= 0; }

private:
    int number_;
};

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw ConfigError("tokenStore", "the token store " + path + ' ' + why);
}

std::string wordsOf(int error) {
    char words[128];
    return strerror_r(error, words, sizeof words); // the GNU one
}

[[noreturn]] void refuseErrno(const std::string& path, const std::string& what, int error) {
    refuse(path, error == ELOOP ? "is a symbolic link" : what + ": " + wordsOf(error));
}

/// Whoever can write the file can give us a token of his choice; whoever can read it has ours.
void checkOurs(int file, const std::string& path) {
    struct stat status {};
    if (fstat(file, &status) != 0) refuseErrno(path, "cannot be examined", errno);
    if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file");
    if (status.st_uid != geteuid()) refuse(path, "belongs to another user");
    if ((status.st_mode & 077) != 0) refuse(path, "can be read or written by others: its mode must be 0600");
}

Descriptor openLockFile(const std::string& path) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) refuseErrno(path, "cannot be opened", errno);
    return Descriptor(file);
}

/// Held by one process, or one thread, at a time. The lock file stays: removing it would let two in. Who holds it for
/// long was stopped in the middle, and a cache is not worth waiting for: then it throws a std::runtime_error.
class Lock {
public:
    explicit Lock(const std::string& path) : file_(openLockFile(path)) {
        checkOurs(file_.get(), path);
        const auto end = std::chrono::steady_clock::now() + longest;
        while (flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EINTR) continue;
            if (errno != EWOULDBLOCK) refuseErrno(path, "cannot be locked", errno);
            if (std::chrono::steady_clock::now() >= end)
                throw std::runtime_error(path + " has been locked by another process for too long");
            poll(nullptr, 0, 2);
        }
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    /// Closing is not enough: a child that was forked meanwhile has the descriptor, and with it the lock, too.
    ~Lock() { flock(file_.get(), LOCK_UN); }

private:
    static constexpr std::chrono::milliseconds longest{250};

    Descriptor file_;
};

class FileTokenStore : public TokenStore {
public:
    explicit FileTokenStore(std::string path) : path_(std::move(path)) {
        if (path_.empty()) throw ConfigError("tokenStore", "the token store's path must not be empty");
        if (path_.find('\0') != std::string::npos)
            throw ConfigError("tokenStore", "the token store's path must not hold NUL");
    }

    /// Without locking: the file is replaced as a whole. A lock file that cannot be used is refused all the same,
    /// before a token is fetched that could not be kept.
    std::optional<StoredToken> load(const std::string& key) override {
        checkOurs(openLockFile(path_ + ".lock").get(), path_ + ".lock");
        FiledTokens tokens = read();
        const auto found = tokens.find(key);
        if (found == tokens.end()) return std::nullopt;
        return StoredToken{std::move(found->second.token), system_clock::time_point(seconds(found->second.expiresAt))};
    }

    void save(const std::string& key, const StoredToken& token) override {
        const Lock lock(path_ + ".lock");
        FiledTokens tokens = read();
        // Rounded down: a token is never thought to live longer than it does.
        tokens[key] = {token.accessToken, std::chrono::floor<seconds>(token.expiresAt.time_since_epoch()).count()};
        write(std::move(tokens));
    }

    void remove(const std::string& key) override {
        const Lock lock(path_ + ".lock");
        FiledTokens tokens = read();
        if (tokens.erase(key) > 0) write(std::move(tokens));
    }

private:
    FiledTokens read() const {
        const Descriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!file.valid()) {
            if (errno == ENOENT) return {};
            refuseErrno(path_, "cannot be read", errno);
        }
        checkOurs(file.get(), path_);
        struct stat status {};
        if (fstat(file.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) > largestFile) return {};
        std::string text(static_cast<std::size_t>(status.st_size), '\0');
        std::size_t size = 0;
        while (size < text.size()) {
            const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            size += static_cast<std::size_t>(count);
        }
        FiledTokens tokens = readStoreFile(std::string_view(text).substr(0, size));
        wipe(text);
        // A time that no clock of ours can hold must not be computed with.
        constexpr std::int64_t last = 9'000'000'000;
        for (auto entry = tokens.begin(); entry != tokens.end();)
            entry =
                entry->second.expiresAt < 0 || entry->second.expiresAt > last ? tokens.erase(entry) : std::next(entry);
        return tokens;
    }

    /// A new file in place of the old one: a reader sees one of the two whole. What a crash of the machine leaves may
    /// be empty, and is then written anew: a cache is not worth a wait for the disk.
    void write(FiledTokens tokens) const {
        const std::int64_t now = std::chrono::floor<seconds>(system_clock::now().time_since_epoch()).count();
        for (auto entry = tokens.begin(); entry != tokens.end();)
            entry = entry->second.expiresAt <= now ? tokens.erase(entry) : std::next(entry);
        std::string text = writeStoreFile(tokens);
        const std::string fresh = path_ + ".new";
        unlink(fresh.c_str()); // of a process that died; nobody else writes it while we hold the lock
        int error = 0;
        {
            const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
            error = file.valid() ? 0 : errno;
            for (std::size_t written = 0; error == 0 && written < text.size();) {
                const ssize_t count = ::write(file.get(), text.data() + written, text.size() - written);
                if (count >= 0)
                    written += static_cast<std::size_t>(count);
                else if (errno != EINTR)
                    error = errno;
            }
        }
        wipe(text);
        if (error == 0 && rename(fresh.c_str(), path_.c_str()) != 0) error = errno;
        if (error == 0) return;
        unlink(fresh.c_str());
        // A full disk is no mistake of the configuration: the call goes on without the store.
        throw std::runtime_error(path_ + " cannot be written: " + wordsOf(error));
    }

    std::string path_;
};

} // namespace

std::shared_ptr<TokenStore> makeFileTokenStore(std::string path) {
    return std::make_shared<FileTokenStore>(std::move(path));
}

KONTEXT_END_NAMESPACE
