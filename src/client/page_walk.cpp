#include <kontext/page.hpp>

#include <set>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

struct PageWalk::Seen {
    std::set<std::string> cursors{};
    std::string body{}; // of the page before
};

PageWalk::PageWalk(const std::optional<std::string>& cursor) : next_(cursor), seen_(std::make_unique<Seen>()) {
    if (next_ && next_->empty()) next_.reset();
    if (next_) seen_->cursors.insert(*next_);
}

PageWalk::~PageWalk() = default;

bool PageWalk::arrived(const std::optional<std::string>& nextCursor, bool empty, std::string body) {
    // A list that ignores the cursor sends the same page again and again, the same cursor with it.
    const bool again = !empty && !seen_->body.empty() && body == seen_->body;
    std::optional<std::string> next = nextCursor;
    if (again || empty || (next && next->empty())) next.reset();
    if (next && !seen_->cursors.insert(*next).second) next.reset();
    // Nothing fails from here on: a page whose arrival was not noted is fetched again.
    seen_->body = std::move(body);
    next_ = std::move(next);
    finished_ = !next_;
    return !again;
}

} // namespace detail
KONTEXT_END_NAMESPACE
