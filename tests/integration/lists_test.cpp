// Lists that are walked to their end, and what is special about some of them; methods_test.cpp walks them all.
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "support/wire_client.hpp"
#include "support/wire_server.hpp"

namespace {

using namespace kontext_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string& idOf(const kontext::Trace& trace) { return trace.traceId; }
template <class T>
const std::string& idOf(const T& item) {
    return item.id;
}

template <class Range>
std::vector<std::string> idsOf(const Range& range) {
    std::vector<std::string> ids;
    for (const auto& item : range)
        ids.push_back(idOf(item));
    return ids;
}

using Cursor = std::optional<std::string>;

class Walks : public Wired {};

TEST_F(Walks, KeepTheirParametersAndOptionsOnEveryPage) {
    answers(R"({"items":[{"id":"a"}],"nextCursor":"c1"})");
    answers(R"({"items":[{"id":"b"}]})");
    kontext::ResponseInfo info;
    const auto pager = client.applications.listAll({.all = true}, {.headers = {{"X-Walk", "1"}}, .info = &info});
    EXPECT_THAT(idsOf(pager), ElementsAre("a", "b"));
    const auto requests = server.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests[0].target, "/api/v1/applications?all=true");
    EXPECT_EQ(requests[1].target, "/api/v1/applications?cursor=c1&all=true");
    for (const Request& request : requests)
        EXPECT_EQ(request.header("X-Walk"), "1");
    EXPECT_EQ(info.body, R"({"items":[{"id":"b"}]})");
}

TEST_F(Walks, OfTracesKeepEveryFilter) {
    answers(R"({"items":[{"traceId":"a"}],"nextCursor":"c1"})");
    answers(R"({"items":[{"traceId":"b"}]})");
    idsOf(client.traces.listAll({.limit = 1, .userId = "u", .sessionId = "s", .agentId = "a", .applicationId = "p"}));
    EXPECT_EQ(sent().target, "/api/v1/traces?limit=1&cursor=c1&userId=u&sessionId=s&agentId=a&applicationId=p");
}

TEST_F(Walks, CountTheOffsetFromTheFirstPageAlone) {
    for (const Cursor& cursor : {Cursor(), Cursor("")}) {
        answers(R"({"items":[{"traceId":"a"}],"nextCursor":"c1"})");
        answers(R"({"items":[{"traceId":"b"}]})");
        idsOf(client.traces.listAll({.cursor = cursor, .offset = 10}));
        const auto requests = server.requests();
        EXPECT_EQ(requests[requests.size() - 2].target, "/api/v1/traces?offset=10");
        EXPECT_EQ(requests.back().target, "/api/v1/traces?cursor=c1");
    }
}

TEST_F(Walks, FetchAPageOnlyWhenItIsReached) {
    answers(R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"c1"})");
    const auto pager = client.applications.listAll();
    EXPECT_THAT(server.requests(), IsEmpty());
    auto item = pager.begin();
    EXPECT_EQ(item->id, "a");
    ++item;
    EXPECT_EQ(item->id, "b");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(Walks, GiveWholePages) {
    answers(R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"c1"})");
    answers(R"({"items":[{"id":"c"}]})");
    std::vector<std::vector<std::string>> pages;
    for (const auto& page : client.serviceAccounts.listAll().pages())
        pages.push_back(idsOf(page.items));
    EXPECT_THAT(pages, ElementsAre(ElementsAre("a", "b"), ElementsAre("c")));
}

TEST_F(Walks, GoOnBehindAPageThatFailed) {
    answers(R"({"items":[{"id":"a"}],"nextCursor":"c1"})");
    server.respond({.status = 404, .body = R"({"message":"gone"})"});
    answers(R"({"items":[{"id":"b"}]})");
    const auto pager = client.integrations.listAll();
    std::vector<std::string> ids;
    const auto walk = [&] {
        for (const auto& item : pager)
            ids.push_back(item.id);
    };
    EXPECT_EQ(thrown<kontext::NotFoundError>(walk).message(), "gone");
    EXPECT_EQ(pager.cursor(), "c1");
    walk();
    EXPECT_THAT(ids, ElementsAre("a", "b"));
    EXPECT_TRUE(pager.finished());
}

TEST_F(Walks, OfListsWithoutACursorAreOneRequest) {
    answers(R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"ignored"})");
    EXPECT_THAT(idsOf(client.agentSessions.list("app-1").items), ElementsAre("a", "b"));
    EXPECT_THAT(idsOf(client.events.list().items), ElementsAre("a", "b"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

} // namespace
