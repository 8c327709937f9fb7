// Pages, cursors, and the four lists that are walked to their end.
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "support/wire_client.hpp"
#include "support/wire_server.hpp"

namespace {

using namespace kontext_test;
using Client = kontext::KontextManagementClient;
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

/// One of the lists that have a cursor.
struct List {
    const char* name;
    const char* target;
    const char* key;                                                                     // of an item
    std::function<Cursor(const Client&, const Cursor&, std::vector<std::string>&)> page; // returns nextCursor
    std::function<std::vector<std::string>(const Client&, const Cursor&)> all;           // with a limit of 2
};

template <class Resource>
auto pageOf(Resource Client::*resource) {
    return [resource](const Client& client, const Cursor& cursor, std::vector<std::string>& ids) {
        const auto [items, nextCursor] = (client.*resource).list({.limit = 2, .cursor = cursor});
        ids = idsOf(items);
        return nextCursor;
    };
}
template <class Resource>
auto allOf(Resource Client::*resource) {
    return [resource](const Client& client, const Cursor& cursor) {
        return idsOf((client.*resource).listAll({.limit = 2, .cursor = cursor}));
    };
}

const std::vector<List> lists = {
    {"applications", "/api/v1/applications", "id", pageOf(&Client::applications), allOf(&Client::applications)},
    {"integrations", "/api/v1/integrations", "id", pageOf(&Client::integrations), allOf(&Client::integrations)},
    {"serviceAccounts", "/api/v1/service-accounts", "id", pageOf(&Client::serviceAccounts),
     allOf(&Client::serviceAccounts)},
    {"traces", "/api/v1/traces", "traceId", pageOf(&Client::traces), allOf(&Client::traces)},
};

void PrintTo(const List& list, std::ostream* out) { *out << list.name; }

class EveryList : public Wired, public testing::WithParamInterface<List> {
protected:
    const List& list = GetParam();

    /// A page of these items; `cursor` is JSON, "" for none.
    void answersPage(const std::vector<std::string>& ids, const std::string& cursor = {}) {
        std::string items;
        for (const std::string& id : ids)
            items += (items.empty() ? "{\"" : ",{\"") + std::string(list.key) + "\":\"" + id + "\"}";
        answers(R"({"items":[)" + items + ']' + (cursor.empty() ? "" : R"(,"nextCursor":)" + cursor) + '}');
    }
    std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const Request& request : server.requests())
            all.push_back(request.target);
        return all;
    }
    std::string target(const std::string& rest) const { return list.target + rest; }
};

TEST_P(EveryList, GivesOnePageAndWhereTheNextBegins) {
    answersPage({"a", "b"}, R"("next+/=")");
    std::vector<std::string> ids;
    EXPECT_EQ(list.page(client, "now ?&", ids), "next+/=");
    EXPECT_THAT(ids, ElementsAre("a", "b"));
    EXPECT_THAT(targets(), ElementsAre(target("?limit=2&cursor=now%20%3F%26")));
}

TEST_P(EveryList, EndsWithoutACursor) {
    for (const char* cursor : {"", "null", R"("")"}) {
        answersPage({"a"}, cursor);
        std::vector<std::string> ids;
        EXPECT_EQ(list.page(client, std::nullopt, ids), std::nullopt);
        EXPECT_THAT(ids, ElementsAre("a"));
    }
}

TEST_P(EveryList, MayBeEmpty) {
    for (const char* response : {R"({"items":[]})", R"({"items":null})", "{}"}) {
        answers(response);
        std::vector<std::string> ids = {"old"};
        EXPECT_EQ(list.page(client, std::nullopt, ids), std::nullopt);
        EXPECT_THAT(ids, IsEmpty());
    }
}

TEST_P(EveryList, IsWalkedPageByPage) {
    answersPage({"a", "b"}, R"("c+1/=")");
    answersPage({"c", "d"}, R"("c2")");
    answersPage({"e"}, "null");
    EXPECT_THAT(list.all(client, std::nullopt), ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_THAT(targets(),
                ElementsAre(target("?limit=2"), target("?limit=2&cursor=c%2B1%2F%3D"), target("?limit=2&cursor=c2")));
}

TEST_P(EveryList, IsWalkedFromACursor) {
    answersPage({"e"});
    EXPECT_THAT(list.all(client, "c2"), ElementsAre("e"));
    EXPECT_THAT(targets(), ElementsAre(target("?limit=2&cursor=c2")));
}

TEST_P(EveryList, IsNotWalkedForEverWhenTheCursorRepeats) {
    answersPage({"a"}, R"("c1")");
    answersPage({"b"}, R"("c2")");
    answersPage({"c"}, R"("c1")"); // and so on, round and round
    EXPECT_THAT(list.all(client, std::nullopt), ElementsAre("a", "b", "c"));
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryList, IsNotWalkedForEverWhenTheCursorIsIgnored) {
    answersPage({"a", "b"}, R"("c1")"); // whatever the cursor
    EXPECT_THAT(list.all(client, std::nullopt), ElementsAre("a", "b"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_P(EveryList, IsNotWalkedBeyondAnEmptyPage) {
    answersPage({"a"}, R"("c1")");
    answersPage({}, R"("c2")");
    answersPage({"z"});
    EXPECT_THAT(list.all(client, std::nullopt), ElementsAre("a"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_P(EveryList, NamesTheItemThatCannotBeRead) {
    answers(R"({"items":[{"id":"a","traceId":"a"},{"id":[],"traceId":[]}]})");
    std::vector<std::string> ids;
    const auto error = thrown<kontext::DecodeError>([&] { list.page(client, std::nullopt, ids); });
    EXPECT_EQ(error.pointer(), std::string("/items/1/") + list.key);
    for (const auto& [response, pointer] : {std::pair("[]", ""), std::pair(R"({"items":{}})", "/items"),
                                         std::pair(R"({"items":[],"nextCursor":7})", "/nextCursor")}) {
        answers(response);
        EXPECT_EQ(thrown<kontext::DecodeError>([&] { list.page(client, std::nullopt, ids); }).pointer(), pointer);
    }
}

INSTANTIATE_TEST_SUITE_P(, EveryList, testing::ValuesIn(lists), [](const auto& row) { return row.param.name; });

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
