// Tells the observer how a call ended.
#pragma once

#include <cstdint>
#include <string_view>

#include <kontext/errors.hpp>

#include "call/call_context.hpp"
#include "call/prepared_request.hpp"
#include "values/clock.hpp"

KONTEXT_BEGIN_NAMESPACE

/// One that no other call of this process has, and not 0.
std::uint64_t nextCallId();

/// What the observer throws is ignored. A failure is told without an allocation: there may be no memory left.
class CallReport {
public:
    /// The call begins.
    CallReport(const CallContext& context, const PreparedRequest& request, std::uint64_t callId);

    void succeeded(const CallResult& result) const;
    void failed(const KontextError& error) const;
    /// By something else, such as std::bad_alloc.
    void failed() const;

private:
    void tell(int statusCode, std::string_view errorCode, std::string_view requestId) const;

    const CallContext& context_;
    const PreparedRequest& request_;
    std::uint64_t callId_;
    Clock::Steady startedAt_;
};

/// Makes the call, which returns its result or throws, and tells the observer, if there is one.
template <class Call>
CallResult observed(const CallContext& context, const PreparedRequest& request, std::uint64_t callId,
                    const Call& call) {
    if (context.observer == nullptr) return call();
    const CallReport report(context, request, callId);
    try {
        CallResult result = call();
        report.succeeded(result);
        return result;
    } catch (const KontextError& error) {
        report.failed(error);
        throw;
    } catch (...) {
        report.failed();
        throw;
    }
}

KONTEXT_END_NAMESPACE
