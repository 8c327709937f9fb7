#include <kontext/observer.hpp>

KONTEXT_BEGIN_NAMESPACE
CallObserver::~CallObserver() = default;
KONTEXT_END_NAMESPACE
