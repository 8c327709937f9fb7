#include "call/access_token.hpp"

#include <algorithm>
#include <atomic>

KONTEXT_BEGIN_NAMESPACE
namespace {

std::uint64_t nextGeneration() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

} // namespace

bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

AccessToken::AccessToken(Secret token, Clock::Steady refreshAt, Clock::Steady expiresAt, bool fromStore)
    : token_(std::move(token)), generation_(nextGeneration()), refreshAt_(refreshAt), expiresAt_(expiresAt),
      fromStore_(fromStore) {}

KONTEXT_END_NAMESPACE
