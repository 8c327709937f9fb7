#include <kontext/open_enum.hpp>

#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include <gmock/gmock.h>

namespace kontext::open_enum_test {
namespace {

class Mood : public OpenEnum<Mood> {
public:
    using OpenEnum::OpenEnum;
    static constexpr EnumValue<Mood> glad{"glad"};
    static constexpr EnumValue<Mood> sad{"sad"};
};

class Colour : public OpenEnum<Colour> {
public:
    using OpenEnum::OpenEnum;
};

TEST(OpenEnum, IsEmptyByDefault) { EXPECT_EQ(Mood().str(), ""); }

TEST(OpenEnum, HoldsAKnownValue) {
    const Mood mood = Mood::glad;
    EXPECT_EQ(mood.str(), "glad");
    EXPECT_EQ(mood, Mood::glad);
    EXPECT_EQ(Mood::glad, mood);
    EXPECT_NE(mood, Mood::sad);
    EXPECT_NE(Mood::sad, mood);
}

TEST(OpenEnum, KeepsAValueThatItDoesNotKnow) {
    const Mood mood("brand_new");
    EXPECT_EQ(mood.str(), "brand_new");
    EXPECT_NE(mood, Mood::glad);
    EXPECT_EQ(mood, Mood("brand_new"));
    EXPECT_NE(mood, Mood("Brand_new"));
}

TEST(OpenEnum, EqualsAKnownValueThatWasMadeFromText) { EXPECT_EQ(Mood("glad"), Mood::glad); }

TEST(OpenEnum, IsAssignedAKnownValue) {
    Mood mood("x");
    mood = Mood::sad;
    EXPECT_EQ(mood, Mood::sad);
}

TEST(OpenEnum, IsAKeyOfAMap) {
    std::map<Mood, int> counts{{Mood::glad, 1}, {Mood("other"), 2}};
    ++counts[Mood("glad")];
    EXPECT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[Mood::glad], 2);
}

TEST(OpenEnum, KnownValuesAreLiterals) {
    static_assert(Mood::glad.view() == "glad");
    EXPECT_EQ(Mood::glad.str(), "glad");
}

TEST(OpenEnum, IsMadeOfTextOnPurposeOnly) {
    static_assert(std::is_convertible_v<EnumValue<Mood>, Mood>);
    static_assert(std::is_constructible_v<Mood, std::string>);
    static_assert(!std::is_convertible_v<std::string, Mood>);
    static_assert(!std::is_convertible_v<const char*, Mood>);
    static_assert(!std::is_convertible_v<std::string_view, EnumValue<Mood>>);
    static_assert(!std::is_convertible_v<EnumValue<Colour>, Mood>);
    static_assert(!std::is_constructible_v<Mood, EnumValue<Colour>>);
}

} // namespace
} // namespace kontext::open_enum_test
