#include <kontext/token_store.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kontext/errors.hpp>

#include "auth/bounded_store.hpp"
#include "auth/store_file.hpp"
#include "fake_clock.hpp"
#include "support/child.hpp"
#include "support/ordinary_user.hpp"
#include "support/working_directory.hpp"

namespace {

/// What a test makes of a save() that has written its file and has not put it in place yet.
std::atomic<void (*)(const char* file)> whenWritten{nullptr};

} // namespace

// In place of the C library's: the one moment within save() that a test can lay its hand on.
extern "C" int rename(const char* from, const char* to) noexcept {
    if (void (*const then)(const char*) = whenWritten) then(from);
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

namespace kontext::file_token_store_test {
namespace {

using namespace std::chrono_literals;
using kontext_test::endOf;
using kontext_test::OrdinaryUser;
using kontext_test::startChild;
using kontext_test::WorkingDirectory;
using std::chrono::system_clock;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A directory of its own, which goes with the test.
class FileTokenStoreTest : public testing::Test {
protected:
    FileTokenStoreTest() {
        std::string pattern = testing::TempDir() + "/kontext-store-XXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        directory = pattern;
        path = directory + "/tokens.json";
    }
    ~FileTokenStoreTest() override {
        for (const char* name : {"/tokens.json", "/tokens.json.lock", "/tokens.json.new", "/other"})
            unlink((directory + name).c_str());
        rmdir((directory + "/tokens.json").c_str());
        rmdir(directory.c_str());
    }

    std::shared_ptr<TokenStore> store() const { return makeFileTokenStore(path); }
    std::optional<std::string> load(const std::string& key) const {
        const auto stored = store()->load(key);
        if (!stored) return std::nullopt;
        return std::string(stored->accessToken.reveal());
    }
    /// Saves, however long it takes to get the lock.
    void saveForSure(const std::string& key, const std::string& token) const {
        for (;;) {
            try {
                return store()->save(key, {Secret(token), inAnHour});
            } catch (const KontextError&) {
                throw;
            } catch (const std::runtime_error&) { // on a busy machine another one had it for too long
            }
        }
    }
    /// What the ConfigError says; "" if there is none.
    std::string refusal() const {
        try {
            store()->load("key");
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.field(), "tokenStore");
            return error.message();
        }
        return {};
    }
    /// What is said by an exception that is no ConfigError; "" if there is none.
    template <class Function>
    static std::string failureOf(const Function& function) {
        try {
            function();
        } catch (const ConfigError& error) {
            ADD_FAILURE() << error.what();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }
    std::string failureToSave(const std::string& token = "t0ken") const {
        return failureOf([&] { store()->save("key", {Secret(token), inAnHour}); });
    }
    static void write(const std::string& file, const std::string& text, mode_t mode = 0600) {
        std::ofstream(file, std::ios::binary) << text;
        ASSERT_EQ(chmod(file.c_str(), mode), 0);
    }
    static std::string textOf(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static mode_t modeOf(const std::string& file) {
        struct stat status {};
        return stat(file.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
    }

    const system_clock::time_point inAnHour = system_clock::now() + 1h;
    std::string directory{};
    std::string path{};
};

TEST_F(FileTokenStoreTest, IsEmptyAtFirst) {
    EXPECT_EQ(load("key"), std::nullopt);
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(FileTokenStoreTest, KeepsATokenForAnotherProcess) {
    store()->save("key", {Secret("t0ken"), inAnHour});
    const auto stored = store()->load("key");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->accessToken, Secret("t0ken"));
    // Rounded down: never thought to live longer than it does.
    EXPECT_EQ(stored->expiresAt, std::chrono::floor<std::chrono::seconds>(inAnHour));
}

TEST_F(FileTokenStoreTest, KeepsATokenForEachKey) {
    store()->save("one", {Secret("first"), inAnHour});
    store()->save("two", {Secret("second"), inAnHour});
    EXPECT_EQ(load("one"), "first");
    EXPECT_EQ(load("two"), "second");
    EXPECT_EQ(load("three"), std::nullopt);
}

TEST_F(FileTokenStoreTest, TakesAnyKey) {
    for (const std::string& key :
         {std::string(), std::string("https%3A%2F%2Fa|b|c"), std::string("a/../b\"\\\n\xc3\xa9")}) {
        store()->save(key, {Secret("token of " + std::to_string(key.size())), inAnHour});
        EXPECT_EQ(load(key), "token of " + std::to_string(key.size()));
    }
}

TEST_F(FileTokenStoreTest, ReplacesAToken) {
    store()->save("key", {Secret("old"), inAnHour});
    store()->save("key", {Secret("new"), inAnHour});
    EXPECT_EQ(load("key"), "new");
}

TEST_F(FileTokenStoreTest, RemovesATokenAndLeavesTheOthers) {
    store()->save("one", {Secret("first"), inAnHour});
    store()->save("two", {Secret("second"), inAnHour});
    store()->remove("one");
    EXPECT_EQ(load("one"), std::nullopt);
    EXPECT_EQ(load("two"), "second");
    EXPECT_THAT(textOf(path), Not(HasSubstr("first")));
}

TEST_F(FileTokenStoreTest, RemovesNothingWhereThereIsNothing) {
    store()->remove("key");
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(FileTokenStoreTest, DropsExpiredTokensWhenItWrites) {
    store()->save("old", {Secret("expired"), system_clock::now() - 1s});
    store()->save("key", {Secret("t0ken"), inAnHour});
    EXPECT_EQ(load("old"), std::nullopt);
    EXPECT_THAT(textOf(path), Not(HasSubstr("expired")));
}

TEST_F(FileTokenStoreTest, MakesFilesThatNobodyElseCanRead) {
    const mode_t before = umask(0);
    store()->save("key", {Secret("t0ken"), inAnHour});
    umask(before);
    EXPECT_EQ(modeOf(path), 0600U);
    EXPECT_EQ(modeOf(path + ".lock"), 0600U);
}

TEST_F(FileTokenStoreTest, LeavesNoOtherFileThanTheLock) {
    store()->save("key", {Secret("t0ken"), inAnHour});
    EXPECT_NE(access((path + ".new").c_str(), F_OK), 0);
}

TEST_F(FileTokenStoreTest, RefusesAFileThatOthersCanReadOrWrite) {
    for (const mode_t mode : {0604U, 0640U, 0620U, 0602U, 0601U, 0644U, 0666U}) {
        write(path, "{}", mode);
        EXPECT_THAT(refusal(), HasSubstr("can be read or written by others: its mode must be 0600"))
            << std::oct << mode;
        EXPECT_THROW(store()->save("key", {Secret("t0ken"), inAnHour}), ConfigError);
        EXPECT_EQ(textOf(path), "{}");
    }
}

TEST_F(FileTokenStoreTest, TakesAFileThatEvenItsOwnerCannotWrite) {
    store()->save("key", {Secret("t0ken"), inAnHour});
    ASSERT_EQ(chmod(path.c_str(), 0400), 0);
    EXPECT_EQ(load("key"), "t0ken");
}

TEST_F(FileTokenStoreTest, RefusesASymbolicLink) {
    write(directory + "/other", "{}");
    ASSERT_EQ(symlink((directory + "/other").c_str(), path.c_str()), 0);
    EXPECT_THAT(refusal(), HasSubstr("is a symbolic link"));
    EXPECT_THROW(store()->save("key", {Secret("t0ken"), inAnHour}), ConfigError);
    EXPECT_EQ(textOf(directory + "/other"), "{}");
}

TEST_F(FileTokenStoreTest, RefusesASymbolicLinkInPlaceOfTheLock) {
    write(directory + "/other", "x");
    ASSERT_EQ(symlink((directory + "/other").c_str(), (path + ".lock").c_str()), 0);
    EXPECT_THAT(refusal(), HasSubstr("is a symbolic link"));
}

TEST_F(FileTokenStoreTest, RefusesALockThatOthersCanWrite) {
    write(path + ".lock", "", 0666);
    EXPECT_THAT(refusal(), HasSubstr("its mode must be 0600"));
}

TEST_F(FileTokenStoreTest, RefusesALockThatIsNoFile) {
    ASSERT_EQ(mkdir((path + ".lock").c_str(), 0700), 0);
    EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
    ASSERT_EQ(rmdir((path + ".lock").c_str()), 0);
    ASSERT_EQ(mkfifo((path + ".lock").c_str(), 0600), 0);
    EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
    EXPECT_THROW(store()->save("key", {Secret("t0ken"), inAnHour}), ConfigError);
}

TEST_F(FileTokenStoreTest, RefusesAFileOfAnotherUserEvenIfItCannotBeRead) {
    path = "/etc/shadow";
    const OrdinaryUser user({});
    EXPECT_THAT(refusal(), HasSubstr("belongs to another user"));
}

// As somebody may do who can write the directory.
TEST_F(FileTokenStoreTest, ReadsNoUnsafeFileInPlaceOfOneThatWasSafe) {
    const auto opened = store();
    opened->save("key", {Secret("t0ken"), inAnHour});
    ASSERT_EQ(rename(path.c_str(), (directory + "/other").c_str()), 0);
    ASSERT_EQ(symlink((directory + "/other").c_str(), path.c_str()), 0);
    EXPECT_THROW(opened->load("key"), ConfigError);
    EXPECT_THROW(opened->remove("key"), ConfigError);
    EXPECT_THAT(textOf(directory + "/other"), HasSubstr("t0ken"));
}

TEST_F(FileTokenStoreTest, RefusesWhatIsNoFile) {
    ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
    EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
    ASSERT_EQ(rmdir(path.c_str()), 0);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_THAT(refusal(), HasSubstr("is not a regular file"));
}

TEST_F(FileTokenStoreTest, LoadsFromADirectoryThatCannotBeWritten) {
    store()->save("key", {Secret("t0ken"), inAnHour});
    ASSERT_EQ(unlink((path + ".lock").c_str()), 0);
    ASSERT_EQ(chmod(path.c_str(), 0400), 0);
    ASSERT_EQ(chmod(directory.c_str(), 0500), 0);
    {
        const OrdinaryUser user({directory, path});
        EXPECT_EQ(load("key"), "t0ken");
        EXPECT_THAT(failureToSave(), HasSubstr("cannot be opened: Permission denied"));
    }
    chmod(directory.c_str(), 0700);
}

TEST_F(FileTokenStoreTest, MakesNoFileInOrderToLoad) {
    EXPECT_EQ(load("key"), std::nullopt);
    EXPECT_NE(access((path + ".lock").c_str(), F_OK), 0);
}

// What follows is of the disk's making, not of the configuration's: no ConfigError.
TEST_F(FileTokenStoreTest, CannotSaveIntoADirectoryThatDoesNotExist) {
    path = directory + "/missing/tokens.json";
    EXPECT_EQ(load("key"), std::nullopt);
    EXPECT_THAT(failureToSave(), HasSubstr("cannot be opened: No such file or directory"));
}

TEST_F(FileTokenStoreTest, CannotBeUsedBelowAFile) {
    write(directory + "/other", "");
    path = directory + "/other/tokens.json";
    EXPECT_THAT(failureOf([this] { load("key"); }), HasSubstr("Not a directory"));
    EXPECT_THAT(failureToSave(), HasSubstr("Not a directory"));
}

TEST_F(FileTokenStoreTest, CannotBeUsedWithoutDescriptors) {
    EXPECT_EQ(endOf(startChild([this] {
                  store()->save("key", {Secret("t0ken"), inAnHour});
                  const rlimit none{0, 0};
                  if (setrlimit(RLIMIT_NOFILE, &none) != 0) return false;
                  EXPECT_THAT(failureOf([this] { load("key"); }), HasSubstr("cannot be read: Too many open files"));
                  EXPECT_THAT(failureToSave(), HasSubstr("cannot be opened: Too many open files"));
                  return !HasFailure();
              })),
              0);
}

TEST_F(FileTokenStoreTest, IsAsItWasWhenTheDiskIsFullWithinASave) {
    store()->save("key", {Secret("before"), inAnHour});
    const std::string before = textOf(path);
    EXPECT_EQ(endOf(startChild([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit room{1'000, 1'000}; // bytes
                  if (setrlimit(RLIMIT_FSIZE, &room) != 0) return false;
                  EXPECT_THAT(failureToSave(std::string(5'000, 'x')), HasSubstr("cannot be written: File too large"));
                  return !HasFailure();
              })),
              0);
    EXPECT_EQ(textOf(path), before);
    EXPECT_NE(access((path + ".new").c_str(), F_OK), 0);
}

TEST_F(FileTokenStoreTest, StaysWhereItIsWhenTheProcessChangesItsDirectory) {
    const WorkingDirectory here(directory);
    path = "tokens.json";
    const auto opened = store();
    ASSERT_EQ(mkdir("other", 0700), 0);
    WorkingDirectory::change("other");
    opened->save("key", {Secret("t0ken"), inAnHour});
    EXPECT_NE(access("tokens.json", F_OK), 0);
    path = directory + "/tokens.json";
    EXPECT_EQ(load("key"), "t0ken");
    EXPECT_TRUE(opened->load("key"));
    ASSERT_EQ(rmdir((directory + "/other").c_str()), 0);
}

TEST_F(FileTokenStoreTest, RefusesARelativePathInADirectoryThatIsGone) {
    const std::string gone = directory + "/gone";
    ASSERT_EQ(mkdir(gone.c_str(), 0700), 0);
    const WorkingDirectory here(gone);
    ASSERT_EQ(rmdir(gone.c_str()), 0);
    path = "cache/tokens.json";
    EXPECT_THAT(refusal(), HasSubstr("tokenStore (cache/tokens.json) is a relative path"));
    path = directory + "/tokens.json";
    EXPECT_EQ(refusal(), "");
}

TEST_F(FileTokenStoreTest, NamesThePathInARefusal) {
    write(path, "{}", 0644);
    EXPECT_THAT(refusal(), HasSubstr(path));
}

TEST_F(FileTokenStoreTest, RefusesAPathThatIsNone) {
    EXPECT_THROW(makeFileTokenStore(""), ConfigError);
    EXPECT_THROW(makeFileTokenStore(std::string("a\0b", 3)), ConfigError);
}

TEST_F(FileTokenStoreTest, IgnoresAndReplacesContentThatIsNoStore) {
    for (const std::string& text :
         {std::string(), std::string("garbage"), std::string("{}"), std::string("[]"), std::string(R"({"tokens":5})"),
          std::string(R"({"tokens":{"key":{"token":"x"}}})"), std::string(R"({"tokens":{"key":{"expiresAt":1}}})"),
          std::string(R"({"tokens":{"key":{"token":"x","expiresAt":"soon"}}})"), std::string(R"({"tokens":{"key")"),
          std::string("\0\0\0", 3), std::string(2'000'000, ' '), "{\"tokens\":{}}" + std::string(2'000'000, ' ')}) {
        write(path, text);
        EXPECT_EQ(load("key"), std::nullopt) << text.substr(0, 100);
        store()->save("key", {Secret("t0ken"), inAnHour});
        EXPECT_EQ(load("key"), "t0ken") << text.substr(0, 100);
    }
}

TEST_F(FileTokenStoreTest, IgnoresTimesThatNoClockCanHold) {
    for (const char* expiresAt : {"-1", "9000000001", "9223372036854775807", "-9223372036854775808"}) {
        write(path, std::string(R"({"tokens":{"key":{"token":"x","expiresAt":)") + expiresAt + "}}}");
        EXPECT_EQ(load("key"), std::nullopt) << expiresAt;
    }
}

TEST_F(FileTokenStoreTest, ReadsWhatAnOlderOrNewerVersionWrote) {
    write(path, R"({"version":2,"tokens":{"key":{"token":"t0ken","expiresAt":8000000000,"note":"n"}}})");
    EXPECT_EQ(load("key"), "t0ken");
}

TEST_F(FileTokenStoreTest, RemovesTheRestOfAProcessThatDied) {
    write(path + ".new", "half");
    store()->save("key", {Secret("t0ken"), inAnHour});
    EXPECT_EQ(load("key"), "t0ken");
    EXPECT_NE(access((path + ".new").c_str(), F_OK), 0);
}

/// Whoever else has the lock.
class Holder {
public:
    explicit Holder(const std::string& path)
        : file_(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (file_ < 0 || flock(file_, LOCK_EX) != 0) throw std::runtime_error("flock");
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { close(file_); }

private:
    int file_;
};

/// The file store with a clock that nobody waits for.
class LockedFileTokenStoreTest : public FileTokenStoreTest {
protected:
    /// What it says when somebody else has the lock and the call has so much time.
    std::string refusal(std::chrono::milliseconds time, CancellationToken cancel = {}) {
        const Holder holder(path);
        const auto opened = store();
        auto& bounded = dynamic_cast<BoundedStore&>(*opened);
        const CallDeadline call(clock, time, 0, std::move(cancel));
        std::string said;
        try {
            bounded.remove("key", call);
        } catch (const std::runtime_error& error) {
            said = error.what();
        }
        EXPECT_THROW(bounded.save("key", {Secret("t0ken"), inAnHour}, call), std::runtime_error);
        return said;
    }
    std::chrono::milliseconds waited() const {
        const auto waits = clock.waits();
        return std::accumulate(waits.begin(), waits.end(), 0ms);
    }

    test::FakeClock clock{};
};

TEST_F(LockedFileTokenStoreTest, WaitsForItsLockNoLongerThanTheCallHas) {
    EXPECT_THAT(refusal(11ms), HasSubstr("has been locked by another process for too long"));
    EXPECT_EQ(waited(), 11ms);
}

TEST_F(LockedFileTokenStoreTest, WaitsForItsLockForAQuarterOfASecondAtMost) {
    EXPECT_THAT(refusal(1min), HasSubstr("for too long"));
    EXPECT_EQ(waited(), 2 * 250ms) << "a remove and a save";
}

TEST_F(LockedFileTokenStoreTest, DoesNotWaitForItsLockInACallThatIsCancelled) {
    CancellationSource cancellation;
    cancellation.cancel();
    EXPECT_THAT(refusal(1min, cancellation.token()), HasSubstr("for too long"));
    EXPECT_EQ(waited(), 0ms);
}

TEST_F(LockedFileTokenStoreTest, TakesALockThatIsFreeWithoutAnyTime) {
    const auto opened = store();
    dynamic_cast<BoundedStore&>(*opened).save("key", {Secret("t0ken"), inAnHour}, CallDeadline(clock, 0ms, 0, {}));
    EXPECT_EQ(load("key"), "t0ken");
}

TEST_F(FileTokenStoreTest, LosesNothingWhenManyWriteAtOnce) {
    constexpr int writers = 4;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([this, writer] {
            for (int i = 0; i < 5; ++i)
                saveForSure(std::to_string(writer), "t" + std::to_string(i));
        });
    for (std::thread& thread : threads)
        thread.join();
    for (int writer = 0; writer < writers; ++writer)
        EXPECT_EQ(load(std::to_string(writer)), "t4") << writer;
}

/// Closed on exec; who waits at it goes on when somebody sends, or when all senders are gone.
class Pipe {
public:
    Pipe() {
        if (pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    }
    ~Pipe() {
        close(ends_[0]);
        closeSender();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void send() const {
        if (write(ends_[1], "", 1) != 1) throw std::runtime_error("write");
    }
    void await() const {
        char byte = 0;
        while (read(ends_[0], &byte, 1) < 0 && errno == EINTR) {
        }
    }
    void closeSender() {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }

private:
    int ends_[2] = {-1, -1};
};

TEST_F(FileTokenStoreTest, LosesNothingWhenTwoProcessesWriteAtOnce) {
    Pipe gate;
    std::vector<pid_t> children;
    for (const char* writer : {"one", "two"})
        children.push_back(startChild([&] {
            gate.closeSender();
            gate.await();
            for (int i = 0; i < 10; ++i)
                saveForSure(writer + std::to_string(i), writer);
            return true;
        }));
    gate.closeSender();
    for (const pid_t child : children)
        EXPECT_EQ(endOf(child), 0);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(load("one" + std::to_string(i)), "one");
        EXPECT_EQ(load("two" + std::to_string(i)), "two");
    }
}

TEST_F(FileTokenStoreTest, IsWholeForAReaderWithoutTheLockWhileTwoProcessesWrite) {
    store()->save("key", {Secret("t0ken"), inAnHour});
    std::vector<pid_t> children;
    for (const char letter : {'a', 'b'})
        children.push_back(startChild([&] {
            for (std::size_t i = 1; i <= 25; ++i) // of another length each time
                saveForSure(std::string(1, letter), std::string(i * 1'000, letter));
            return true;
        }));
    int running = 2;
    while (running > 0) {
        const std::string text = textOf(path);
        const FiledTokens tokens = readStoreFile(text);
        // Somebody killed in between would leave the children behind.
        EXPECT_EQ(tokens.count("key"), 1U) << text.size() << " bytes: " << text.substr(0, 100);
        for (const auto& [key, filed] : tokens) {
            if (key == "key") continue;
            EXPECT_EQ(filed.token.reveal().size() % 1'000, 0U);
        }
        int status = -1;
        if (waitpid(-1, &status, WNOHANG) <= 0) continue;
        EXPECT_EQ(status, 0);
        --running;
    }
    EXPECT_EQ(load("a"), std::string(25'000, 'a'));
    EXPECT_EQ(load("b"), std::string(25'000, 'b'));
}

TEST_F(FileTokenStoreTest, IsAsItWasWhenAProcessIsKilledWithinASave) {
    store()->save("key", {Secret("before"), inAnHour});
    const int status = endOf(startChild([&] {
        whenWritten = [](const char* file) {
            if (truncate(file, 20) != 0) _exit(2); // as if it had come only so far
            raise(SIGKILL);
        };
        store()->save("key", {Secret("never"), inAnHour});
        return true;
    }));
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    ASSERT_EQ(textOf(path + ".new").size(), 20U) << "it was killed at another moment";
    EXPECT_EQ(load("key"), "before");
    store()->save("key", {Secret("after"), inAnHour});
    EXPECT_EQ(load("key"), "after");
}

// The child has the descriptor of the lock too, and nobody there who would close it.
TEST_F(FileTokenStoreTest, WorksInAChildThatWasForkedWhileAnotherThreadSaved) {
    static Pipe* within = nullptr;
    static Pipe* gate = nullptr;
    Pipe both[2];
    within = &both[0];
    gate = &both[1];
    whenWritten = [](const char*) {
        within->send();
        gate->await();
    };
    std::thread saver([&] { store()->save("key", {Secret("t0ken"), inAnHour}); });
    within->await();
    const pid_t child = startChild([&] {
        whenWritten = nullptr;
        saveForSure("child", "too");
        return load("key") == "t0ken";
    });
    whenWritten = nullptr;
    gate->send();
    saver.join();
    EXPECT_EQ(endOf(child), 0);
    EXPECT_EQ(load("child"), "too");
}

TEST(StoreFile, IsReadAsItWasWritten) {
    const FiledTokens tokens{{"one", {Secret("a\"b"), 5}}, {"two", {Secret("c"), 6}}};
    const std::string text = writeStoreFile(tokens);
    EXPECT_EQ(text, R"({"tokens":{"one":{"token":"a\"b","expiresAt":5},"two":{"token":"c","expiresAt":6}}})");
    const FiledTokens read = readStoreFile(text);
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read.at("one").token, Secret("a\"b"));
    EXPECT_EQ(read.at("two").expiresAt, 6);
    EXPECT_THAT(readStoreFile("garbage"), IsEmpty());
}

} // namespace
} // namespace kontext::file_token_store_test
