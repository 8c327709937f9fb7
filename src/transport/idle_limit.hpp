// How long a connection may have been idle and yet be used again.
//
// A server, or a gateway before it, closes connections that are idle for long, and a request that is on its way
// meanwhile is lost. Whether it was processed cannot be told from here, so what must not be repeated does not take that
// risk: it goes out on a fresh connection, or on one that was in use a moment ago.
#pragma once

#include <chrono>
#include <string_view>

#include <kontext/headers.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

constexpr std::chrono::seconds longestIdle(30);

/// No server's limit is shorter, and it holds what the request needs to get there.
constexpr std::chrono::milliseconds longestIdleBeforePost(500);

/// Then the host name is looked up once more, so that a client that is never idle follows its service to another
/// address.
constexpr std::chrono::minutes longestLife(5);

/// What the server grants by `Keep-Alive: timeout=N` in its response, less what a request needs to get there, and
/// longestIdle at most.
std::chrono::nanoseconds idleLimit(const Headers& response);

/// For a request of that method; POSTs that may be repeated, which are few, are not told apart.
std::chrono::nanoseconds idleLimit(std::string_view method);

} // namespace transport
KONTEXT_END_NAMESPACE
