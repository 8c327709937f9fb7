#include "auth/access_token.hpp"

#include <atomic>

namespace kontext {
namespace {

std::uint64_t nextGeneration() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

} // namespace

AccessToken::AccessToken(Secret token, Time::Steady refreshAt, Time::Steady expiresAt, bool fromStore)
    : token_(std::move(token)), generation_(nextGeneration()), refreshAt_(refreshAt), expiresAt_(expiresAt),
      fromStore_(fromStore) {}

} // namespace kontext
