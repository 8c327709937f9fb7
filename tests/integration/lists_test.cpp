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

// `client.requestAll`.
class RawWalks : public Wired {
protected:
    static std::vector<std::string> textsOf(const kontext::Pager<kontext::RawJson>& pager) {
        std::vector<std::string> texts;
        for (const kontext::RawJson& item : pager)
            texts.push_back(item.text());
        return texts;
    }
    std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const Request& request : server.requests())
            all.push_back(request.method + ' ' + request.target);
        return all;
    }
};

TEST_F(RawWalks, BringTheItemsOfAllPagesAsTheyAre) {
    answers(R"({"items":[{"id":"a","n":1.50},"b",3],"nextCursor":"c1","total":4})");
    answers(R"({"items":[[]],"nextCursor":null})");
    EXPECT_THAT(textsOf(client.requestAll("/decisions")), ElementsAre(R"({"id":"a","n":1.50})", R"("b")", "3", "[]"));
    EXPECT_THAT(targets(), ElementsAre("GET /api/v1/decisions", "GET /api/v1/decisions?cursor=c1"));
}

TEST_F(RawWalks, SendTheRequestAndTheOptionsWithEveryPage) {
    answers(R"({"items":[1],"nextCursor":"c 1"})");
    answers(R"({"items":[2]})");
    kontext::ResponseInfo info;
    textsOf(client.requestAll("/decisions?outcome=denied", {.query = {{"limit", "1"}}, .headers = {{"X-Raw", "r"}}},
                              {.headers = {{"X-Walk", "w"}}, .info = &info}));
    EXPECT_THAT(targets(), ElementsAre("GET /api/v1/decisions?outcome=denied&limit=1",
                                       "GET /api/v1/decisions?outcome=denied&limit=1&cursor=c%201"));
    for (const Request& request : server.requests()) {
        EXPECT_EQ(request.header("X-Raw"), "r");
        EXPECT_EQ(request.header("X-Walk"), "w");
    }
    EXPECT_EQ(info.body, R"({"items":[2]})");
}

TEST_F(RawWalks, BeginAtTheCursorOfTheQueryAndCountTheOffsetFromThere) {
    answers(R"({"items":[1],"nextCursor":"c2"})");
    answers(R"({"items":[2]})");
    const auto pager = client.requestAll("/decisions", {.query = {{"cursor", "c1"}, {"offset", "5"}, {"limit", "1"}}});
    EXPECT_EQ(pager.cursor(), "c1");
    EXPECT_THAT(textsOf(pager), ElementsAre("1", "2"));
    EXPECT_THAT(targets(), ElementsAre("GET /api/v1/decisions?offset=5&limit=1&cursor=c1",
                                       "GET /api/v1/decisions?limit=1&cursor=c2"));
}

TEST_F(RawWalks, TakeAnEmptyCursorForNone) {
    answers(R"({"items":[1],"nextCursor":""})");
    EXPECT_THAT(textsOf(client.requestAll("/decisions", {.query = {{"cursor", ""}}})), ElementsAre("1"));
    EXPECT_THAT(targets(), ElementsAre("GET /api/v1/decisions"));
}

TEST_F(RawWalks, EndAtACursorThatRepeatsAndAtAnEmptyPage) {
    answers(R"({"items":[1],"nextCursor":"c1"})");
    answers(R"({"items":[2],"nextCursor":"c1"})");
    EXPECT_THAT(textsOf(client.requestAll("/decisions")), ElementsAre("1", "2"));
    answers(R"({"items":[],"nextCursor":"c9"})");
    EXPECT_THAT(textsOf(client.requestAll("/decisions")), IsEmpty());
    EXPECT_THAT(targets(), SizeIs(3));
}

TEST_F(RawWalks, GoOnBehindAPageThatFailed) {
    answers(R"({"items":[1],"nextCursor":"c1"})");
    server.respond({.status = 404, .body = R"({"message":"gone"})"});
    answers(R"({"items":[2]})");
    const auto pager = client.requestAll("/decisions");
    const auto error = thrown<kontext::NotFoundError>([&] { textsOf(pager); });
    EXPECT_EQ(error.method(), "GET");
    EXPECT_EQ(error.path(), "/api/v1/decisions?cursor=...");
    EXPECT_EQ(pager.cursor(), "c1");
    EXPECT_THAT(textsOf(pager), ElementsAre("2"));
}

TEST_F(RawWalks, NameThePlaceOfWhatIsNoPage) {
    const auto pointerOf = [this](const char* body) {
        answers(body);
        const auto error = thrown<kontext::DecodeError>([this] { textsOf(client.requestAll("/policy")); });
        EXPECT_EQ(error.path(), "/api/v1/policy");
        return error.pointer();
    };
    EXPECT_EQ(pointerOf(R"({"items":{}})"), "/items");
    EXPECT_EQ(pointerOf(R"({"items":[],"nextCursor":7})"), "/nextCursor");
    EXPECT_EQ(pointerOf(R"({"mode":"audit"})"), "/items") << "an endpoint that is no list has not an empty one";
    EXPECT_EQ(pointerOf(R"([1])"), "");
    EXPECT_EQ(pointerOf(""), "");
}

TEST_F(RawWalks, RefuseWhatCannotBeSentOncePagesAreWanted) {
    const auto fieldOf = [this](const char* path, const kontext::RawRequest& request) {
        const auto pager = client.requestAll(path, request);
        return thrown<kontext::ConfigError>([&] { textsOf(pager); }).field();
    };
    EXPECT_EQ(fieldOf("decisions", {}), "path");
    EXPECT_EQ(fieldOf("/decisions?cursor=c1", {}), "path");
    EXPECT_EQ(fieldOf("/decisions?limit=1&offset=2", {}), "path");
    EXPECT_EQ(fieldOf("/decisions", {.headers = {{"Host", "elsewhere.test"}}}), "request.headers");
    EXPECT_THAT(server.requests(), IsEmpty());
    answers(R"({"items":[]})");
    textsOf(client.requestAll("/decisions?cursors=1&my-offset=2"));
    EXPECT_THAT(targets(), ElementsAre("GET /api/v1/decisions?cursors=1&my-offset=2"));
}

} // namespace
