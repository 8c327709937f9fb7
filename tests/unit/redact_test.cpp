#include "call/redact.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace kontext::redact_test {
namespace {

using testing::ElementsAre;

std::string redacted(std::string text, const std::vector<Secret>& secrets) {
    redact(text, secrets);
    return text;
}

TEST(Redact, ReplacesASecretWhereverItStands) {
    EXPECT_EQ(redacted("hushhush is hushhush, hushhush", {Secret("hushhush")}), "[redacted] is [redacted], [redacted]");
    EXPECT_EQ(redacted("xhushhushhushhushx", {Secret("hushhush")}), "x[redacted][redacted]x");
}

TEST(Redact, ReplacesEachOfSeveral) {
    EXPECT_EQ(redacted("first1 second2", {Secret("first1"), Secret("second2")}), "[redacted] [redacted]");
}

TEST(Redact, ReplacesTheLongestFirst) {
    EXPECT_EQ(redacted("hushhush and hushhush-more", {Secret("hushhush"), Secret("hushhush-more")}),
              "[redacted] and [redacted]");
}

TEST(Redact, ReplacesTheHeadOfASecretWhereTheTextIsCutOff) {
    EXPECT_EQ(redacted("you sent hushhush-mo", {Secret("hushhush-more")}), "you sent [redacted]");
    EXPECT_EQ(redacted("you sent hushhu", {Secret("hushhush-more")}), "you sent [redacted]");
    EXPECT_EQ(redacted("you sent hushh", {Secret("hushhush-more")}), "you sent hushh");
    EXPECT_EQ(redacted("hushhush-mo", {Secret("hushhush-more")}), "[redacted]");
}

TEST(Redact, LeavesNothingBehindTheEnd) {
    const std::string secret = "a-secret-that-is-long-enough-to-be-on-the-heap";
    std::string text = "you sent " + secret;
    redact(text, {Secret(secret)});
    text.resize(text.capacity()); // what the buffer holds
    EXPECT_EQ(text.find("heap"), std::string::npos);
}

TEST(Redact, LeavesOtherTextAlone) {
    EXPECT_EQ(redacted("nothing here", {Secret("hushhush")}), "nothing here");
    EXPECT_EQ(redacted("nothing here", {}), "nothing here");
    EXPECT_EQ(redacted("", {Secret("hushhush")}), "");
}

TEST(Redact, LeavesSecretsOfFewerThanSixBytesAlone) {
    EXPECT_EQ(redacted("a bcdef", {Secret("bcdef"), Secret("a"), Secret("")}), "a bcdef");
    EXPECT_EQ(redacted("a bcdefg", {Secret("bcdefg")}), "a [redacted]");
}

TEST(Redact, FindsASecretAsItStandsWithinJson) {
    const Secret secret("pass\"word\\1");
    EXPECT_EQ(redacted(R"({"secret":"pass\"word\\1"})", {secret}), R"({"secret":"[redacted]"})");
    EXPECT_EQ(redacted(R"(pass"word\1)", {secret}), "[redacted]");
}

TEST(Redact, FindsASecretOfControlBytesAsItStandsWithinJson) {
    EXPECT_EQ(redacted(R"({"secret":"tab\there"})", {Secret("tab\there")}), R"({"secret":"[redacted]"})");
}

TEST(Redact, EndsWhereTheMaskHoldsTheSecret) {
    EXPECT_EQ(redacted("redacted", {Secret("redacted")}), "[redacted]");
    EXPECT_EQ(redacted("[redacted]", {Secret("redacted")}), "[[redacted]]");
}

TEST(Redact, CleansEverythingThatAnErrorShows) {
    const std::string s = "hushhush";
    detail::ErrorData data;
    data.message = s;
    data.code = s;
    data.errorCode = s;
    data.errorDescription = s;
    data.body = "{" + s + "}";
    data.requestId = s;
    data.meta = RawJson("{\"a\":\"" + s + "\"}");
    data.headers = {{"X-A", s}, {"X-B", "b"}};
    data.validationErrors = {{s, s}};
    data.missingScopes = {s};
    redact(data, {Secret(s)});
    const std::string mask = "[redacted]";
    EXPECT_EQ(data.message, mask);
    EXPECT_EQ(data.code, mask);
    EXPECT_EQ(data.errorCode, mask);
    EXPECT_EQ(data.errorDescription, mask);
    EXPECT_EQ(data.body, "{[redacted]}");
    EXPECT_EQ(data.requestId, mask);
    EXPECT_EQ(data.meta.text(), R"({"a":"[redacted]"})");
    EXPECT_EQ(data.headers[0].second, mask);
    EXPECT_EQ(data.headers[1].second, "b");
    EXPECT_EQ(data.validationErrors[0].field, mask);
    EXPECT_EQ(data.validationErrors[0].message, mask);
    EXPECT_THAT(data.missingScopes, ElementsAre(mask));
}

} // namespace
} // namespace kontext::redact_test
