#include "transport/header_list.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext::header_list_test {
namespace {

using testing::ElementsAre;
using transport::HeaderList;

std::vector<std::string> linesOf(const curl_slist* list) {
    std::vector<std::string> lines;
    for (; list != nullptr; list = list->next)
        lines.emplace_back(list->data);
    return lines;
}

TEST(HeaderList, SaysWhatItIsToldAndNothingThatLibcurlWouldAdd) {
    HeaderList list;
    EXPECT_THAT(linesOf(list.set({{"A", "b"}, {"C", "d e"}})),
                ElementsAre("A: b", "C: d e", "Expect:", "Content-Type:"));
    EXPECT_THAT(linesOf(list.set({})), ElementsAre("Expect:", "Content-Type:"));
}

TEST(HeaderList, LeavesToTheUserWhatTheUserSays) {
    HeaderList list;
    EXPECT_THAT(linesOf(list.set({{"content-type", "text/plain"}})),
                ElementsAre("content-type: text/plain", "Expect:"));
    EXPECT_THAT(linesOf(list.set({{"EXPECT", "100-continue"}})), ElementsAre("EXPECT: 100-continue", "Content-Type:"));
    EXPECT_THAT(linesOf(list.set({{"Expect", "x"}, {"Content-Type", "y"}})),
                ElementsAre("Expect: x", "Content-Type: y"));
}

// Of a transport that wraps the default one: libcurl would send two headers.
TEST(HeaderList, RefusesAHeaderThatWouldBeTwo) {
    HeaderList list;
    for (const Headers& headers : std::vector<Headers>{
             {{"A", "b\r\nC: d"}}, {{"A", "b\n"}}, {{"A\rB", ""}}, {{"Fine", "1"}, {"A", std::string("b\0c", 3)}}}) {
        try {
            list.set(headers);
            ADD_FAILURE() << headers.back().second;
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.field(), "headers");
            EXPECT_THAT(error.message(), testing::EndsWith("must not contain CR, LF or NUL"));
        }
    }
    EXPECT_THAT(linesOf(list.set({{"Fine", "1"}})), ElementsAre("Fine: 1", "Expect:", "Content-Type:"));
}

TEST(HeaderList, SaysAnEmptyValueAsLibcurlWantsIt) {
    HeaderList list;
    EXPECT_THAT(linesOf(list.set({{"A", ""}})), ElementsAre("A;", "Expect:", "Content-Type:"));
}

TEST(HeaderList, IsKeptForTheSameHeaders) {
    HeaderList list;
    const Headers headers{{"A", "b"}, {"C", ""}};
    const curl_slist* first = list.set(headers);
    EXPECT_EQ(list.set(headers), first);
    EXPECT_THAT(linesOf(first), ElementsAre("A: b", "C;", "Expect:", "Content-Type:"));
}

TEST(HeaderList, FollowsEveryChange) {
    const std::vector<Headers> all{
        {{"A", "b"}},
        {{"A", "c"}},
        {{"A", "bc"}},
        {{"A", ""}},
        {{"A", ";"}},
        {{"AB", "b"}},
        {{"A", "b"}, {"C", "d"}},
        {{"C", "d"}, {"A", "b"}},
        {{"A", "b"}, {"Content-Type", "x"}},
        {{"A", "b"}, {"Expect", "x"}},
        {{"A", "b"}, {"Content-Type", "x"}, {"Expect", "y"}},
        {{"A", "b"}, {"Expect", ""}},
        {{"A", "b"}, {"Content-Type", "x"}, {"C", "d"}},
        {},
    };
    for (const Headers& before : all) {
        for (const Headers& after : all) {
            HeaderList fresh;
            const std::vector<std::string> expected = linesOf(fresh.set(after));
            HeaderList list;
            list.set(before);
            EXPECT_EQ(linesOf(list.set(after)), expected) << "after " << testing::PrintToString(before);
        }
    }
}

TEST(HeaderList, HoldsNothingOfWhatItSaidOnceItIsWiped) {
    HeaderList list;
    list.set({{"X-Long", std::string(500, 'x')}, {"Authorization", "Bearer t0ken"}, {"A", "b"}});
    list.wipe();
    const curl_slist* node = list.set({{"Authorization", "Bearer s3cret"}});
    list.wipe();
    const std::string line = "Authorization: Bearer s3cret";
    EXPECT_EQ(std::string(node->data, line.size()), std::string(line.size(), '\0'));
    EXPECT_THAT(linesOf(list.set({{"Authorization", "Bearer next"}, {"A", ""}})),
                ElementsAre("Authorization: Bearer next", "A;", "Expect:", "Content-Type:"));
}

TEST(HeaderList, DropsTheContentTypeOfTheRequestBefore) {
    HeaderList list;
    list.set({{"Authorization", "Bearer a"}, {"Content-Type", "application/json"}});
    EXPECT_THAT(linesOf(list.set({{"Authorization", "Bearer a"}})),
                ElementsAre("Authorization: Bearer a", "Expect:", "Content-Type:"));
}

} // namespace
} // namespace kontext::header_list_test
