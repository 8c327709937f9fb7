#include <kontext/open_enum.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/agent_sessions.hpp>
#include <kontext/applications.hpp>
#include <kontext/events.hpp>
#include <kontext/integrations.hpp>

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

TEST(OpenEnum, KnownValuesCompareWithEachOther) {
    static_assert(Mood::glad == Mood::glad);
    static_assert(Mood::glad != Mood::sad);
    static_assert(AuthMode::none != AuthMode::oauth);
}

TEST(OpenEnum, KnownValuesAreChosenBetween) {
    const auto choose = [](bool yes) -> AuthMode { return yes ? AuthMode::userToken : AuthMode::oauth; };
    EXPECT_EQ(choose(true), AuthMode::userToken);
    EXPECT_EQ(choose(false), AuthMode::oauth);
    const Mood other("other");
    const Mood chosen = other == Mood::glad ? other : Mood::sad;
    EXPECT_EQ(chosen, Mood::sad);
}

TEST(OpenEnum, IsCountedByAKnownValue) {
    const std::vector<McpEvent> events{{.id = "1", .status = EventStatus::ok},
                                       {.id = "2", .status = EventStatus::warn},
                                       {.id = "3", .status = EventStatus("ok")}};
    EXPECT_EQ(std::ranges::count(events, EventStatus::ok, &McpEvent::status), 2);
}

TEST(OpenEnum, IsHashedByItsText) {
    std::unordered_map<AuthMode, int> counts;
    ++counts[AuthMode::oauth];
    ++counts[AuthMode("oauth")];
    ++counts[AuthMode("brand_new")];
    EXPECT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts.at(AuthMode::oauth), 2);
}

template <class... Enum>
inline constexpr bool allHash = (std::is_default_constructible_v<std::hash<Enum>> && ...);

TEST(OpenEnum, OfEachKindHasAHash) {
    static_assert(allHash<OAuthClientType, AuthMode, IntegrationCategory, ValidationStatus, SessionStatus,
                          DerivedSessionStatus, SessionFilter, EventStatus>);
    static_assert(!allHash<Mood>);
}

template <class T>
std::string written(const T& value) {
    std::ostringstream stream;
    stream << value;
    return stream.str();
}

TEST(OpenEnum, IsWrittenAsItsText) {
    EXPECT_EQ(written(Mood::glad), "glad");
    EXPECT_EQ(written(Mood("brand_new")), "brand_new");
    EXPECT_EQ(testing::PrintToString(EventStatus("error_remote")), "error_remote");
    EXPECT_EQ(testing::PrintToString(EventStatus::ok), "ok");
}

TEST(OpenEnum, GivesItsTextAwayWhenItIsATemporary) {
    static_assert(std::is_same_v<decltype(Mood("x").str()), std::string>);
    const auto& text = Mood("a text that is too long for the buffer of a string itself").str();
    EXPECT_EQ(text, "a text that is too long for the buffer of a string itself");
}

TEST(EventStatus, KnowsErrorsOfKindsThatAreNewToo) {
    for (const char* text : {"error", "error_remote", "error_proxy", "error_auth", "error_of_a_new_kind", "error_"})
        EXPECT_TRUE(EventStatus(text).isError()) << text;
    for (const char* text : {"", "ok", "warn", "errors", "an_error", "Error", "terror_", "err"})
        EXPECT_FALSE(EventStatus(text).isError()) << text;
}

TEST(OpenEnum, IsMadeOfTextOnPurposeOnly) {
    static_assert(std::is_convertible_v<EnumValue<Mood>, Mood>);
    static_assert(std::is_constructible_v<Mood, std::string>);
    static_assert(std::is_constructible_v<Mood, std::string_view>);
    static_assert(!std::is_convertible_v<std::string_view, Mood>);
    static_assert(!std::is_convertible_v<std::string, Mood>);
    static_assert(!std::is_convertible_v<const char*, Mood>);
    static_assert(!std::is_convertible_v<std::string_view, EnumValue<Mood>>);
    static_assert(!std::is_convertible_v<EnumValue<Colour>, Mood>);
    static_assert(!std::is_constructible_v<Mood, EnumValue<Colour>>);
}

} // namespace
} // namespace kontext::open_enum_test
