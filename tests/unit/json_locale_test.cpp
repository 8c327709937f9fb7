// Numbers in a program whose locale has a decimal comma. Debian's containers have no such locale, so localeconv(),
// which nlohmann's parser asks, is this program's own.
#include <clocale>
#include <string>

#include <dlfcn.h>
#include <gmock/gmock.h>

#include <kontext/traces.hpp>

#include "json/decode.hpp"
#include "json/envelope.hpp"

namespace {

const char* decimalPoint = nullptr;

} // namespace

extern "C" lconv* localeconv() noexcept {
    static thread_local lconv changed;
    changed = *reinterpret_cast<lconv* (*)()>(dlsym(RTLD_NEXT, "localeconv"))();
    if (decimalPoint != nullptr) changed.decimal_point = const_cast<char*>(decimalPoint);
    return &changed;
}

namespace kontext::json_locale_test {
namespace {

class DecimalPoint : public testing::TestWithParam<const char*> {
protected:
    DecimalPoint() { decimalPoint = GetParam(); }
    ~DecimalPoint() override { decimalPoint = nullptr; }
};

TEST_P(DecimalPoint, DoesNotGetIntoRawJson) {
    RawJson value;
    EXPECT_EQ(json::decode(R"({"a":1.5,"b":-0.0,"c":[1.10,1E2,1.5e-3]})", value), std::nullopt);
    EXPECT_EQ(value.text(), R"({"a":1.5,"b":-0.0,"c":[1.10,1E2,1.5e-3]})");
    EXPECT_EQ(json::decode("-2.50", value), std::nullopt);
    EXPECT_EQ(value.text(), "-2.50");
}

TEST_P(DecimalPoint, DoesNotChangeANumber) {
    double value = 0;
    EXPECT_EQ(json::decode("1.5", value), std::nullopt);
    EXPECT_EQ(value, 1.5);
    EXPECT_EQ(json::decode("-0.25e1", value), std::nullopt);
    EXPECT_EQ(value, -2.5);
}

TEST_P(DecimalPoint, DoesNotGetIntoTheMetaOfAnError) {
    EXPECT_EQ(json::readEnvelope(R"({"a":1.5})")->meta, R"({"a":1.5})");
}

INSTANTIATE_TEST_SUITE_P(, DecimalPoint, testing::Values(",", "\xd9\xab"),
                         [](const auto& row) { return row.param[1] == '\0' ? "OfOneByte" : "OfTwoBytes"; });

} // namespace
} // namespace kontext::json_locale_test
