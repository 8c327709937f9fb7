// Distributed tracing in the manner of OpenTelemetry: a span for each piece of work, below it a span for each call to
// Kontext, and below that a span for each HTTP attempt, retries and token requests included. The server is told of the
// attempt's span in the W3C header `traceparent`, so that its own spans continue the trace.
//
// It prints the spans, so that the example needs nothing but the library. In a program with OpenTelemetry, `Work` is
// a tracer's span with its scope; `onSend` starts a span and injects its context, and `onAttempt` and `onCall` set the
// same attributes on a span and end it.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kontext/management.hpp>

namespace {

using Clock = std::chrono::steady_clock;
using Attributes = std::vector<std::pair<std::string, std::string>>;

/// What a tracer and its exporter are: makes ids, and takes spans that have ended, from all threads. All that this
/// program does is one trace.
class Tracer {
public:
    /// 16 hexadecimal digits.
    std::string newSpan() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return newId();
    }
    /// What to tell the server of this span: https://www.w3.org/TR/trace-context/
    std::string traceparent(const std::string& span) const { return "00-" + trace_ + '-' + span + "-01"; }
    void ended(const std::string& span, const std::string& parent, const std::string& name,
               std::chrono::duration<double, std::milli> took, const Attributes& attributes = {}) {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::printf("span %s in %s: %s, %.2f ms\n", span.c_str(), parent.empty() ? "none" : parent.c_str(),
                    name.c_str(), took.count());
        for (const auto& [key, value] : attributes)
            std::printf("    %s=%s\n", key.c_str(), value.c_str());
    }

private:
    std::string newId() {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(random_() | 1)); // 0 is no id
        return digits;
    }

    std::mutex mutex_{};
    std::mt19937_64 random_{std::random_device{}()};
    std::string trace_ = newId() + newId();
};

/// The innermost Work of this thread; "": none. The library notifies on the thread that makes the call, so this is what
/// a call belongs to.
thread_local std::string currentWork{};

/// A piece of work of the program's own.
class Work {
public:
    Work(Tracer& tracer, std::string name)
        : tracer_(tracer), name_(std::move(name)), span_(tracer.newSpan()), outer_(currentWork) {
        currentWork = span_;
    }
    ~Work() {
        currentWork = outer_;
        tracer_.ended(span_, outer_, name_, Clock::now() - start_);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

private:
    Tracer& tracer_;
    std::string name_;
    std::string span_;
    std::string outer_;
    Clock::time_point start_ = Clock::now();
};

/// A span for each call and each attempt, with the names of OpenTelemetry's conventions for HTTP clients. The notices
/// hold no secret and no id of a resource, so that all of them may go into a span.
class SpanObserver : public kontext::CallObserver {
public:
    explicit SpanObserver(Tracer& tracer) : tracer_(tracer) {}

    kontext::Headers onSend(const kontext::AttemptInfo& attempt) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        Spans& spans = spansOf(attempt.callId);
        spans.attempt = tracer_.newSpan();
        return {{"traceparent", tracer_.traceparent(spans.attempt)}};
    }

    void onAttempt(const kontext::AttemptInfo& attempt) override {
        Spans spans{currentWork, {}};
        if (attempt.callId != 0) { // else it is a token request of refreshToken()
            const std::lock_guard<std::mutex> lock(mutex_);
            spans = spansOf(attempt.callId);
        }
        const bool announced = attempt.route != "token"; // by onSend, where its span began
        Attributes attributes = describe(attempt.method, attempt.route, attempt.statusCode, attempt.requestId);
        if (attempt.attempt > 1)
            attributes.emplace_back("http.request.resend_count", std::to_string(attempt.attempt - 1));
        if (attempt.statusCode == 0 || attempt.statusCode >= 400)
            attributes.emplace_back("error.type", attempt.statusCode == 0 ? std::string(attempt.errorCode)
                                                                          : std::to_string(attempt.statusCode));
        if (!attempt.retryReason.empty())
            attributes.emplace_back("kontext.retry", attempt.retryReason); // or why there is none
        tracer_.ended(announced ? spans.attempt : tracer_.newSpan(), spans.call,
                      "attempt " + std::string(attempt.method) + ' ' + std::string(attempt.route), attempt.duration,
                      attributes);
    }

    void onCall(const kontext::CallInfo& call) override {
        Spans spans;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            spans = spansOf(call.callId); // a call that was cancelled before it began has no attempt
            spans_.erase(call.callId);
        }
        Attributes attributes = describe(call.method, call.route, call.statusCode, call.requestId);
        attributes.emplace_back("kontext.attempts", std::to_string(call.attempts));
        if (!call.errorCode.empty()) attributes.emplace_back("error.type", call.errorCode);
        tracer_.ended(spans.call, currentWork, "call " + std::string(call.method) + ' ' + std::string(call.route),
                      call.duration, attributes);
    }

private:
    /// Of a call that is under way.
    struct Spans {
        std::string call{};
        std::string attempt{};
    };

    /// The call's first notice begins its span.
    Spans& spansOf(std::uint64_t callId) {
        Spans& spans = spans_[callId];
        if (spans.call.empty()) spans.call = tracer_.newSpan();
        return spans;
    }

    static Attributes describe(std::string_view method, std::string_view route, int status,
                               std::string_view requestId) {
        Attributes attributes = {{"http.request.method", std::string(method)}};
        if (route.starts_with('/')) attributes.emplace_back("url.template", route); // not of a token, or a raw request
        if (status != 0) attributes.emplace_back("http.response.status_code", std::to_string(status));
        if (!requestId.empty()) attributes.emplace_back("kontext.request_id", requestId);
        return attributes;
    }

    Tracer& tracer_;
    std::mutex mutex_{};
    std::map<std::uint64_t, Spans> spans_{}; // by callId
};

int run() {
    Tracer tracer;
    kontext::ClientConfig config = kontext::ClientConfig::fromEnvironment();
    config.observer = std::make_shared<SpanObserver>(tracer);
    const kontext::KontextManagementClient client(config);

    const Work nightly(tracer, "nightly check");
    for (const kontext::Application& application : client.applications.listAll().maxItems(5)) {
        const Work work(tracer, "check an application");
        client.applications.listIntegrations(application.id);
    }
    try {
        const Work work(tracer, "look for what is not there");
        client.applications.get("00000000-0000-4000-8000-000000000000");
    } catch (const kontext::NotFoundError&) {
        std::printf("(a 404, as it should be)\n");
    }
    return 0;
}

} // namespace

int main(int argc, char**) {
    if (argc > 1) {
        std::fprintf(stderr, "usage: observe_spans\n");
        return 2;
    }
    try {
        return run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
