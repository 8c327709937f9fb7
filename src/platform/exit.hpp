// The end of the process.
#pragma once

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace platform {

/// Has OpenSSL not free at exit what it holds: detached threads, and handlers that run at exit after its own, may be
/// within calls. In time only before OpenSSL is first used; does nothing where there is no shared OpenSSL.
void keepOpenSslAtExit() noexcept;

} // namespace platform
KONTEXT_END_NAMESPACE
