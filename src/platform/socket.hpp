// The sockets under libcurl's connections.
#pragma once

#include <mutex>
#include <system_error>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// A socket that programs started by this one do not inherit, and never one of the descriptors 0 to 2; -1 if there is
/// none, and errno says why.
int openSocket(int family, int type, int protocol);

/// The error that says so, if the process or the system has no file descriptor left.
std::error_code checkDescriptors();

/// 0, or an error.
int closeSocket(int socket);

/// While it lives the descriptors 0 to 2 are taken, if they were free: for code that opens some without asking us. One
/// thread at a time, or it would give back what another relies on.
class StandardDescriptorsHeld {
public:
    StandardDescriptorsHeld();
    ~StandardDescriptorsHeld();
    StandardDescriptorsHeld(const StandardDescriptorsHeld&) = delete;
    StandardDescriptorsHeld& operator=(const StandardDescriptorsHeld&) = delete;

private:
    static constexpr int count = 3;
    const std::lock_guard<std::mutex> lock_;
    int held_[count]{-1, -1, -1};
};

enum class Pending {
    data, ///< Bytes to read, or the end of the connection.
    end   ///< The end of the connection alone.
};

/// Whether that can be seen at the socket now, without waiting.
bool hasPending(int socket, Pending what);

} // namespace platform
KONTEXT_END_NAMESPACE
