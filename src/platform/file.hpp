// Files that hold secrets, and locks on them. Errors are std::error_code of the operating system.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// An open file, closed with the object. Programs that are started meanwhile do not inherit it.
class File {
public:
    File(File&& other) noexcept;
    File& operator=(File&& other) = delete;
    ~File();

    // None of them takes the place of a closed standard stream: what the program prints must not end up in the file.

    /// For reading. A symbolic link is an error, and a pipe does not block.
    static File open(const std::string& path, std::error_code& error);
    /// For locking; created for this user alone if it is missing. A symbolic link is an error.
    static File openLock(const std::string& path, std::error_code& error);
    /// For writing, for this user alone; an error if there is one already.
    static File create(const std::string& path, std::error_code& error);

    bool isOpen() const noexcept { return descriptor_ >= 0; }
    /// Reads at most `capacity` bytes, up to the end of the file.
    std::string read(std::size_t capacity, std::error_code& error) const;
    std::size_t size(std::error_code& error) const;
    void write(std::string_view text, std::error_code& error) const;

    /// Whether the lock was free; with an error, whether it was is not known. Held by one open file at a time.
    bool tryLock(std::error_code& error) const;
    /// Closing is not enough: a child that was forked meanwhile has the file, and with it the lock, too.
    void unlock() const noexcept;

    /// Whether it is a regular file that this user alone can read and write.
    enum class Owner { us, nobody, symbolicLink, notRegular, otherUser, shared };
    Owner owner(std::error_code& error) const;
    /// Of what the path names, without opening it; nobody's if there is nothing.
    static Owner owner(const std::string& path, std::error_code& error);

private:
    explicit File(int descriptor) noexcept : descriptor_(descriptor) {}

    int descriptor_;
};

/// Why the file cannot be read; no error if it can. A directory cannot.
std::error_code checkReadable(const std::string& path);

/// Renames a file over another, which readers see whole or not at all.
void replaceFile(const std::string& from, const std::string& to, std::error_code& error);
void removeFile(const std::string& path) noexcept;

} // namespace platform
KONTEXT_END_NAMESPACE
