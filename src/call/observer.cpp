#include <kontext/observer.hpp>

KONTEXT_BEGIN_NAMESPACE

CallObserver::~CallObserver() = default;
Headers CallObserver::onSend(const AttemptInfo&) { return {}; }
void CallObserver::onCall(const CallInfo&) {}

KONTEXT_END_NAMESPACE
