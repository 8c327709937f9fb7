#include <kontext/page.hpp>

#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::pager_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Cursor = std::optional<std::string>;

/// What the server would send next, and which cursors it was asked for.
struct Script {
    struct Response {
        std::vector<int> items{};
        Cursor next{};
        bool fails = false;
        std::string body{}; // empty: one that no other response has
    };
    std::deque<Response> responses{};
    std::vector<Cursor> asked{};
};

class ScriptedSource : public detail::PageSource<int> {
public:
    explicit ScriptedSource(Script& script) : script_(script) {}

    Page<int> fetch(const Cursor& cursor, std::string& body) override {
        script_.asked.push_back(cursor);
        if (script_.responses.empty()) throw std::logic_error("one page more than there is was asked for");
        Script::Response response = std::move(script_.responses.front());
        script_.responses.pop_front();
        if (response.fails) throw std::runtime_error("no response");
        body = response.body.empty() ? "body " + std::to_string(script_.asked.size()) : response.body;
        return {std::move(response.items), std::move(response.next)};
    }

private:
    Script& script_;
};

Pager<int> pagerOf(Script& script, Cursor cursor = {}) {
    return Pager<int>(std::make_unique<ScriptedSource>(script), std::move(cursor));
}

std::vector<int> itemsOf(const Pager<int>& pager) {
    std::vector<int> items;
    for (const int item : pager)
        items.push_back(item);
    return items;
}

Script threePages() { return {{{{1, 2}, "b"}, {{3, 4}, "c"}, {{5}, {}}}, {}}; }

TEST(Pager, HandsOutAllItemsOfAllPages) {
    Script script = threePages();
    const auto pager = pagerOf(script);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(script.asked, ElementsAre(Cursor(), Cursor("b"), Cursor("c")));
    EXPECT_TRUE(pager.finished());
    EXPECT_EQ(pager.cursor(), Cursor());
}

TEST(Pager, FetchesAPageOnlyWhenItIsReached) {
    Script script = threePages();
    const auto pager = pagerOf(script);
    EXPECT_THAT(script.asked, IsEmpty());
    auto it = pager.begin();
    EXPECT_EQ(script.asked.size(), 1U);
    EXPECT_EQ(*++it, 2);
    EXPECT_EQ(script.asked.size(), 1U);
    EXPECT_EQ(*++it, 3);
    EXPECT_EQ(script.asked.size(), 2U);
}

TEST(Pager, HandsOutNothingOfAnEmptyList) {
    Script script{{{{}, {}}}, {}};
    const auto pager = pagerOf(script);
    EXPECT_THAT(itemsOf(pager), IsEmpty());
    EXPECT_TRUE(pager.finished());
    EXPECT_THAT(itemsOf(pager), IsEmpty());
    EXPECT_EQ(script.asked.size(), 1U);
}

TEST(Pager, IsAnInputRange) {
    using Iterator = Pager<int>::iterator;
    static_assert(std::is_same_v<std::iterator_traits<Iterator>::iterator_category, std::input_iterator_tag>);
    static_assert(std::is_same_v<std::iterator_traits<Iterator>::value_type, int>);
    static_assert(std::is_default_constructible_v<Iterator>);
    Script script = threePages();
    const auto pager = pagerOf(script);
    EXPECT_THAT(std::vector<int>(pager.begin(), pager.end()), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Pager, BeginsWhereACursorSays) {
    Script script{{{{3, 4}, "c"}, {{5}, {}}}, {}};
    EXPECT_THAT(itemsOf(pagerOf(script, "b")), ElementsAre(3, 4, 5));
    EXPECT_THAT(script.asked, ElementsAre(Cursor("b"), Cursor("c")));
}

TEST(Pager, TakesAnEmptyCursorForNone) {
    Script script{{{{1}, ""}}, {}};
    const auto pager = pagerOf(script, "");
    EXPECT_THAT(itemsOf(pager), ElementsAre(1));
    EXPECT_THAT(script.asked, ElementsAre(Cursor()));
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, EndsAtAnEmptyPageThoughItNamesACursor) {
    Script script{{{{1}, "b"}, {{}, "c"}}, {}};
    const auto pager = pagerOf(script);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1));
    EXPECT_EQ(script.asked.size(), 2U);
    EXPECT_TRUE(pager.finished());
    EXPECT_EQ(pager.cursor(), Cursor());
}

TEST(Pager, EndsAtACursorThatRepeats) {
    Script script{{{{1}, "b"}, {{2}, "c"}, {{3}, "b"}}, {}};
    const auto pager = pagerOf(script);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1, 2, 3));
    EXPECT_EQ(script.asked.size(), 3U);
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, EndsAtTheCursorThatItBeganWith) {
    Script script{{{{1}, "a"}}, {}};
    EXPECT_THAT(itemsOf(pagerOf(script, "a")), ElementsAre(1));
    EXPECT_EQ(script.asked.size(), 1U);
}

TEST(Pager, DoesNotHandOutTheSamePageTwice) {
    // A list that ignores the cursor.
    Script script{{{{1, 2}, "b", false, "same"}, {{1, 2}, "b", false, "same"}}, {}};
    const auto pager = pagerOf(script);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1, 2));
    EXPECT_EQ(script.asked.size(), 2U);
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, HandsOutEqualItemsOfPagesThatDiffer) {
    Script script{{{{1, 2}, "b"}, {{1, 2}, {}}}, {}};
    EXPECT_THAT(itemsOf(pagerOf(script)), ElementsAre(1, 2, 1, 2));
}

TEST(Pager, GoesOnAfterAFailure) {
    Script script = threePages();
    script.responses.insert(script.responses.begin() + 1, Script::Response{{}, {}, true});
    const auto pager = pagerOf(script);
    std::vector<int> items;
    EXPECT_THROW(
        {
            for (const int item : pager)
                items.push_back(item);
        },
        std::runtime_error);
    EXPECT_THAT(items, ElementsAre(1, 2));
    EXPECT_FALSE(pager.finished());
    EXPECT_EQ(pager.cursor(), Cursor("b"));
    EXPECT_THAT(itemsOf(pager), ElementsAre(3, 4, 5));
    EXPECT_THAT(script.asked, ElementsAre(Cursor(), Cursor("b"), Cursor("b"), Cursor("c")));
}

TEST(Pager, BeginsAnewAfterAFailureOfTheFirstPage) {
    Script script = threePages();
    script.responses.push_front({{}, {}, true});
    const auto pager = pagerOf(script);
    EXPECT_THROW(pager.begin(), std::runtime_error);
    EXPECT_EQ(pager.cursor(), Cursor());
    EXPECT_FALSE(pager.finished());
    EXPECT_THAT(itemsOf(pager), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Pager, SaysWhereToResumeSoThatNothingIsLost) {
    Script script = threePages();
    const auto pager = pagerOf(script, "a");
    EXPECT_EQ(pager.cursor(), Cursor("a"));
    auto it = pager.begin(); // on 1, in the page of "a"
    EXPECT_EQ(pager.cursor(), Cursor("a"));
    ++it;
    EXPECT_EQ(pager.cursor(), Cursor("a"));
    ++it; // on 3, in the page of "b"
    EXPECT_EQ(pager.cursor(), Cursor("b"));
    ++it;
    ++it; // on 5
    EXPECT_EQ(pager.cursor(), Cursor("c"));
    EXPECT_FALSE(pager.finished());
    ++it;
    EXPECT_EQ(pager.cursor(), Cursor());
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, StopsAfterSoManyItems) {
    struct Case {
        std::size_t count;
        std::vector<int> items;
        std::size_t fetches;
        Cursor cursor;
        bool finished;
    };
    const std::vector<Case> cases{
        {0, {}, 0, {}, false},
        {1, {1}, 1, {}, false},
        {2, {1, 2}, 1, "b", false},
        {3, {1, 2, 3}, 2, "b", false},
        {4, {1, 2, 3, 4}, 2, "c", false},
        {5, {1, 2, 3, 4, 5}, 3, {}, true},
        {6, {1, 2, 3, 4, 5}, 3, {}, true},
    };
    for (const Case& c : cases) {
        Script script = threePages();
        const auto pager = pagerOf(script).maxItems(c.count);
        EXPECT_EQ(itemsOf(pager), c.items) << c.count;
        EXPECT_EQ(script.asked.size(), c.fetches) << c.count;
        EXPECT_EQ(pager.cursor(), c.cursor) << c.count;
        EXPECT_EQ(pager.finished(), c.finished) << c.count;
    }
}

TEST(Pager, CountsItemsFromWhereItStands) {
    Script script = threePages();
    auto pager = pagerOf(script);
    auto it = pager.begin();
    ++it; // on 2, which is still to be handed out
    pager.maxItems(2);
    EXPECT_THAT(itemsOf(pager), ElementsAre(2, 3));
}

TEST(Pager, TakesAnotherMaximumAfterTheFirst) {
    Script script = threePages();
    auto pager = pagerOf(script).maxItems(2);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1, 2));
    pager.maxItems(2);
    EXPECT_THAT(itemsOf(pager), ElementsAre(3, 4));
}

TEST(Pager, TakesAnotherMaximumWithinAPage) {
    Script script = threePages();
    auto pager = pagerOf(script).maxItems(1);
    EXPECT_THAT(itemsOf(pager), ElementsAre(1));
    pager.maxItems(2);
    EXPECT_THAT(itemsOf(pager), ElementsAre(2, 3));
    pager.maxItems(100);
    EXPECT_THAT(itemsOf(pager), ElementsAre(4, 5));
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, GoesPageByPage) {
    Script script = threePages();
    const auto pager = pagerOf(script);
    std::vector<std::vector<int>> pages;
    std::vector<Cursor> cursors;
    for (const Page<int>& page : pager.pages()) {
        pages.push_back(page.items);
        cursors.push_back(page.nextCursor);
    }
    EXPECT_THAT(pages, ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4), ElementsAre(5)));
    EXPECT_THAT(cursors, ElementsAre(Cursor("b"), Cursor("c"), Cursor()));
    EXPECT_TRUE(pager.finished());
}

TEST(Pager, CutsTheLastPageToFit) {
    Script script = threePages();
    std::vector<std::vector<int>> pages;
    for (const Page<int>& page : pagerOf(script).maxItems(3).pages())
        pages.push_back(page.items);
    EXPECT_THAT(pages, ElementsAre(ElementsAre(1, 2), ElementsAre(3)));
}

TEST(Pager, HandsOutAPageThatWasBegunByItemsWhole) {
    Script script = threePages();
    const auto pager = pagerOf(script);
    auto it = pager.begin();
    ++it;
    EXPECT_EQ(pager.pages().begin()->items.size(), 2U);
}

TEST(Pager, SharesOnePositionBetweenCopiesAndIterators) {
    Script script = threePages();
    const auto pager = pagerOf(script);
    const Pager<int> copy = pager; // NOLINT(performance-unnecessary-copy-initialization)
    auto it = pager.begin();
    ++it;
    ++it;
    EXPECT_EQ(*copy.begin(), 3);
    EXPECT_THAT(itemsOf(copy), ElementsAre(3, 4, 5));
    EXPECT_EQ(it, pager.end());
}

TEST(Pager, MayGoBeforeItsIterators) {
    Script script = threePages();
    std::vector<int> items;
    for (auto it = pagerOf(script).begin(); it != Pager<int>::iterator(); ++it)
        items.push_back(*it);
    EXPECT_THAT(items, ElementsAre(1, 2, 3, 4, 5));
}

TEST(PageWalk, BeginsAtTheBeginning) {
    const detail::PageWalk walk{std::nullopt};
    EXPECT_FALSE(walk.finished());
    EXPECT_EQ(walk.next(), Cursor());
}

TEST(PageWalk, FollowsTheCursors) {
    detail::PageWalk walk(Cursor("a"));
    EXPECT_EQ(walk.next(), Cursor("a"));
    EXPECT_TRUE(walk.arrived("b", false, "1"));
    EXPECT_EQ(walk.next(), Cursor("b"));
    EXPECT_FALSE(walk.finished());
    EXPECT_TRUE(walk.arrived(std::nullopt, false, "2"));
    EXPECT_TRUE(walk.finished());
    EXPECT_EQ(walk.next(), Cursor());
}

TEST(PageWalk, KnowsThePageBeforeByItsBody) {
    detail::PageWalk walk{std::nullopt};
    EXPECT_TRUE(walk.arrived("b", false, "same"));
    EXPECT_FALSE(walk.arrived("c", false, "same"));
    EXPECT_TRUE(walk.finished());
}

TEST(PageWalk, TakesNoBodyForNoSign) {
    detail::PageWalk walk{std::nullopt};
    EXPECT_TRUE(walk.arrived("b", false, ""));
    EXPECT_TRUE(walk.arrived("c", false, ""));
    EXPECT_FALSE(walk.finished());
}

} // namespace
} // namespace kontext::pager_test
