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
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <kontext/secret.hpp>

/// Written beside its final place, with mode 0600, and moved there when it is complete: readers find the old secret or
/// the new one, never half of one. Make it before the server is asked for the secret: if it cannot be written, nothing
/// is lost yet.
class SecretFile {
public:
    /// Throws std::runtime_error.
    explicit SecretFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".XXXXXX") {
        if (path_.empty() || std::filesystem::is_directory(path_)) throw std::runtime_error("no file: '" + path_ + "'");
        file_ = mkostemp(temporary_.data(), O_CLOEXEC); // with mode 0600, whatever the umask
        if (file_ < 0) fail("cannot create a file beside " + path_);
    }
    ~SecretFile() {
        if (file_ >= 0) close(file_);
        if (!written_) unlink(temporary_.c_str());
    }
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
    [[noreturn]] static void fail(const std::string& what) {
        throw std::system_error(errno, std::generic_category(), what);
    }

    std::string path_;
    std::string temporary_;
    int file_ = -1;
    bool written_ = false;
};
