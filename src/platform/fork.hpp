// How a process notices that it is the child of a fork.
#pragma once

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// How many fork() led to this process since the first use. Not getpid(), which is a system call each time, and is 1
/// again in the child of a process 1 that becomes one in a PID namespace of its own.
unsigned forkCount();

} // namespace platform
KONTEXT_END_NAMESPACE
