// How fast pages become structs: each resource, 1 to 200 items, and events with 1 KB to 1 MB of arbitrary JSON.
#include <string>

#include <benchmark/benchmark.h>

#include "canned.hpp"
#include "responses.hpp"

namespace {

void list(benchmark::State& state, const bench::Resource& resource, const std::string& response, std::size_t items) {
    const auto call = resource.lister(response);
    for (auto _ : state)
        if (call() != items) state.SkipWithError("items are missing");
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * response.size()));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * items));
}

} // namespace

int main(int count, char** values) {
    for (const bench::Resource& resource : bench::resources())
        for (const std::size_t items : {1, 10, 50, 200})
            benchmark::RegisterBenchmark((std::string(resource.name) + '/' + std::to_string(items)).c_str(),
                                         [&resource, items](benchmark::State& state) {
                                             list(state, resource, resource.response(items), items);
                                         });
    for (const std::size_t kilobytes : {1, 32, 1024})
        benchmark::RegisterBenchmark(("responseJson/" + std::to_string(kilobytes) + "KB").c_str(),
                                     [kilobytes](benchmark::State& state) {
                                         list(state, bench::resources().back(), bench::events(1, kilobytes * 1024), 1);
                                     });
    benchmark::Initialize(&count, values);
    if (benchmark::ReportUnrecognizedArguments(count, values)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
