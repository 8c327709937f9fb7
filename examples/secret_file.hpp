// A file for a secret that the server shows only once.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kontext/secret.hpp>

/// Written beside its final place, and moved there when it is complete: readers find the old secret or the new one,
/// never half of one. A new file is for its owner alone; one that replaces another keeps its owner, its group and what
/// the group may do, so that nobody is locked out, but opens it to nobody else. Make it before the server is asked for
/// the secret: if it cannot be written, nothing is lost yet.
class SecretFile {
public:
    /// Throws std::runtime_error.
    explicit SecretFile(const std::string& path) : path_(followed(path)), temporary_(path_ + ".XXXXXX") {
        if (path_.empty() || std::filesystem::is_directory(path_)) throw std::runtime_error("no file: '" + path_ + "'");
        file_ = mkostemp(temporary_.data(), O_CLOEXEC); // with mode 0600, whatever the umask
        if (file_ < 0) fail("cannot create a file beside " + path_);
        try {
            resemble();
        } catch (...) {
            discard();
            throw;
        }
    }
    ~SecretFile() { discard(); }
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;

    /// Writes the secret and nothing else, no line break either. Throws std::runtime_error.
    void save(const kontext::Secret& secret) {
        std::string_view left = secret.reveal();
        while (!left.empty()) {
            const ssize_t count = write(file_, left.data(), left.size());
            if (count < 0 && errno != EINTR) fail("cannot write " + temporary_);
            if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
        }
        if (fsync(file_) != 0) fail("cannot write " + temporary_);
        written_ = true; // from here on it is not lost, whatever happens
        if (rename(temporary_.c_str(), path_.c_str()) != 0)
            fail("cannot replace " + path_ + "; the secret is in " + temporary_);
    }

private:
    /// Of a link what it names: the link stays.
    static std::string followed(const std::string& path) {
        return std::filesystem::is_symlink(path) ? std::filesystem::canonical(path).string() : path;
    }

    void resemble() const {
        struct stat old {};
        if (stat(path_.c_str(), &old) != 0) return; // there is none
        if (fchown(file_, old.st_uid, old.st_gid) != 0)
            fail("cannot give the new file the owner and group of " + path_);
        if (fchmod(file_, S_IRUSR | S_IWUSR | (old.st_mode & (S_IRGRP | S_IWGRP))) != 0)
            fail("cannot give the new file the mode of " + path_);
    }

    void discard() const {
        if (file_ >= 0) close(file_);
        if (!written_) unlink(temporary_.c_str());
    }

    [[noreturn]] static void fail(const std::string& what) {
        throw std::system_error(errno, std::generic_category(), what);
    }

    std::string path_;
    std::string temporary_;
    int file_ = -1;
    bool written_ = false;
};
