#include "json/query.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <gmock/gmock.h>

#include <kontext/errors.hpp>

namespace kontext {
namespace {

class Filter : public OpenEnum<Filter> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<Filter> all{"all"};
};

struct Params {
    std::optional<std::int64_t> limit{};
    std::optional<std::string> cursor{};
    std::optional<std::string> userId{};
    std::optional<bool> all{};
    std::optional<Filter> status{};
};

} // namespace

namespace json {
template <>
struct Fields<Params> {
    static constexpr FieldList list{
        field<&Params::limit>("limit"), field<&Params::cursor>("cursor"), field<&Params::userId>("userId"),
        field<&Params::all>("all"),     field<&Params::status>("status"),
    };
};
} // namespace json

namespace {

using json::encodeQuery;
using testing::HasSubstr;
using testing::Not;

TEST(Query, IsEmptyWithoutParameters) { EXPECT_EQ(encodeQuery(Params{}), ""); }

TEST(Query, HoldsAParameterOfEachKind) {
    Params params;
    params.limit = 10;
    params.cursor = "abc";
    params.userId = "u1";
    params.all = true;
    params.status = Filter::all;
    EXPECT_EQ(encodeQuery(params), "limit=10&cursor=abc&userId=u1&all=true&status=all");
}

TEST(Query, SendsValuesThatLookLikeNone) {
    Params params;
    params.limit = 0;
    params.userId = "";
    params.all = false;
    EXPECT_EQ(encodeQuery(params), "limit=0&userId=&all=false");
}

TEST(Query, SendsANegativeNumberForTheServerToRefuse) {
    Params params;
    params.limit = -1;
    EXPECT_EQ(encodeQuery(params), "limit=-1");
}

TEST(Query, LeavesAnEmptyCursorOut) {
    Params params;
    params.cursor = "";
    EXPECT_EQ(encodeQuery(params), "");
    params.all = true;
    EXPECT_EQ(encodeQuery(params), "all=true");
}

TEST(Query, EncodesValues) {
    Params params;
    params.cursor = "a=b&c d/+%\xc3\xa9";
    params.status = Filter("x&all=true");
    EXPECT_EQ(encodeQuery(params), "cursor=a%3Db%26c%20d%2F%2B%25%C3%A9&status=x%26all%3Dtrue");
}

TEST(Query, RefusesValuesThatBreakALine) {
    for (const std::string& value : {std::string("s3cr3t\n"), std::string("s3cr3t\r"), std::string("s3cr3t\0", 7)}) {
        Params params;
        params.userId = value;
        try {
            encodeQuery(params);
            ADD_FAILURE() << "it was taken";
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.field(), "userId");
            EXPECT_THAT(error.what(), Not(HasSubstr("s3cr3t")));
        }
    }
}

} // namespace
} // namespace kontext
