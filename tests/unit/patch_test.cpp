#include <kontext/patch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>

#include <kontext/applications.hpp>
#include <kontext/integrations.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/secret.hpp>

namespace kontext::patch_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Strings = std::vector<std::string>;

TEST(Patch, IsLeftAloneByDefault) {
    const Patch<std::string> patch;
    EXPECT_FALSE(patch.isSet());
    EXPECT_FALSE(patch.isNull());
    EXPECT_FALSE(patch.value());
    EXPECT_FALSE(Patch<Strings>{}.isSet());
}

TEST(Patch, SendsNull) {
    const Patch<std::string> patch = nullptr;
    EXPECT_TRUE(patch.isSet());
    EXPECT_TRUE(patch.isNull());
    EXPECT_FALSE(patch.value());
    EXPECT_TRUE(Patch<bool>(nullptr).isNull());
    EXPECT_TRUE(Patch<Secret>(nullptr).isNull());
    EXPECT_TRUE(Patch<RawJson>(nullptr).isNull());
}

TEST(Patch, SendsAValue) {
    const Patch<std::string> patch = "text";
    EXPECT_TRUE(patch.isSet());
    EXPECT_FALSE(patch.isNull());
    EXPECT_EQ(patch.value(), "text");
}

TEST(Patch, SendsValuesThatLookLikeNone) {
    EXPECT_TRUE(Patch<bool>(false).isSet());
    EXPECT_TRUE(Patch<std::string>("").isSet());
    EXPECT_TRUE(Patch<std::int64_t>(0).isSet());
    EXPECT_TRUE(Patch<Strings>(Strings{}).isSet());
}

TEST(Patch, IsAssignedAnew) {
    Patch<std::string> patch = nullptr;
    patch = "text";
    EXPECT_FALSE(patch.isNull());
    EXPECT_EQ(patch.value(), "text");
    patch = nullptr;
    EXPECT_TRUE(patch.isNull());
    EXPECT_FALSE(patch.value());
    patch = Patch<std::string>{};
    EXPECT_FALSE(patch.isSet());
}

TEST(Patch, TakesAListInBraces) {
    Patch<Strings> patch;
    patch = {"a", "b"};
    EXPECT_THAT(patch.value().value_or(Strings{}), ElementsAre("a", "b"));
    patch = {"https://a.example"};
    EXPECT_THAT(patch.value().value_or(Strings{}), ElementsAre("https://a.example"));
    patch = Strings{};
    EXPECT_TRUE(patch.isSet());
    EXPECT_THAT(patch.value().value_or(Strings{"x"}), IsEmpty());
}

TEST(Patch, TakesAKnownValueOfAnEnum) {
    const Patch<AuthMode> patch = AuthMode::oauth;
    EXPECT_EQ(patch.value(), AuthMode(AuthMode::oauth));
}

TEST(Patch, TakesAnInteger) {
    const Patch<std::int64_t> patch = 5;
    EXPECT_EQ(patch.value(), 5);
}

TEST(Patch, TakesABool) {
    const bool yes = true;
    const Patch<bool> patch = yes;
    EXPECT_EQ(patch.value(), true);
}

TEST(Patch, CopiesAPatch) {
    Patch<std::string> patch = "text";
    const Patch<std::string> copy = patch; // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copy.value(), "text");
    Patch<bool> flag = true;
    const Patch<bool> copied = flag; // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copied.value(), true);
}

TEST(Patch, TakesAnOptionalAndIsLeftAloneWithoutAValue) {
    std::optional<std::string> name = "text";
    EXPECT_EQ(Patch<std::string>(name).value(), "text");
    name.reset();
    UpdateApplicationInput input{.name = name, .description = std::nullopt};
    EXPECT_FALSE(input.name.isSet());
    EXPECT_FALSE(input.description.isSet());
    input.name = std::optional<std::string>("other");
    EXPECT_EQ(input.name.value(), "other");
    input.name = std::nullopt;
    EXPECT_FALSE(input.name.isSet());
    const UpdateApplicationOAuthInput oauth{.pkceRequired = std::optional<bool>(false),
                                            .scopes = std::optional<Strings>(Strings{})};
    EXPECT_EQ(oauth.pkceRequired.value(), false);
    EXPECT_TRUE(oauth.scopes.isSet());
}

template <class T>
concept TakesEmptyBraces = requires {
    T{.scopes = {}};
};
template <class T>
concept IsAssignedEmptyBraces = requires(T patch) {
    patch = {};
};

TEST(Patch, IsNotMadeOfEmptyBraces) {
    static_assert(!TakesEmptyBraces<UpdateApplicationOAuthInput>);
    static_assert(TakesEmptyBraces<CreateApplicationOAuthInput>);
    static_assert(!IsAssignedEmptyBraces<Patch<Strings>>);
    static_assert(!IsAssignedEmptyBraces<Patch<std::string>>);
    static_assert(!IsAssignedEmptyBraces<Patch<bool>>);
}

TEST(Patch, GivesItsValueAwayWhenItIsATemporary) {
    static_assert(std::is_same_v<decltype(Patch<std::string>("x").value()), std::optional<std::string>>);
    const auto& value = Patch<std::string>("a text that is too long for the buffer of a string").value();
    EXPECT_EQ(value, "a text that is too long for the buffer of a string");
}

TEST(Patch, ComparesByWhatItSends) {
    EXPECT_EQ(Patch<std::string>("a"), Patch<std::string>("a"));
    EXPECT_FALSE(Patch<std::string>("a") == Patch<std::string>("b"));
    EXPECT_FALSE(Patch<std::string>() == Patch<std::string>(nullptr));
    EXPECT_FALSE(Patch<std::string>("") == Patch<std::string>());
}

TEST(Patch, TakesWhatItsValueCanBeMadeOf) {
    static_assert(std::is_convertible_v<std::optional<std::string>, Patch<std::string>>);
    static_assert(std::is_convertible_v<const std::optional<bool>&, Patch<bool>>);
    static_assert(std::is_convertible_v<std::optional<bool>&, Patch<bool>>);
    static_assert(std::is_convertible_v<std::nullopt_t, Patch<bool>>);
    static_assert(std::is_convertible_v<std::nullopt_t, Patch<RawJson>>);
    static_assert(std::is_convertible_v<std::optional<AuthMode>, Patch<AuthMode>>);
    static_assert(std::is_convertible_v<const char*, Patch<std::string>>);
    static_assert(std::is_convertible_v<std::string, Patch<std::string>>);
    static_assert(std::is_convertible_v<std::string&, Patch<std::string>>);
    static_assert(std::is_convertible_v<std::nullptr_t, Patch<std::string>>);
    static_assert(std::is_convertible_v<int, Patch<std::int64_t>>);
    static_assert(std::is_convertible_v<bool, Patch<bool>>);
    static_assert(std::is_convertible_v<const bool&, Patch<bool>>);
    static_assert(std::is_convertible_v<std::nullptr_t, Patch<bool>>);
    static_assert(std::is_convertible_v<Strings, Patch<Strings>>);
    static_assert(std::is_convertible_v<const char*, Patch<RawJson>>);
    static_assert(std::is_convertible_v<std::string, Patch<Secret>>);
    static_assert(std::is_convertible_v<const char*, Patch<Secret>>);
    static_assert(std::is_convertible_v<EnumValue<AuthMode>, Patch<AuthMode>>);
    static_assert(std::is_convertible_v<ExternalAuthInput, Patch<ExternalAuthInput>>);
    static_assert(std::is_copy_constructible_v<Patch<bool>>);
    static_assert(std::is_copy_assignable_v<Patch<bool>>);
}

TEST(Patch, TakesNothingElse) {
    static_assert(!std::is_convertible_v<std::string_view, Patch<std::string>>);
    static_assert(!std::is_convertible_v<int, Patch<std::string>>);
    static_assert(!std::is_convertible_v<const char*, Patch<AuthMode>>);
    static_assert(!std::is_convertible_v<std::string, Patch<AuthMode>>);
    static_assert(!std::is_convertible_v<EnumValue<OAuthClientType>, Patch<AuthMode>>);
    static_assert(!std::is_convertible_v<const char*, Patch<std::int64_t>>);
    static_assert(!std::is_constructible_v<Patch<std::int64_t>, double>);
    static_assert(!std::is_constructible_v<Patch<std::string>, int>);
    static_assert(!std::is_constructible_v<Patch<RawJson>, int>);
    static_assert(!std::is_convertible_v<std::optional<double>, Patch<std::int64_t>>);
    static_assert(!std::is_convertible_v<std::optional<Strings>, Patch<std::string>>);
    static_assert(!std::is_convertible_v<std::string, Patch<Strings>>);
}

TEST(Patch, OfABoolTakesABoolAndNothingThatWouldTurnIntoOne) {
    static_assert(!std::is_constructible_v<Patch<bool>, const char*>);
    static_assert(!std::is_constructible_v<Patch<bool>, void*>);
    static_assert(!std::is_constructible_v<Patch<bool>, int*>);
    static_assert(!std::is_constructible_v<Patch<bool>, int>);
    static_assert(!std::is_constructible_v<Patch<bool>, double>);
    static_assert(!std::is_constructible_v<Patch<bool>, std::int64_t>);
    static_assert(!std::is_constructible_v<Patch<bool>, std::string>);
    static_assert(!std::is_constructible_v<Patch<bool>, std::optional<int>>);
    static_assert(!std::is_constructible_v<Patch<bool>, std::optional<const char*>>);
    static_assert(!std::is_assignable_v<Patch<bool>&, const char*>);
    static_assert(!std::is_assignable_v<Patch<bool>&, int>);
}

} // namespace
} // namespace kontext::patch_test
