#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "call/display_path.hpp"

namespace kontext::display_path_test {
namespace {

TEST(DisplayPath, ShowsThePathWithoutTheHost) {
    struct Case {
        const char* url;
        const char* shown;
    };
    const std::vector<Case> cases{
        {"https://api.test/api/v1/applications/x", "/api/v1/applications/x"},
        {"https://api.test:8443/x", "/x"},
        {"http://[::1]:8080/x", "/x"},
        {"https://api.test/", "/"},
        {"https://api.test", "/"},
        {"/api/v1/x", "/api/v1/x"},
        {"https://api.test/a%20b", "/a%20b"},
        {"", "/"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(displayPath(c.url), c.shown) << c.url;
}

TEST(DisplayPath, ShowsTheValuesOfHarmlessParametersOnly) {
    struct Case {
        const char* query;
        const char* shown;
    };
    const std::vector<Case> cases{
        {"limit=10", "limit=10"},
        {"limit=10&offset=5&period=24h&status=active&all=true&includeInactive=false",
         "limit=10&offset=5&period=24h&status=active&all=true&includeInactive=false"},
        {"cursor=abc", "cursor=..."},
        {"userId=u1&limit=2&cursor=abc", "userId=...&limit=2&cursor=..."},
        {"limit=1&userId=u1", "limit=1&userId=..."},
        {"secret", "..."},
        {"secret&limit=1&", "...&limit=1"},
        {"all&&all", "all&&all"},
        {"limit", "limit"},
        {"Limit=1", "Limit=..."},
        {"limits=1", "limits=..."},
        {"a=b=c", "a=..."},
        {"token=https://x/?limit=3", "token=..."},
        {"", ""},
    };
    for (const Case& c : cases)
        EXPECT_EQ(displayPath(std::string("https://api.test/x?") + c.query), std::string("/x?") + c.shown) << c.query;
}

TEST(DisplayPath, ShowsAQueryBehindTheHost) { EXPECT_EQ(displayPath("https://api.test?cursor=abc"), "?cursor=..."); }

TEST(DisplayUrl, ShowsWhereItLeadsAndNoSecret) {
    struct Case {
        const char* url;
        const char* shown;
    };
    const std::vector<Case> cases{
        {"https://login.test/start", "https://login.test/start"},
        {"https://login.test", "https://login.test"},
        {"/api/v1/x", "/api/v1/x"},
        {"start?next=1", "start?next=..."},
        {"//login.test/a@b", "//login.test/a@b"},
        {"https://files.test/x?signature=abc&limit=10&expires=1",
         "https://files.test/x?signature=...&limit=...&expires=..."},
        {"https://login.test?token", "https://login.test?..."},
        {"https://login.test/#access_token=abc", "https://login.test/"},
        {"/x?a=1#b?c=d", "/x?a=..."},
        {"https://user:pass@login.test/x?a@b", "https://login.test/x?..."},
        {"//user:p@ss@login.test", "//login.test"},
        {"user:pass@login.test/x", "login.test/x"},
        {"/x//a@b", "/x//a@b"},
        {"", ""},
    };
    for (const Case& c : cases)
        EXPECT_EQ(displayUrl(c.url), c.shown) << c.url;
}

} // namespace
} // namespace kontext::display_path_test
