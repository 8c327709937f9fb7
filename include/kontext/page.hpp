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
#include <kontext/shared.hpp>

KONTEXT_BEGIN_NAMESPACE

/// One page of a list, and a range of its items.
template <class T>
struct Page {
    std::vector<T> items{};                  ///< The items of this page.
    std::optional<std::string> nextCursor{}; ///< Where the next page begins; nothing at the end.

    using value_type = T;                                           ///< An item.
    using iterator = typename std::vector<T>::iterator;             ///< Stands on one item.
    using const_iterator = typename std::vector<T>::const_iterator; ///< Stands on one item.

    [[nodiscard]] iterator begin() noexcept { return items.begin(); }             ///< The first item.
    [[nodiscard]] const_iterator begin() const noexcept { return items.begin(); } ///< The first item.
    [[nodiscard]] iterator end() noexcept { return items.end(); }                 ///< Behind the last item.
    [[nodiscard]] const_iterator end() const noexcept { return items.end(); }     ///< Behind the last item.
    [[nodiscard]] std::size_t size() const noexcept { return items.size(); }      ///< How many items there are.
    [[nodiscard]] bool empty() const noexcept { return items.empty(); }           ///< Whether there is no item.

    KONTEXT_EQUALITY(Page);
};

/// A list that comes whole, and a range of its items.
template <class T>
struct Items {
    std::vector<T> items{}; ///< All items.

    using value_type = T;                                           ///< An item.
    using iterator = typename std::vector<T>::iterator;             ///< Stands on one item.
    using const_iterator = typename std::vector<T>::const_iterator; ///< Stands on one item.

    [[nodiscard]] iterator begin() noexcept { return items.begin(); }             ///< The first item.
    [[nodiscard]] const_iterator begin() const noexcept { return items.begin(); } ///< The first item.
    [[nodiscard]] iterator end() noexcept { return items.end(); }                 ///< Behind the last item.
    [[nodiscard]] const_iterator end() const noexcept { return items.end(); }     ///< Behind the last item.
    [[nodiscard]] std::size_t size() const noexcept { return items.size(); }      ///< How many items there are.
    [[nodiscard]] bool empty() const noexcept { return items.empty(); }           ///< Whether there is no item.

    KONTEXT_EQUALITY(Items);
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
    [[nodiscard]] bool finished() const noexcept { return finished_; }
    const std::optional<std::string>& next() const noexcept { return next_; }
    /// Notes a page; false if it is the page before once more and must not be handed out.
    bool arrived(const std::optional<std::string>& nextCursor, bool empty, std::string body);

private:
    struct Seen;
    std::optional<std::string> next_;
    std::unique_ptr<Seen> seen_;
    bool finished_ = false;
};

/// The pages that a function makes of cursors.
template <class T, class Fetch>
class FunctionSource : public PageSource<T> {
public:
    explicit FunctionSource(Fetch fetch) : fetch_(std::move(fetch)) {}
    Page<T> fetch(const std::optional<std::string>& cursor, std::string&) override { return fetch_(cursor); }

private:
    Fetch fetch_;
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
    std::size_t size = 0; // of `page`, as it is handed out: whoever stands on it may take its items
    std::size_t left = static_cast<std::size_t>(-1); // how many items beyond `page` may still be handed out
    std::vector<T> tail{};                           // what `page` lost to the maximum

    bool atEnd() const { return index >= size; }
    /// Fetches if the page is used up. A failure leaves everything as it was.
    void prepare() {
        if (size > page.items.size()) size = page.items.size();
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
        if (index > page.items.size()) index = page.items.size();
        const std::size_t here = page.items.size() - index;
        left = here > count ? 0 : count - here;
        if (here > count) {
            using Offset = typename std::vector<T>::difference_type;
            const auto end = page.items.begin() + static_cast<Offset>(index + count);
            tail.assign(std::make_move_iterator(end), std::make_move_iterator(page.items.end()));
            page.items.erase(end, page.items.end());
        }
        size = page.items.size();
    }
};

/// The iterator over items and the one over pages differ only in what they show and how far they step.
template <class T, class Value>
class PagerIterator {
public:
    using iterator_category = std::input_iterator_tag; ///< Single pass.
    using value_type = Value;                          ///< An item, or a page.
    using difference_type = std::ptrdiff_t;            ///< Unused.
    using pointer = Value*;                            ///< To the value.
    using reference = Value&;                          ///< Valid until the next step; may be moved from.

    PagerIterator() = default; ///< The end.
    explicit PagerIterator(const Shared<PagerState<T>>& state) : state_(state) { state_->prepare(); }

    /// The value.
    [[nodiscard]] reference operator*() const {
        if constexpr (std::is_same_v<Value, T>)
            return state_->page.items[state_->index];
        else
            return state_->page;
    }
    [[nodiscard]] pointer operator->() const { return &**this; } ///< The value.
    /// The next value, fetching a page if need be.
    PagerIterator& operator++() {
        if constexpr (std::is_same_v<Value, T>)
            ++state_->index;
        else
            state_->index = state_->size;
        state_->prepare();
        return *this;
    }
    /// The next value. `*it++` does not compile: it would fetch before it hands the value out, and lose the value if
    /// that fails.
    void operator++(int) { ++*this; }
    /// Whether both are at the end.
    friend bool operator==(const PagerIterator& a, const PagerIterator& b) { return a.atEnd() == b.atEnd(); }
    /// The opposite of `==`.
    friend bool operator!=(const PagerIterator& a, const PagerIterator& b) { return !(a == b); }

private:
    bool atEnd() const { return !state_ || state_->atEnd(); }
    Shared<PagerState<T>> state_{};
};

} // namespace detail

/// All items of a list, page after page: `for (const Application& a : client.applications.listAll())`. A page is
/// fetched when it is reached, so `begin()` and `++` throw what a call throws; after a failure the pager stands behind
/// the last item that it handed out, and `begin()` goes on from there.
///
/// A pager is an input range, to be walked once; its copies and iterators share one position, and a move copies. Items
/// and pages may be moved from: `for (Application& a : pager) mine.push_back(std::move(a));`. It ends at the last page,
/// at an empty page and at a cursor that repeats. Not for several threads at once.
///
/// `makePager` makes one of a function, for tests of code that takes a pager.
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
        iterator begin() const { return iterator(state_); }       ///< The first page.
        [[nodiscard]] iterator end() const { return iterator(); } ///< The end.

    private:
        friend class Pager;
        explicit Pages(const detail::Shared<detail::PagerState<T>>& state) : state_(state) {}
        detail::Shared<detail::PagerState<T>> state_;
    };

    /// For the library itself.
    Pager(std::unique_ptr<detail::PageSource<T>> source, std::optional<std::string> cursor)
        : state_(std::make_shared<detail::PagerState<T>>(std::move(source), std::move(cursor))) {}

    iterator begin() const { return iterator(state_); }       ///< Where the pager stands.
    [[nodiscard]] iterator end() const { return iterator(); } ///< The end.

    /// All items from where the pager stands, in one vector. What was fetched before a failure is lost with it; a loop
    /// keeps it.
    [[nodiscard]] std::vector<T> toVector() const {
        std::vector<T> all;
        for (T& item : *this)
            all.push_back(std::move(item));
        return all;
    }

    /// Page after page. By pages, a page that was begun by items comes whole.
    [[nodiscard]] Pages pages() const { return Pages(state_); }

    /// Stops after this many items, counted from where the pager stands; the last page is cut to fit. Holds for all
    /// copies.
    Pager maxItems(std::size_t count) {
        state_->limit(count);
        return *this;
    }

    /// Where to resume so that nothing is lost: give it to the list's `cursor` parameter. Inside a page it is the
    /// cursor of that page, whose first items then come again; at the end of a page it is the next page's. Nothing: at
    /// the beginning (nothing was read yet) or at the end of the list; `finished()` tells which.
    [[nodiscard]] std::optional<std::string> cursor() const {
        return state_->atEnd() && state_->tail.empty() ? state_->walk.next() : state_->current;
    }
    /// Whether everything was handed out.
    bool finished() const noexcept { return state_->walk.finished() && state_->atEnd() && state_->tail.empty(); }

private:
    detail::Shared<detail::PagerState<T>> state_;
};

/// A pager of what a function returns: it is given a cursor, nothing for the first page, and returns a `Page<T>`. What
/// it throws comes out of the walk. For lists that the library does not know, and for tests of code that takes a pager:
/// `makePager([](const std::optional<std::string>&) { return kontext::Page<kontext::Application>{{{.id = "1"}}}; })`.
template <class Fetch>
[[nodiscard]] auto makePager(Fetch fetch, std::optional<std::string> cursor = {}) {
    using T = typename std::decay_t<decltype(fetch(std::as_const(cursor)))>::value_type;
    return Pager<T>(std::make_unique<detail::FunctionSource<T, Fetch>>(std::move(fetch)), std::move(cursor));
}

KONTEXT_END_NAMESPACE
