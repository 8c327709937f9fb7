// Pages of a list, with cursors that tell their holder nothing.
#pragma once

#include <vector>

#include "emulator/message.hpp"

namespace kontext_emulator {

/// An item and when it was created, as a number that grows.
struct Listed {
    long sequence = 0;
    Json shown{};
};

/// The page that `limit`, `cursor` and `offset` of the query ask for: `{items, nextCursor}`, or a 400 for a cursor that
/// was not made here. A cursor names the sequence number behind which the page begins: pages do not shift when objects
/// are created or removed meanwhile.
Response pageOf(const std::vector<Listed>& items, const Request& request);

} // namespace kontext_emulator
