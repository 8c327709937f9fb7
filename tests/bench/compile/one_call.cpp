// A program that makes one call, and no more: for its size.
#include <cstdio>
#include <exception>

#include <kontext/management.hpp>

int main() try {
    const kontext::KontextManagementClient client(kontext::ClientConfig::fromEnvironment());
    std::printf("%zu applications\n", client.applications.list().items.size());
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
