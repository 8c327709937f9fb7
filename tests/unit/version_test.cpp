#include <kontext/version.hpp>

#include <string>

#include <gmock/gmock.h>

namespace kontext::version_test {
namespace {

TEST(Version, IsThatOfTheHeaders) {
    EXPECT_EQ(version(), std::to_string(KONTEXT_VERSION_MAJOR) + '.' + std::to_string(KONTEXT_VERSION_MINOR) + '.'
                             + std::to_string(KONTEXT_VERSION_PATCH));
}

} // namespace
} // namespace kontext::version_test
