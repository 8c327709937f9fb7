#include <kontext/token_store.hpp>

KONTEXT_BEGIN_NAMESPACE
TokenStore::~TokenStore() = default;
KONTEXT_END_NAMESPACE
