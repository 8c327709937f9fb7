/// @file
/// Lists: a page, and all pages as one range.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// One page of a list.
template <class T>
struct Page {
    std::vector<T> items{};                  ///< The items of this page.
    std::optional<std::string> nextCursor{}; ///< Where the next page begins; nothing at the end.
};

/// A list that comes whole.
template <class T>
struct Items {
    std::vector<T> items{}; ///< All items.
};

namespace detail {

template <class T>
class PageSource {
public:
    virtual ~PageSource() = default;
    virtual Page<T> fetch(const std::optional<std::string>& cursor, std::string& body) = 0;
};

/// Where a walk over pages stands, and when it ends: at the last page, at an empty page, or at a cursor that was there
/// before (some lists ignore the cursor, and would be walked for ever).
class KONTEXT_API PageWalk {
public:
    explicit PageWalk(const std::optional<std::string>& cursor);
    ~PageWalk();
    PageWalk(const PageWalk&) = delete;
    PageWalk& operator=(const PageWalk&) = delete;
    bool finished() const noexcept { return finished_; }
    const std::optional<std::string>& next() const noexcept { return next_; }
    /// Notes a page; false if it is the page before once more and must not be handed out.
    bool arrived(const std::optional<std::string>& nextCursor, bool empty, std::string body);

private:
    struct Seen;
    std::optional<std::string> next_;
    std::unique_ptr<Seen> seen_;
    bool finished_ = false;
};

template <class T>
struct PagerState {
    PagerState(std::unique_ptr<PageSource<T>> s, std::optional<std::string> cursor)
        : source(std::move(s)), walk(cursor), current(std::move(cursor)) {}

    std::unique_ptr<PageSource<T>> source;
    PageWalk walk;
    std::optional<std::string> current; // the cursor that `page` was fetched with
    Page<T> page{};
    std::size_t index = 0;
    std::size_t left = static_cast<std::size_t>(-1); // how many items beyond `page` may still be handed out
    std::vector<T> tail{};                           // what `page` lost to the maximum

    bool atEnd() const { return index >= page.items.size(); }
    /// Fetches if the page is used up. A failure leaves everything as it was.
    void prepare() {
        if (!atEnd() || walk.finished() || left == 0) return;
        std::optional<std::string> cursor = walk.next();
        std::string body;
        Page<T> fetched = source->fetch(cursor, body);
        if (!walk.arrived(fetched.nextCursor, fetched.items.empty(), std::move(body))) fetched.items.clear();
        current = std::move(cursor);
        page = std::move(fetched);
        index = 0;
        limit(left);
    }
    /// Hands out this many items more, those of the page that are left included.
    void limit(std::size_t count) {
        page.items.insert(page.items.end(), std::make_move_iterator(tail.begin()), std::make_move_iterator(tail.end()));
        tail.clear();
        const std::size_t here = page.items.size() - index;
        left = here > count ? 0 : count - here;
        if (here <= count) return;
        using Offset = typename std::vector<T>::difference_type;
        const auto end = page.items.begin() + static_cast<Offset>(index + count);
        tail.assign(std::make_move_iterator(end), std::make_move_iterator(page.items.end()));
        page.items.erase(end, page.items.end());
    }
};

/// The iterator over items and the one over pages differ only in what they show and how far they step.
template <class T, class Value>
class PagerIterator {
public:
    using iterator_category = std::input_iterator_tag; ///< Single pass.
    using value_type = Value;                          ///< An item, or a page.
    using difference_type = std::ptrdiff_t;            ///< Unused.
    using pointer = const Value*;                      ///< To the value.
    using reference = const Value&;                    ///< Valid until the next step.

    PagerIterator() = default; ///< The end.
    explicit PagerIterator(std::shared_ptr<PagerState<T>> state) : state_(std::move(state)) { state_->prepare(); }

    /// The value.
    reference operator*() const {
        if constexpr (std::is_same_v<Value, T>)
            return state_->page.items[state_->index];
        else
            return state_->page;
    }
    pointer operator->() const { return &**this; } ///< The value.
    /// The next value, fetching a page if need be.
    PagerIterator& operator++() {
        if constexpr (std::is_same_v<Value, T>)
            ++state_->index;
        else
            state_->index = state_->page.items.size();
        state_->prepare();
        return *this;
    }
    void operator++(int) { ++*this; } ///< The next value; there is no way back.
    /// Whether both are at the end.
    friend bool operator==(const PagerIterator& a, const PagerIterator& b) { return a.atEnd() == b.atEnd(); }
    /// The opposite of `==`.
    friend bool operator!=(const PagerIterator& a, const PagerIterator& b) { return !(a == b); }

private:
    bool atEnd() const { return state_ == nullptr || state_->atEnd(); }
    std::shared_ptr<PagerState<T>> state_{};
};

} // namespace detail

/// All items of a list, page after page: `for (const Application& a : client.applications.listAll())`. A page is
/// fetched when it is reached, so `begin()` and `++` throw what a call throws; after a failure the pager stands behind
/// the last item that it handed out, and `begin()` goes on from there.
///
/// A pager is an input range, to be walked once; its copies and iterators share one position. It ends at the last page,
/// at an empty page and at a cursor that repeats. Not for several threads at once.
template <class T>
class Pager {
public:
    /// Stands on one item.
    using iterator = detail::PagerIterator<T, T>;

    /// All pages, from where the pager stands: an input range of Page<T>.
    class Pages {
    public:
        /// Stands on one page.
        using iterator = detail::PagerIterator<T, Page<T>>;
        iterator begin() const { return iterator(state_); } ///< The first page.
        iterator end() const { return iterator(); }         ///< The end.

    private:
        friend class Pager;
        explicit Pages(std::shared_ptr<detail::PagerState<T>> state) : state_(std::move(state)) {}
        std::shared_ptr<detail::PagerState<T>> state_;
    };

    /// For the library itself.
    Pager(std::unique_ptr<detail::PageSource<T>> source, std::optional<std::string> cursor)
        : state_(std::make_shared<detail::PagerState<T>>(std::move(source), std::move(cursor))) {}

    iterator begin() const { return iterator(state_); } ///< Where the pager stands.
    iterator end() const { return iterator(); }         ///< The end.

    /// Page after page. By pages, a page that was begun by items comes whole.
    Pages pages() const { return Pages(state_); }

    /// Stops after this many items, counted from where the pager stands; the last page is cut to fit.
    Pager maxItems(std::size_t count) const {
        state_->limit(count);
        return *this;
    }

    /// Where to resume so that nothing is lost: give it to the list's `cursor` parameter. Inside a page it is the
    /// cursor of that page, whose first items then come again; at the end of a page it is the next page's. Nothing: at
    /// the beginning (nothing was read yet) or at the end of the list; `finished()` tells which.
    std::optional<std::string> cursor() const {
        return state_->atEnd() && state_->tail.empty() ? state_->walk.next() : state_->current;
    }
    /// Whether everything was handed out.
    bool finished() const noexcept { return state_->walk.finished() && state_->atEnd() && state_->tail.empty(); }

private:
    std::shared_ptr<detail::PagerState<T>> state_;
};

KONTEXT_END_NAMESPACE
