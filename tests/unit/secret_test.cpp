#include <kontext/secret.hpp>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "values/wipe.hpp"

namespace {

/// What a block held when it was given back to the heap, which no test may look at afterwards.
struct Watch {
    const void* block = nullptr;
    std::size_t size = 0;
    bool freed = false;
    bool wiped = false;
};
thread_local Watch watch;

void note(const void* block) noexcept {
    if (block == nullptr || block != watch.block) return;
    watch.freed = true;
    watch.wiped = true;
    for (std::size_t i = 0; i < watch.size; ++i)
        watch.wiped = watch.wiped && static_cast<const unsigned char*>(block)[i] == 0;
    watch.block = nullptr;
}

void watchBlock(const void* block, std::size_t size) { watch = {block, size, false, false}; }

void* allocate(std::size_t size) noexcept { return std::malloc(size > 0 ? size : 1); }

void* allocateOrThrow(std::size_t size) {
    void* block = allocate(size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

void release(void* block) noexcept {
    note(block);
    std::free(block);
}

} // namespace

// All of them: a sanitizer minds a block that is allocated by one family and given back by another.
void* operator new(std::size_t size) { return allocateOrThrow(size); }
void* operator new[](std::size_t size) { return allocateOrThrow(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { release(block); }

namespace kontext::secret_test {
namespace {

using namespace std::string_view_literals;

const std::string text = "a secret of more bytes than a short string holds";

void watchBytes(const Secret& secret) { watchBlock(secret.reveal().data(), secret.reveal().size()); }

TEST(Secret, IsEmptyByDefault) {
    const Secret secret;
    EXPECT_TRUE(secret.empty());
    EXPECT_EQ(secret.reveal(), "");
    EXPECT_NE(secret.reveal().data(), nullptr);
}

TEST(Secret, HoldsTheBytesThatItWasMadeFrom) {
    EXPECT_EQ(Secret("abc").reveal(), "abc");
    EXPECT_EQ(Secret(text).reveal(), text);
    EXPECT_EQ(Secret("a\0b"sv).reveal(), "a\0b"sv);
    EXPECT_EQ(Secret(std::string("a\0b", 3)).reveal(), "a\0b"sv);
    EXPECT_FALSE(Secret("abc").empty());
}

TEST(Secret, OfANullPointerIsEmpty) { EXPECT_TRUE(Secret(static_cast<const char*>(nullptr)).empty()); }

TEST(Secret, CannotTurnIntoAStringByAccident) {
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_convertible_v<Secret, const char*>);
    static_assert(!std::is_convertible_v<Secret, bool>);
    static_assert(std::is_convertible_v<const char*, Secret>);
    static_assert(std::is_convertible_v<std::string, Secret>);
    static_assert(std::is_nothrow_move_constructible_v<Secret>);
    static_assert(std::is_nothrow_move_assignable_v<Secret>);
}

TEST(Secret, CopiesAreDeep) {
    Secret original(text);
    const Secret copy = original;
    EXPECT_EQ(copy.reveal(), text);
    EXPECT_NE(copy.reveal().data(), original.reveal().data());
    original = Secret("other");
    EXPECT_EQ(copy.reveal(), text);
}

TEST(Secret, MovesByHandingItsBytesOver) {
    Secret original(text);
    const char* bytes = original.reveal().data();
    Secret moved = std::move(original);
    EXPECT_EQ(moved.reveal().data(), bytes);
    EXPECT_TRUE(original.empty()); // NOLINT(bugprone-use-after-move): promised to be empty
    Secret assigned("other");
    assigned = std::move(moved);
    EXPECT_EQ(assigned.reveal().data(), bytes);
    EXPECT_EQ(assigned.reveal(), text);
}

TEST(Secret, IsAssignedByCopy) {
    const Secret original(text);
    Secret copy("other");
    copy = original;
    EXPECT_EQ(copy.reveal(), text);
    EXPECT_EQ(original.reveal(), text);
    copy = Secret();
    EXPECT_TRUE(copy.empty());
}

TEST(Secret, SurvivesBeingAssignedToItself) {
    Secret secret(text);
    const Secret& same = secret;
    secret = same;
    EXPECT_EQ(secret.reveal(), text);
    Secret& alias = secret;
    secret = std::move(alias);
    EXPECT_EQ(secret.reveal(), text);
}

TEST(Secret, ComparesByItsBytes) {
    EXPECT_EQ(Secret(), Secret(""));
    EXPECT_EQ(Secret("abc"), Secret(std::string("abc")));
    EXPECT_NE(Secret("abc"), Secret("abd"));
    EXPECT_NE(Secret("abc"), Secret("xbc"));
    EXPECT_NE(Secret("abc"), Secret("ab"));
    EXPECT_NE(Secret("abc"), Secret());
    EXPECT_NE(Secret("a\0b"sv), Secret("a\0c"sv));
}

TEST(Secret, WipesTheStringThatItWasMovedFrom) {
    std::string source = text;
    const char* bytes = source.data();
    const Secret secret(std::move(source));
    EXPECT_EQ(secret.reveal(), text);
    EXPECT_TRUE(source.empty()); // NOLINT(bugprone-use-after-move): promised to be wiped
    ASSERT_EQ(source.data(), bytes);
    for (std::size_t i = 0; i < text.size(); ++i)
        EXPECT_EQ(bytes[i], '\0') << i;
}

TEST(Secret, WipesAShortStringThatItWasMovedFrom) {
    std::string source = "short";
    const Secret secret(std::move(source));
    const std::string_view bytes(source.data(), 5); // NOLINT(bugprone-use-after-move): promised to be wiped
    EXPECT_EQ(bytes, "\0\0\0\0\0"sv);
    EXPECT_EQ(secret.reveal(), "short");
}

TEST(Secret, LeavesAStringThatItCopiesAlone) {
    const std::string source = text;
    const Secret secret(source);
    EXPECT_EQ(source, text);
}

TEST(Secret, WipesItsBytesWhenItDies) {
    auto secret = std::make_unique<Secret>(text);
    watchBytes(*secret);
    secret.reset();
    EXPECT_TRUE(watch.freed);
    EXPECT_TRUE(watch.wiped);
}

TEST(Secret, WipesWhatItHeldWhenItIsCopiedTo) {
    Secret secret(text);
    const Secret other("other");
    watchBytes(secret);
    secret = other;
    EXPECT_TRUE(watch.freed);
    EXPECT_TRUE(watch.wiped);
}

TEST(Secret, WipesWhatItHeldWhenItIsMovedTo) {
    Secret secret(text);
    watchBytes(secret);
    secret = Secret("other");
    EXPECT_TRUE(watch.freed);
    EXPECT_TRUE(watch.wiped);
}

TEST(Secret, LeavesNothingBehindInAVectorThatGrows) {
    std::vector<Secret> secrets;
    secrets.reserve(1);
    secrets.emplace_back(text);
    const char* bytes = secrets[0].reveal().data();
    secrets.emplace_back("other");
    EXPECT_EQ(secrets[0].reveal().data(), bytes);
}

TEST(Wipe, OverwritesBytes) {
    char bytes[] = {'a', 'b', 'c', 'd'};
    wipe(bytes + 1, 2);
    EXPECT_EQ(std::string_view(bytes, 4), "a\0\0d"sv);
    wipe(nullptr, 0);
}

TEST(Wipe, OverwritesAllThatAStringHasAllocated) {
    std::string string(100, 'x');
    string.resize(3);
    const char* bytes = string.data();
    wipe(string);
    EXPECT_TRUE(string.empty());
    ASSERT_EQ(string.data(), bytes);
    for (std::size_t i = 0; i < 100; ++i)
        EXPECT_EQ(bytes[i], '\0') << i;
}

TEST(Wipe, LeavesAStringThatCanBeUsed) {
    std::string string = "abc";
    wipe(string);
    wipe(string);
    string += "def";
    EXPECT_EQ(string, "def");
}

TEST(AppendWiping, AppendsLikeAppend) {
    std::string string;
    std::string expected;
    for (int i = 0; i < 300; ++i) {
        const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
        appendWiping(string, piece);
        expected += piece;
        ASSERT_EQ(string, expected);
    }
}

TEST(AppendWiping, WipesTheBufferThatBecameTooSmall) {
    std::string string = text;
    string.shrink_to_fit();
    watchBlock(string.data(), text.size());
    appendWiping(string, std::string(string.capacity(), 'y'));
    EXPECT_TRUE(watch.freed);
    EXPECT_TRUE(watch.wiped);
    EXPECT_EQ(string.substr(0, text.size()), text);
}

TEST(AppendWiping, WipesAShortStringThatMovesToTheHeap) {
    auto string = std::make_unique<std::string>("short");
    const char* before = string->data();
    appendWiping(*string, std::string(100, 'y'));
    ASSERT_NE(string->data(), before);
    EXPECT_NE(std::string_view(before, 5), "short");
    EXPECT_EQ(string->substr(0, 6), "shorty");
}

TEST(AppendWiping, GrowsByMoreThanIsNeeded) {
    std::string string(1000, 'x');
    appendWiping(string, "y");
    EXPECT_GE(string.capacity(), 1999U);
}

} // namespace
} // namespace kontext::secret_test
