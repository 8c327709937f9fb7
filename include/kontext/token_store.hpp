/// @file
/// Where tokens live between processes.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <kontext/export.hpp>
#include <kontext/secret.hpp>

KONTEXT_BEGIN_NAMESPACE

/// An access token and when it ends.
struct StoredToken {
    Secret accessToken{};                              ///< The token, opaque.
    std::chrono::system_clock::time_point expiresAt{}; ///< When it ends, by the wall clock.
};

/// Keeps tokens outside the client, so that a program that lives for one call need not fetch one each time. Called from
/// many threads at once, never while the client holds a lock. The key names token URL, client id, scopes and audience;
/// it holds no secret and no character that a file name could not bear escaped.
///
/// A store of your own cannot be interrupted: the call that uses it waits until it returns, also when that call is
/// cancelled or its time is over. Other calls do not wait for a save: a new token is in use before it is saved. Give a
/// store that can hang a time limit of its own.
///
/// A store is a cache: what it throws is logged, and the call goes on without the store. The client logs one warning
/// for its store, and further failures at level debug, until it has saved a token again. Only a ConfigError from `load`
/// ends the call, and only until the client has loaded from the store or fetched a token: it is for a store that would
/// be unsafe to use.
class KONTEXT_API TokenStore {
public:
    TokenStore() = default;
    virtual ~TokenStore();
    TokenStore(const TokenStore&) = delete;            ///< Not copyable.
    TokenStore& operator=(const TokenStore&) = delete; ///< Not copyable.
    /// The token under the key, or nothing. An expired one may be returned; the client checks.
    virtual std::optional<StoredToken> load(const std::string& key) = 0;
    /// Replaces the token under the key.
    virtual void save(const std::string& key, const StoredToken& token) = 0;
    /// Forgets the token under the key; does nothing if there is none.
    virtual void remove(const std::string& key) = 0;
};

/// A store in one file, for CI binaries that live for one call. The file has mode 0600 and is replaced atomically under
/// a lock file (`<path>.lock`), so any number of processes can share it. Loading takes no lock and writes nothing.
/// Content that cannot be read as a store is ignored and replaced.
///
/// Throws ConfigError (`tokenStore`) if the path is empty or holds NUL, or if it is relative and the current directory
/// is gone. A relative path is made absolute: the file stays where it is when the process changes its directory. The
/// directory is not created.
///
/// The store's functions throw a ConfigError (`tokenStore`) for a file or lock file that is unsafe: one that others can
/// read or write, that belongs to somebody else, or that is a symbolic link or not a regular file. They throw another
/// std::runtime_error where the file cannot be used: a disk that is full or read-only, a directory that does not exist,
/// a lock that another process holds. A call that writes waits for the lock for 250 ms at most, never longer than it
/// has time left, and not at all once it is cancelled. What that means for a call: see TokenStore.
KONTEXT_API std::shared_ptr<TokenStore> makeFileTokenStore(std::string path);

KONTEXT_END_NAMESPACE
