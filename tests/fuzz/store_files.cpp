// Any bytes as the file of tokens: what is read of it is read again when it is written.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/store_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const kontext::FiledTokens tokens = kontext::readStoreFile({reinterpret_cast<const char*>(data), size});
    const std::string text = kontext::writeStoreFile(tokens);
    const kontext::FiledTokens again = kontext::readStoreFile(text);
    if (again.size() != tokens.size()) std::abort();
    for (const auto& [key, filed] : tokens) {
        const auto found = again.find(key);
        if (found == again.end() || found->second.token != filed.token || found->second.expiresAt != filed.expiresAt)
            std::abort();
    }
    if (kontext::writeStoreFile(again) != text) std::abort();
    return 0;
}
