#include "auth/store_file.hpp"

#include "json/decode.hpp"
#include "json/encode.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

struct StoreFile {
    FiledTokens tokens{};
};

} // namespace

namespace json {
template <>
struct Fields<FiledToken> {
    static constexpr FieldList list{
        required<&FiledToken::token>("token"),
        required<&FiledToken::expiresAt>("expiresAt"),
    };
};
template <>
struct Fields<StoreFile> {
    static constexpr FieldList list{
        required<&StoreFile::tokens>("tokens"),
    };
};
} // namespace json

FiledTokens readStoreFile(std::string_view text) {
    StoreFile file;
    if (json::decode(text, file)) return {};
    return std::move(file.tokens);
}

std::string writeStoreFile(const FiledTokens& tokens) { return json::encode(StoreFile{tokens}); }

KONTEXT_END_NAMESPACE
