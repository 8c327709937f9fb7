// A token store that ends its waits with the call.
#pragma once

#include <string>

#include <kontext/token_store.hpp>

#include "values/deadline.hpp"

KONTEXT_BEGIN_NAMESPACE

/// A store of the user's own knows nothing of the call that it works for. This one waits no longer than the call has
/// left, and not at all once it is cancelled.
class BoundedStore : public TokenStore {
public:
    using TokenStore::remove;
    using TokenStore::save;
    virtual void save(const std::string& key, const StoredToken& token, const CallDeadline& call) = 0;
    virtual void remove(const std::string& key, const CallDeadline& call) = 0;
};

KONTEXT_END_NAMESPACE
