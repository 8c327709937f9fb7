// A name server of the tests: names under `.test` never leave this process.
#pragma once

namespace kontext_test {

/// While one lives, the lookup of "slow.test" hangs; it ends, without an address, when this one is destroyed.
/// "unknown.test" is not found at any time. Everything else is looked up as ever.
class SlowNames {
public:
    SlowNames();
    ~SlowNames();
    SlowNames(const SlowNames&) = delete;
    SlowNames& operator=(const SlowNames&) = delete;

    /// Until a lookup hangs.
    static void awaitLookup();
};

} // namespace kontext_test
