// Any bytes as the body of an error.
#include <cstdint>
#include <cstdlib>

#include "json/decode.hpp"
#include "json/envelope.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto envelope = kontext::json::readEnvelope({reinterpret_cast<const char*>(data), size});
    if (!envelope) return 0;
    kontext::RawJson meta;
    if (kontext::json::decode(envelope->meta, meta)) std::abort(); // meta() promises JSON
    return 0;
}
