// Traces of the program's own calls, in the manner of OpenTelemetry: a span for each piece of work, and below it a span
// for each HTTP attempt that the library made for it, retries and token requests included.
//
// It prints the spans, so that the example needs nothing but the library. In a program with OpenTelemetry, `Work` is
// a tracer's span with its scope, and `onAttempt` starts a span with the start time that it is given, sets the same
// attributes, and ends it.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <kontext/management.hpp>

namespace {

using Clock = std::chrono::steady_clock;
using Attributes = std::vector<std::pair<std::string, std::string>>;

/// What an exporter is: takes spans that have ended, from all threads.
class Exporter {
public:
    int newId() { return ++lastId_; }
    void ended(int id, int parent, const std::string& name, std::chrono::duration<double, std::milli> took,
               const Attributes& attributes = {}) {
        const std::lock_guard<std::mutex> lock(mutex_);
        std::printf("span %d in %d: %s, %.2f ms\n", id, parent, name.c_str(), took.count());
        for (const auto& [key, value] : attributes)
            std::printf("    %s=%s\n", key.c_str(), value.c_str());
    }

private:
    std::mutex mutex_{};
    std::atomic<int> lastId_{0};
};

/// The innermost Work of this thread; 0: none. The library notifies on the thread that makes the call, so this is what
/// an attempt belongs to.
thread_local int currentWork = 0;

/// A piece of work of the program's own.
class Work {
public:
    Work(Exporter& exporter, std::string name)
        : exporter_(exporter), name_(std::move(name)), id_(exporter.newId()), outer_(currentWork) {
        currentWork = id_;
    }
    ~Work() {
        currentWork = outer_;
        exporter_.ended(id_, outer_, name_, Clock::now() - start_);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

private:
    Exporter& exporter_;
    std::string name_;
    int id_;
    int outer_;
    Clock::time_point start_ = Clock::now();
};

/// A span for each attempt, with the names of OpenTelemetry's conventions for HTTP clients. The notice holds no secret
/// and no id of a resource, so that all of it may go into a span.
class SpanObserver : public kontext::CallObserver {
public:
    explicit SpanObserver(Exporter& exporter) : exporter_(exporter) {}
    void onAttempt(const kontext::AttemptInfo& attempt) override {
        const std::string method(attempt.method);
        const std::string route(attempt.route);
        const std::string status = std::to_string(attempt.statusCode);
        Attributes attributes = {{"http.request.method", method}};
        if (route.starts_with('/')) attributes.emplace_back("url.template", route); // not of a token, or a raw request
        if (attempt.statusCode != 0) attributes.emplace_back("http.response.status_code", status);
        if (attempt.attempt > 1)
            attributes.emplace_back("http.request.resend_count", std::to_string(attempt.attempt - 1));
        if (attempt.statusCode == 0 || attempt.statusCode >= 400)
            attributes.emplace_back("error.type", attempt.statusCode == 0 ? attempt.errorCode : status);
        if (!attempt.requestId.empty()) attributes.emplace_back("kontext.request_id", attempt.requestId);
        if (!attempt.retryReason.empty())
            attributes.emplace_back("kontext.retry", attempt.retryReason); // or why there is none
        // It began at attempt.startedAt, by the same steady clock.
        exporter_.ended(exporter_.newId(), currentWork, method + ' ' + route, attempt.duration, attributes);
    }

private:
    Exporter& exporter_;
};

int run() {
    Exporter exporter;
    kontext::ClientConfig config = kontext::ClientConfig::fromEnvironment();
    config.observer = std::make_shared<SpanObserver>(exporter);
    const kontext::KontextManagementClient client(config);

    const Work nightly(exporter, "nightly check");
    for (const kontext::Application& application : client.applications.listAll().maxItems(5)) {
        const Work work(exporter, "check an application");
        client.applications.listIntegrations(application.id);
    }
    try {
        const Work work(exporter, "look for what is not there");
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
