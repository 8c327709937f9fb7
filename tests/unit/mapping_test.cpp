#include "json/mapping.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace kontext {
namespace {

class Mood : public OpenEnum<Mood> {
public:
    using OpenEnum::OpenEnum;
};

struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

struct Sealed {
    std::string name{};
    std::optional<Secret> key{};
};

/// A member of each kind; the flags stand where sizeof does not show them.
struct EveryKind {
    Point point{};
    bool flag = false;
    std::optional<Point> maybe{};
    Patch<bool> patchedFlag{};
    Patch<std::vector<std::string>> patchedList{};
    Patch<RawJson> patchedRaw{};
    std::vector<Point> points{};
    std::map<std::string, std::int64_t> counts{};
    Mood mood{};
    Timestamp at{};
    Secret secret{};
    RawJson raw{};
    double rate = 0;
    std::string name{};
    std::optional<bool> maybeFlag{};
    bool last = false;
};

struct Nested {
    std::vector<std::map<std::string, Sealed>> sealed{};
};

} // namespace

namespace json {
template <>
struct Fields<Point> {
    static constexpr FieldList list{field<&Point::x>("x"), field<&Point::y>("y")};
};
template <>
struct Fields<Sealed> {
    static constexpr FieldList list{field<&Sealed::name>("name"), field<&Sealed::key>("key")};
};
template <>
struct Fields<Nested> {
    static constexpr FieldList list{field<&Nested::sealed>("sealed")};
};
} // namespace json

namespace {

using json::typeOf;

using MemberTypes = std::tuple<Point, bool, std::optional<Point>, Patch<bool>, Patch<std::vector<std::string>>,
                               Patch<RawJson>, std::vector<Point>, std::map<std::string, std::int64_t>, Mood, Timestamp,
                               Secret, RawJson, double, std::string, std::optional<bool>, bool>;

template <class T, class... M>
constexpr bool areAll(std::tuple<M...>*) {
    return json::areAllMembers<T, M...>;
}

template <std::size_t Forgotten, std::size_t... I>
constexpr bool areAllWithout(std::index_sequence<I...>) {
    using Rest = decltype(std::tuple_cat(
        std::conditional_t<I == Forgotten, std::tuple<>, std::tuple<std::tuple_element_t<I, MemberTypes>>>()...));
    return areAll<EveryKind>(static_cast<Rest*>(nullptr));
}

template <std::size_t... I>
std::vector<bool> areAllWithoutEach(std::index_sequence<I...> all) {
    return {areAllWithout<I>(all)...};
}

TEST(Mapping, KnowsWhenThereIsARowForEachMember) {
    EXPECT_TRUE(areAll<EveryKind>(static_cast<MemberTypes*>(nullptr)));
    EXPECT_TRUE((json::areAllMembers<Page<Point>, std::vector<Point>, std::optional<std::string>>));
}

TEST(Mapping, MissesTheRowOfAnyMember) {
    const auto complete = areAllWithoutEach(std::make_index_sequence<std::tuple_size_v<MemberTypes>>());
    EXPECT_EQ(complete.size(), 16U);
    EXPECT_THAT(complete, testing::Each(false));
}

TEST(Mapping, KnowsWhichTypesMayHoldASecret) {
    EXPECT_TRUE(typeOf<Secret>.holdsSecret);
    EXPECT_TRUE(typeOf<Sealed>.holdsSecret);
    EXPECT_TRUE(typeOf<Nested>.holdsSecret);
    EXPECT_TRUE(typeOf<Page<Sealed>>.holdsSecret);
    EXPECT_FALSE(typeOf<Point>.holdsSecret);
    EXPECT_FALSE(typeOf<std::vector<Point>>.holdsSecret);
    EXPECT_FALSE(typeOf<RawJson>.holdsSecret);
}

} // namespace
} // namespace kontext
