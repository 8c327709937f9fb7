// Any bytes as a timestamp.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <kontext/timestamp.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const kontext::Timestamp stamp(text);
    if (stamp.text() != text) std::abort();
    if (stamp.time() && size < 17) std::abort(); // the shortest is 2026-01-31T12:00Z
    return 0;
}
