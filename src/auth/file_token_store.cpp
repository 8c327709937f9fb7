#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <kontext/errors.hpp>
#include <kontext/token_store.hpp>

#include "auth/bounded_store.hpp"
#include "auth/store_file.hpp"
#include "errors/absolute_path.hpp"
#include "platform/file.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

using platform::File;

constexpr std::size_t largestFile = 1u << 20;

/// Using the file would be unsafe.
[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw ConfigError("tokenStore", "the token store " + path + ' ' + why);
}

/// The file cannot be used, which is no mistake of the configuration: the disk is full, or gone, or read-only.
[[noreturn]] void giveUp(const std::string& path, const std::string& what, const std::error_code& error) {
    throw std::runtime_error(path + ' ' + what + ": " + error.message());
}

/// Whoever can write the file can give us a token of his choice; whoever can read it has ours.
void checkOurs(const std::string& path, File::Owner owner, const std::error_code& error) {
    if (error) giveUp(path, "cannot be examined", error);
    if (owner == File::Owner::symbolicLink) refuse(path, "is a symbolic link");
    if (owner == File::Owner::notRegular) refuse(path, "is not a regular file");
    if (owner == File::Owner::otherUser) refuse(path, "belongs to another user");
    if (owner == File::Owner::shared) refuse(path, "can be read or written by others: its mode must be 0600");
}

void checkOurs(const std::string& path) {
    std::error_code error;
    const File::Owner owner = File::owner(path, error);
    checkOurs(path, owner, error);
}

/// Looks before and after: the error of opening does not say why a file is unsafe, and the file may be replaced between
/// the two.
File openOurs(const std::string& path, File (*open)(const std::string&, std::error_code&), std::error_code& error) {
    checkOurs(path);
    File file = open(path, error);
    if (error) return file;
    std::error_code unknown;
    const File::Owner owner = file.owner(unknown);
    checkOurs(path, owner, unknown);
    return file;
}

File openLockFile(const std::string& path) {
    std::error_code error;
    File file = openOurs(path, &File::openLock, error);
    if (error) giveUp(path, "cannot be opened", error);
    return file;
}

/// Held by one process, or one thread, at a time. The lock file stays: removing it would let two in. Who holds it for
/// long was stopped in the middle, and a cache is not worth waiting for, let alone longer than the call: then it throws
/// a std::runtime_error.
class Lock {
public:
    Lock(const std::string& path, const CallDeadline& call) : file_(openLockFile(path)) {
        const CallDeadline wait = call.step(longest);
        std::error_code error;
        while (!file_.tryLock(error)) {
            if (error) giveUp(path, "cannot be locked", error);
            if (wait.expired() || wait.cancel().isCancelled())
                throw std::runtime_error(path + " has been locked by another process for too long");
            wait.clock().wait(std::min<std::chrono::nanoseconds>(wait.remaining(), betweenTries), wait.cancel());
        }
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { file_.unlock(); }

private:
    static constexpr std::chrono::milliseconds longest{250};
    static constexpr std::chrono::milliseconds betweenTries{2};

    File file_;
};

class FileTokenStore : public BoundedStore {
public:
    explicit FileTokenStore(std::string path) : path_(std::move(path)) {
        if (path_.empty()) throw ConfigError("tokenStore", "the token store's path must not be empty");
        if (path_.find('\0') != std::string::npos)
            throw ConfigError("tokenStore", "the token store's path must not contain NUL");
        path_ = absolutePath("tokenStore", path_);
    }

    /// Without locking, as the file is replaced as a whole, so that it works on a disk that is read-only. An unsafe
    /// lock file is refused all the same, before a token is fetched that could not be kept.
    std::optional<StoredToken> load(const std::string& key) override {
        checkOurs(path_ + ".lock");
        FiledTokens tokens = read();
        const auto found = tokens.find(key);
        if (found == tokens.end()) return std::nullopt;
        return StoredToken{std::move(found->second.token), system_clock::time_point(seconds(found->second.expiresAt))};
    }

    void save(const std::string& key, const StoredToken& token) override { save(key, token, forever()); }
    void remove(const std::string& key) override { remove(key, forever()); }

    void save(const std::string& key, const StoredToken& token, const CallDeadline& call) override {
        const Lock lock(path_ + ".lock", call);
        FiledTokens tokens = read();
        // Rounded down: a token is never thought to live longer than it does.
        tokens[key] = {token.accessToken, std::chrono::floor<seconds>(token.expiresAt.time_since_epoch()).count()};
        write(std::move(tokens));
    }

    void remove(const std::string& key, const CallDeadline& call) override {
        const Lock lock(path_ + ".lock", call);
        FiledTokens tokens = read();
        if (tokens.erase(key) > 0) write(std::move(tokens));
    }

private:
    CallDeadline forever() const { return {*clock_, std::chrono::milliseconds::max(), 0, {}}; }

    FiledTokens read() const {
        std::error_code error;
        const File file = openOurs(path_, &File::open, error);
        if (error == std::errc::no_such_file_or_directory) return {};
        if (error) giveUp(path_, "cannot be read", error);
        const std::size_t size = file.size(error);
        if (error || size > largestFile) return {};
        std::string text = file.read(size, error);
        FiledTokens tokens = readStoreFile(text);
        wipe(text);
        if (error) giveUp(path_, "cannot be read", error);
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
        platform::removeFile(fresh); // of a process that died; nobody else writes it while we hold the lock
        std::error_code error;
        {
            const File file = File::create(fresh, error);
            if (!error) file.write(text, error);
        }
        wipe(text);
        if (!error) platform::replaceFile(fresh, path_, error);
        if (!error) return;
        platform::removeFile(fresh);
        giveUp(path_, "cannot be written", error);
    }

    std::string path_;
    std::shared_ptr<Clock> clock_ = makeSystemClock();
};

} // namespace

std::shared_ptr<TokenStore> makeFileTokenStore(std::string path) {
    return std::make_shared<FileTokenStore>(std::move(path));
}

KONTEXT_END_NAMESPACE
