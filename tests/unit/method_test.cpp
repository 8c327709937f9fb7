#include "transport/method.hpp"

#include <gtest/gtest.h>

namespace kontext::method_test {
namespace {

TEST(Method, IsRetryableIfItDoesNoMoreTheSecondTime) {
    for (const char* method : {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
        EXPECT_TRUE(isRetryableMethod(method)) << method;
    for (const char* method : {"POST", "CONNECT", "TRACE", "get", "", "GETX", "PURGE"})
        EXPECT_FALSE(isRetryableMethod(method)) << method;
}

} // namespace
} // namespace kontext::method_test
