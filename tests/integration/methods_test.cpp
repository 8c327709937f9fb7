// Every method of the client, over a socket: the request that goes out, to the byte, the response to its last field,
// and what all methods promise alike. Their rows are in methods/.
#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "integration/methods/agent_sessions.hpp"
#include "integration/methods/applications.hpp"
#include "integration/methods/client.hpp"
#include "integration/methods/events.hpp"
#include "integration/methods/integrations.hpp"
#include "integration/methods/service_accounts.hpp"
#include "integration/methods/traces.hpp"
#include "support/wire_client.hpp"
#include "support/wire_server.hpp"

namespace {

using namespace kontext_test;
using kontext::CallOptions;
using kontext::DecodeError;
using kontext::Headers;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<Method> allMethods() {
    std::vector<Method> all;
    for (const auto& [resource, methods] :
         {std::pair("applications_", &applications), std::pair("integrations_", &integrations),
          std::pair("serviceAccounts_", &serviceAccounts), std::pair("agentSessions_", &agentSessions),
          std::pair("traces_", &traces), std::pair("events_", &events), std::pair("", &clientItself)})
        for (const Method& method : *methods)
            all.emplace_back(method).fullName = std::string(resource) + method.name;
    return all;
}

/// Name, in small letters, and value; sorted.
Headers headerSet(const Request& request) {
    Headers all;
    for (auto [name, value] : request.headers) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        all.emplace_back(std::move(name), std::move(value));
    }
    std::sort(all.begin(), all.end());
    return all;
}

class EveryMethod : public Wired, public testing::WithParamInterface<Method> {
protected:
    const Method& method = GetParam();

    Json call(const CallOptions& options = {}, const Arguments& arguments = {}) {
        return method.call(client, arguments, options);
    }
    void answersSample() { answers(method.response.text()); }
    /// Reads a response that is wrong at this place.
    void expectRefused(const std::string& response, const std::string& pointer) {
        SCOPED_TRACE(response);
        answers(response);
        const auto error = thrown<DecodeError>([&] { call(); });
        EXPECT_EQ(error.pointer(), pointer);
        EXPECT_EQ(error.code(), "kontext_decode_error");
        EXPECT_EQ(error.statusCode(), 200);
        EXPECT_THAT(error.what(), testing::HasSubstr(pointer));
    }
};

TEST_P(EveryMethod, SendsExactlyThis) {
    answersSample();
    call();
    ASSERT_THAT(server.requests(), SizeIs(1));
    const Request request = sent();
    EXPECT_EQ(request.method, method.verb);
    EXPECT_EQ(request.target, method.target());
    EXPECT_EQ(request.body, method.body);

    Headers expected = {{"accept", "application/json"},
                        {"authorization", "Bearer token-1"},
                        {"host", "127.0.0.1:" + std::to_string(server.port())},
                        {"user-agent", "kontext-cpp/0.1.0"}};
    if (request.count("Accept-Encoding") > 0) expected.emplace_back("accept-encoding", "gzip"); // if libcurl can
    if (!request.body.empty()) expected.emplace_back("content-type", "application/json");
    const bool takesBody = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (takesBody) expected.emplace_back("content-length", std::to_string(request.body.size()));
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(headerSet(request), expected);
    EXPECT_THAT(server.tokenRequests(), SizeIs(1));
    EXPECT_EQ(server.connections(), 1);
}

class EveryMethodWithIds : public EveryMethod {};

TEST_P(EveryMethodWithIds, PercentEncodesThem) {
    answersSample();
    call({}, {.id = "a/b c?d#e%\xc3\xbc", .id2 = "..;+&=~"});
    EXPECT_EQ(sent().target, method.target({"a%2Fb%20c%3Fd%23e%25%C3%BC", "..%3B%2B%26%3D~"}));
}

TEST_P(EveryMethodWithIds, RefusesThoseThatWouldMakeItAnotherRequest) {
    answersSample();
    const auto parameters = method.parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        for (const std::string& id : {std::string(), std::string("."), std::string(".."), std::string("a\r\nb"),
                                      std::string("a\nb"), std::string("a\0b", 3)}) {
            Arguments arguments;
            (i == 0 ? arguments.id : arguments.id2) = id;
            const auto error = thrown<kontext::ConfigError>([&] { call({}, arguments); });
            EXPECT_EQ(error.field(), parameters[i]);
            EXPECT_THAT(error.what(), testing::StartsWith(std::string(method.verb) + " /api/v1" + method.route + ": "
                                                          + parameters[i] + " must not "));
            EXPECT_EQ(error.code(), "kontext_config_invalid");
            EXPECT_EQ(error.statusCode(), 0);
        }
    }
    EXPECT_THAT(server.requests(), IsEmpty());
    EXPECT_THAT(server.tokenRequests(), IsEmpty());
    call();
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, TakesAny2xx) {
    for (const int status : {200, 201, 202, 299})
        server.respond({.status = status, .body = method.response.text()});
    for (int i = 0; i < 4; ++i)
        call();
    EXPECT_THAT(server.requests(), SizeIs(4));
}

TEST_P(EveryMethod, ReadsAnEmptyResponseOnlyWhereNothingIsExpected) {
    for (const int status : {204, 200, 201}) {
        server.respond({.status = status});
        if (method.wanted != Body::json) {
            EXPECT_NO_THROW(call());
            continue;
        }
        const auto error = thrown<DecodeError>([&] { call(); });
        EXPECT_EQ(error.pointer(), "");
        EXPECT_EQ(error.code(), "kontext_decode_error");
        EXPECT_EQ(error.statusCode(), status);
    }
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryMethod, ReadsOnlyJsonUnlessTheResponseIsIgnored) {
    server.respond({.headers = {{"Content-Type", "text/html"}}, .body = "<html>Welcome</html>"});
    if (method.wanted == Body::ignored)
        EXPECT_NO_THROW(call());
    else
        EXPECT_EQ(thrown<DecodeError>([&] { call(); }).pointer(), "");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, FillsInWhatCameBack) {
    server.respond(
        {.status = 201, .headers = {{"X-Request-Id", "req-7"}, {"X-Other", "y"}}, .body = method.response.text()});
    kontext::ResponseInfo info;
    call({.info = &info});
    EXPECT_EQ(info.statusCode, 201);
    EXPECT_EQ(info.requestId, "req-7");
    EXPECT_EQ(info.body, method.response.text());
    EXPECT_EQ(info.attempts, 1);
    EXPECT_THAT(info.headers, Contains(Pair("X-Other", "y")));
}

TEST_P(EveryMethod, SendsTheHeadersOfTheCall) {
    answersSample();
    call({.headers = {{"X-Correlation", "c-1"}, {"accept", "application/vnd.kontext+json"}}});
    EXPECT_EQ(sent().header("X-Correlation"), "c-1");
    EXPECT_EQ(sent().header("Accept"), "application/vnd.kontext+json");
    EXPECT_EQ(sent().count("Accept"), 1U);
    call(); // and only those of the call
    EXPECT_EQ(sent().count("X-Correlation"), 0U);
    EXPECT_EQ(sent().header("Accept"), "application/json");
}

TEST_P(EveryMethod, ThrowsWhatTheServerSays) {
    server.respond({.status = 404,
                    .headers = {{"x-request-id", "req-9"}},
                    .body = R"({"message":"No such thing","statusCode":404})"});
    kontext::ResponseInfo info;
    const auto error = thrown<kontext::NotFoundError>([&] { call({.info = &info}); });
    EXPECT_EQ(error.message(), "No such thing");
    EXPECT_EQ(error.method(), method.verb);
    EXPECT_EQ(error.path(), method.target());
    EXPECT_EQ(error.requestId(), "req-9");
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_EQ(info.statusCode, 404);
    EXPECT_EQ(info.requestId, "req-9");
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_P(EveryMethod, IsReplayedOnceWithANewTokenAfterA401) {
    server.respond({.status = 401}).respond({.body = method.response.text()});
    kontext::ResponseInfo info;
    call({.maxRetries = 0, .info = &info});
    const auto requests = server.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests[0].header("Authorization"), "Bearer token-1");
    EXPECT_EQ(requests[1].header("Authorization"), "Bearer token-2");
    EXPECT_EQ(requests[1].method, method.verb);
    EXPECT_EQ(requests[1].target, requests[0].target);
    EXPECT_EQ(requests[1].body, method.body);
    EXPECT_EQ(info.attempts, 2);
}

TEST_P(EveryMethod, IsRetriedAfterA503OnlyIfThatDoesNoHarm) {
    server.respond({.status = 503}).respond({.body = method.response.text()});
    if (method.isRetryable()) {
        call();
        EXPECT_THAT(server.requests(), SizeIs(2));
        EXPECT_EQ(sent().body, method.body);
    } else {
        const auto error = thrown<kontext::ServerError>([&] { call(); });
        EXPECT_EQ(error.attempts(), 1);
        EXPECT_THAT(error.retryStopReason(), testing::HasSubstr("POST"));
        EXPECT_THAT(server.requests(), SizeIs(1));
    }
}

TEST_P(EveryMethod, SendsNothingOnceCancelled) {
    answersSample();
    kontext::CancellationSource source;
    source.cancel();
    const auto error = thrown<kontext::CancelledError>([&] { call({.cancel = source.token()}); });
    EXPECT_FALSE(error.requestMayHaveBeenProcessed());
    EXPECT_EQ(error.attempts(), 0);
    EXPECT_THAT(server.requests(), IsEmpty());
    EXPECT_THAT(server.tokenRequests(), IsEmpty());
}

/// A method that reads JSON with fields.
class EveryResponse : public EveryMethod {
protected:
    const Sample& sample = method.response;
    using Choice = std::function<void(Json& object, const std::string& field)>;

    /// Reads the response with all fields of a struct that may be missing changed in some way that makes them so; one
    /// struct after the other.
    void expectEmpty(const Choice& missing) {
        for (const auto& [at, fields] : sample.structs()) {
            Json sent = sample.value();
            Json shown = sample.value();
            for (const auto& field : fields) {
                if (!field.mayBeMissing()) continue;
                missing(sent[at], field.name);
                shown[at].erase(field.name);
                if (!field.has('?')) shown[at][field.name] = field.empty;
            }
            SCOPED_TRACE(sent.dump());
            answers(sent.dump());
            EXPECT_EQ(call(), shown);
        }
    }
    /// The response with other JSON at this place.
    std::string with(const Json::json_pointer& at, std::string_view other) const {
        Json response = sample.value();
        response[at] = Json::parse(other);
        return response.dump();
    }
};

/// The fields in reverse order, among others that nobody knows.
std::string disordered(const Sample& sample, const Json& value, const Json::json_pointer& at) {
    std::string text;
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            text += (i == 0 ? "" : " ,") + disordered(sample, value[i], at / i);
        return '[' + text + ']';
    }
    const auto found = std::find_if(sample.structs().begin(), sample.structs().end(),
                                    [&](const Sample::Struct& one) { return one.at == at; });
    if (found == sample.structs().end()) return value.dump();
    text = R"("future":{"id":7,"deep":[[{}],null,-1.5e3]})";
    for (auto field = found->fields.rbegin(); field != found->fields.rend(); ++field)
        text += ",\n \"" + field->name + "\" : " + disordered(sample, value[field->name], at / field->name) + R"(,"x_)"
                + field->name + R"(":[1,"a"])";
    return '{' + text + '}';
}

TEST_P(EveryResponse, IsReadToTheLastField) {
    answersSample();
    EXPECT_EQ(call(), sample.value());
}

TEST_P(EveryResponse, IsReadAmongFieldsThatNobodyKnowsInAnyOrder) {
    answers(' ' + disordered(sample, sample.value(), Json::json_pointer()) + "\r\n");
    EXPECT_EQ(call(), sample.value());
}

TEST_P(EveryResponse, NeedsOnlyWhatIdentifiesIt) {
    expectEmpty([](Json& object, const std::string& field) { object.erase(field); });
}

TEST_P(EveryResponse, TakesNullForMissing) {
    expectEmpty([](Json& object, const std::string& field) { object[field] = nullptr; });
}

class EveryResponseWithIds : public EveryResponse {};

TEST_P(EveryResponseWithIds, CannotBeReadWithoutThem) {
    for (const auto& [at, fields] : sample.structs()) {
        for (const auto& field : fields) {
            if (!field.has('!')) continue;
            Json response = sample.value();
            response[at].erase(field.name);
            expectRefused(response.dump(), (at / field.name).to_string());
            expectRefused(with(at / field.name, "null"), (at / field.name).to_string());
        }
    }
}

TEST_P(EveryResponse, RefusesWrongTypesAndNamesThePlace) {
    for (const auto& [at, fields] : sample.structs()) {
        for (const auto& field : fields) {
            if (field.has('*')) continue;
            const auto place = at / field.name;
            const Json& right = sample.value()[place];
            for (const char* wrong : {R"("text")", "7", "true", "[]", "{}"}) {
                const Json other = Json::parse(wrong);
                if (other.type() != right.type() && !(other.is_number() && right.is_number()))
                    expectRefused(with(place, wrong), place.to_string());
            }
            if (right.is_array() && right.at(0).is_string())
                expectRefused(with(place, R"(["text",7])"), place.to_string() + "/1");
            if (right.is_number_integer())
                for (const char* wrong : {"1.5", "9223372036854775808", "-9223372036854775809"})
                    expectRefused(with(place, wrong), place.to_string());
        }
    }
}

TEST_P(EveryResponse, RefusesAnotherKindOfValueInPlaceOfAStruct) {
    for (const auto& [at, fields] : sample.structs())
        for (const char* wrong : {R"("text")", "7", "true"})
            expectRefused(with(at, wrong), at.to_string());
}

TEST_P(EveryResponse, IsShownWithoutItsSecrets) {
    answersSample();
    Json redacted = sample.value();
    for (const auto& [at, fields] : sample.structs())
        for (const auto& field : fields)
            for (const char* secret : {"clientSecret", "serverToken", "partnerApiKey", "token"})
                if (field.name == secret) redacted[at / field.name] = "[redacted]";
    EXPECT_EQ(method.call(client, {}, {}, kontext::JsonSecrets::redact), redacted);
}

/// A list that has a cursor.
class EveryList : public EveryMethod {
protected:
    const std::string key = method.response.key();

    /// A page of these items; `cursor` is JSON, "" for none.
    void answersPage(const std::vector<std::string>& ids, const std::string& cursor = {}) {
        Json page = {{"items", Json::array()}};
        for (const std::string& id : ids)
            page["items"].push_back({{key, id}});
        if (!cursor.empty()) page["nextCursor"] = Json::parse(cursor);
        answers(page.dump());
    }
    /// The items of a page, or those of all pages, by a limit of 2.
    std::vector<std::string> ids(const std::optional<std::string>& cursor = {}) {
        last = call({}, {.limit = 2, .cursor = cursor});
        std::vector<std::string> all;
        for (const Json& item : last["items"])
            all.push_back(item[key]);
        return all;
    }
    std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const Request& request : server.requests())
            all.push_back(request.target);
        return all;
    }
    std::string target(const std::string& rest) const { return method.target() + rest; }

    Json last{};
};

class EveryPage : public EveryList {};

TEST_P(EveryPage, IsGivenWithWhereTheNextBegins) {
    answersPage({"a", "b"}, R"("next+/=")");
    EXPECT_THAT(ids("now ?&"), ElementsAre("a", "b"));
    EXPECT_EQ(last["nextCursor"], "next+/=");
    EXPECT_THAT(targets(), ElementsAre(target("?limit=2&cursor=now%20%3F%26")));
}

TEST_P(EveryPage, IsTheLastWithoutACursor) {
    for (const char* cursor : {"", "null", R"("")"}) {
        answersPage({"a"}, cursor);
        EXPECT_THAT(ids(), ElementsAre("a"));
        EXPECT_FALSE(last.contains("nextCursor"));
    }
}

TEST_P(EveryPage, MayBeEmpty) {
    for (const char* response : {R"({"items":[]})", R"({"items":null})", "{}"}) {
        answers(response);
        EXPECT_THAT(ids(), IsEmpty());
        EXPECT_FALSE(last.contains("nextCursor"));
    }
}

TEST_P(EveryPage, NamesTheItemThatCannotBeRead) {
    expectRefused(Json({{"items", {{{key, "a"}}, {{key, Json::array()}}}}}).dump(), "/items/1/" + key);
    expectRefused("[]", "");
    expectRefused(R"({"items":{}})", "/items");
    expectRefused(R"({"items":[],"nextCursor":7})", "/nextCursor");
}

class EveryWalk : public EveryList {};

TEST_P(EveryWalk, GoesFromPageToPage) {
    answersPage({"a", "b"}, R"("c+1/=")");
    answersPage({"c", "d"}, R"("c2")");
    answersPage({"e"}, "null");
    EXPECT_THAT(ids(), ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_THAT(targets(),
                ElementsAre(target("?limit=2"), target("?limit=2&cursor=c%2B1%2F%3D"), target("?limit=2&cursor=c2")));
}

TEST_P(EveryWalk, BeginsAtACursor) {
    answersPage({"e"});
    EXPECT_THAT(ids("c2"), ElementsAre("e"));
    EXPECT_THAT(targets(), ElementsAre(target("?limit=2&cursor=c2")));
}

TEST_P(EveryWalk, EndsWhenTheCursorRepeats) {
    answersPage({"a"}, R"("c1")");
    answersPage({"b"}, R"("c2")");
    answersPage({"c"}, R"("c1")"); // and so on, round and round
    EXPECT_THAT(ids(), ElementsAre("a", "b", "c"));
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_P(EveryWalk, EndsWhenTheCursorIsIgnored) {
    answersPage({"a", "b"}, R"("c1")"); // whatever the cursor
    EXPECT_THAT(ids(), ElementsAre("a", "b"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_P(EveryWalk, EndsAtAnEmptyPage) {
    answersPage({"a"}, R"("c1")");
    answersPage({}, R"("c2")");
    answersPage({"z"});
    EXPECT_THAT(ids(), ElementsAre("a"));
    EXPECT_THAT(server.requests(), SizeIs(2));
}

template <class Choose>
auto methodsThat(const Choose& choose) {
    const std::vector<Method> all = allMethods();
    std::vector<Method> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), choose);
    return testing::ValuesIn(some);
}

bool hasIds(const Method& method) { return !method.parameters().empty(); }
bool hasFields(const Method& method) {
    return method.call.returns() != Call::Returns::nothing && method.call.returns() != Call::Returns::rawJson;
}
bool needsFields(const Method& method) { return hasFields(method) && !method.response.key().empty(); }
bool isPage(const Method& method) { return method.call.returns() == Call::Returns::page; }
bool isWalk(const Method& method) { return method.call.returns() == Call::Returns::pager; }
std::string nameOf(const testing::TestParamInfo<Method>& row) { return row.param.fullName; }

INSTANTIATE_TEST_SUITE_P(, EveryMethod, testing::ValuesIn(allMethods()), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryMethodWithIds, methodsThat(hasIds), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryResponse, methodsThat(hasFields), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryResponseWithIds, methodsThat(needsFields), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryPage, methodsThat(isPage), nameOf);
INSTANTIATE_TEST_SUITE_P(, EveryWalk, methodsThat(isWalk), nameOf);

} // namespace
