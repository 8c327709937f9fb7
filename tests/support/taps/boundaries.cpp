// Where each test begins and ends, among what its program says: what is a secret in one may be said in another.

#include <string>

#include <gtest/gtest.h>

#include "support/said.hpp"

namespace {

class Boundaries : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo& test) override {
        kontext_test::note("test", std::string(test.test_suite_name()) + '.' + test.name());
    }
    void OnTestEnd(const testing::TestInfo&) override { kontext_test::note("test", ""); }
};

[[maybe_unused]] const bool listening = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new Boundaries); // which owns it
    return true;
}();

} // namespace
