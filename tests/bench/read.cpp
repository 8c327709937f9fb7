// read RESOURCE ITEMS CALLS, and read responseJson BYTES CALLS: lists so often, without a network. Prints the
// response's size.
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>

#include "canned.hpp"
#include "program.hpp"
#include "responses.hpp"

namespace {

void run(const std::string& name, std::size_t size, std::size_t calls) {
    const bool raw = name == "responseJson";
    for (const bench::Resource& resource : bench::resources()) {
        if (resource.name != (raw ? "events" : name)) continue;
        const std::string response = raw ? bench::events(1, size) : resource.response(size);
        const auto call = resource.lister(response);
        for (std::size_t i = 0; i < calls; ++i)
            if (call() != (raw ? 1 : size)) throw std::runtime_error("items are missing");
        std::printf("bytes=%zu\n", response.size());
        return;
    }
    throw std::runtime_error("unknown resource " + name);
}

} // namespace

int main(int count, char** values) {
    return bench::guarded("read", [&] {
        if (count != 4) throw std::runtime_error("usage: read RESOURCE ITEMS CALLS");
        run(values[1], std::stoul(values[2]), std::stoul(values[3]));
    });
}
