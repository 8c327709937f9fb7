#include <kontext/transport.hpp>

KONTEXT_BEGIN_NAMESPACE
Transport::~Transport() = default;
KONTEXT_END_NAMESPACE
