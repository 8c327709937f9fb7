#include "values/printable.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace kontext::printable_test {
namespace {

using namespace std::string_view_literals;

TEST(Printable, LeavesTextAlone) {
    EXPECT_EQ(printable(""), "");
    EXPECT_EQ(printable("GET /a?b=c -> 404: \"it's\" \\n ~"), "GET /a?b=c -> 404: \"it's\" \\n ~");
    EXPECT_EQ(printable("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST(Printable, EscapesControlBytes) {
    EXPECT_EQ(printable("a\nb\rc\td"), R"(a\nb\rc\td)");
    EXPECT_EQ(printable("\x1b[2J\x07\x7f"), R"(\x1b[2J\x07\x7f)");
    EXPECT_EQ(printable("\0\x01\x1f"sv), R"(\x00\x01\x1f)");
}

TEST(Printable, EscapesTheControlsBeyondAscii) {
    EXPECT_EQ(printable("\xc2\x80\xc2\x9b\xc2\x9f"), R"(\xc2\x80\xc2\x9b\xc2\x9f)");
    EXPECT_EQ(printable("\xc2\xa0\xc2\xbf"), "\xc2\xa0\xc2\xbf"); // no controls: a blank and a question mark
}

TEST(Printable, BearsTextThatIsCutOffWithinACharacter) { EXPECT_EQ(printable("a\xc2"), "a\xc2"); }

} // namespace
} // namespace kontext::printable_test
