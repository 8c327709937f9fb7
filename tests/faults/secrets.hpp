// Everything that a client says, collected, and searched for everything that it must not say.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "auth/base64.hpp"
#include "values/percent.hpp"
#include "json/quote.hpp"

namespace kontext_test {

/// Secrets, each in all the spellings in which one could get out.
class Secrets {
public:
    void add(const std::string& secret) {
        if (secret.empty()) return;
        addSpelling(secret);
        addSpelling(kontext::encodeBase64(secret));
        std::string encoded;
        kontext::appendEncoded(encoded, secret);
        addSpelling(encoded);
        std::string form;
        kontext::appendFormEncoded(form, secret);
        addSpelling(form);
        std::string quoted;
        kontext::json::appendQuoted(quoted, secret);
        addSpelling(quoted.substr(1, quoted.size() - 2));
    }
    /// As they go to the token endpoint.
    void add(const std::string& clientId, const std::string& clientSecret) {
        std::string pair;
        kontext::appendFormEncoded(pair, clientId);
        pair.push_back(':');
        kontext::appendFormEncoded(pair, clientSecret);
        add(pair);
        add(clientId + ':' + clientSecret);
        add(clientSecret);
    }

    /// The first that the text holds, or "".
    std::string in(std::string_view text) const {
        for (const std::string& spelling : spellings_)
            if (text.find(spelling) != std::string_view::npos) return spelling;
        return {};
    }
    std::size_t count() const { return spellings_.size(); }

private:
    void addSpelling(const std::string& text) {
        for (const std::string& known : spellings_)
            if (known == text) return;
        spellings_.push_back(text);
    }

    std::vector<std::string> spellings_{};
};

/// A text and where it came from.
using Said = std::vector<std::pair<std::string, std::string>>;

/// Keeps each line.
class CapturedLog : public kontext::Logger {
public:
    void log(kontext::LogLevel, std::string_view message) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        lines_.emplace_back(message);
    }
    std::vector<std::string> lines() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_{};
    std::vector<std::string> lines_{};
};

/// Keeps each notice of an attempt, and of a call, as one line of all its texts.
class CapturedNotices : public kontext::CallObserver {
public:
    struct Notice {
        std::string route{};
        int attempt = 0;
        int statusCode = 0;
        std::string errorCode{};
        std::string reason{};
        std::optional<std::chrono::milliseconds> retryDelay{};
        std::chrono::nanoseconds duration{};
        std::string all{};
    };
    void onAttempt(const kontext::AttemptInfo& info) override {
        Notice notice;
        notice.route = info.route;
        notice.attempt = info.attempt;
        notice.statusCode = info.statusCode;
        notice.errorCode = info.errorCode;
        notice.reason = info.retryReason;
        notice.retryDelay = info.retryDelay;
        notice.duration = info.duration;
        for (const std::string_view text : {info.method, info.route, info.errorCode, info.requestId, info.retryReason})
            notice.all.append(text).push_back(' ');
        const std::lock_guard<std::mutex> lock(mutex_);
        notices_.push_back(std::move(notice));
    }
    void onCall(const kontext::CallInfo& info) override {
        std::string all;
        for (const std::string_view text : {info.method, info.route, info.errorCode, info.requestId})
            all.append(text).push_back(' ');
        const std::lock_guard<std::mutex> lock(mutex_);
        calls_.push_back(std::move(all));
    }
    std::vector<Notice> notices() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return notices_;
    }
    std::vector<std::string> calls() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return calls_;
    }

private:
    mutable std::mutex mutex_{};
    std::vector<Notice> notices_{};
    std::vector<std::string> calls_{};
};

/// All that an error can be asked for.
inline void collect(const kontext::KontextError& error, Said& said) {
    const auto add = [&said](const char* where, const std::string& text) { said.emplace_back(where, text); };
    add("what()", error.what());
    add("message()", error.message());
    add("code()", error.code());
    add("docsUrl()", error.docsUrl());
    add("requestId()", error.requestId().value_or(""));
    add("meta()", error.meta().text());
    add("path()", error.path());
    add("retryStopReason()", error.retryStopReason());
    if (const auto* http = dynamic_cast<const kontext::HttpError*>(&error)) {
        add("body()", http->body());
        for (const auto& [name, value] : http->headers())
            add("headers()", name + ": " + value);
        for (const kontext::ValidationError& fault : http->validationErrors())
            add("validationErrors()", fault.field + ": " + fault.message);
    }
    if (const auto* forbidden = dynamic_cast<const kontext::ForbiddenError*>(&error))
        for (const std::string& scope : forbidden->missingScopes())
            add("missingScopes()", scope);
    if (const auto* oauth = dynamic_cast<const kontext::OAuthError*>(&error)) {
        add("errorCode()", oauth->errorCode());
        add("errorDescription()", oauth->errorDescription());
    }
    if (const auto* decode = dynamic_cast<const kontext::DecodeError*>(&error)) add("pointer()", decode->pointer());
    if (const auto* config = dynamic_cast<const kontext::ConfigError*>(&error)) add("field()", config->field());
}

inline void collect(const CapturedLog& log, Said& said) {
    for (const std::string& line : log.lines())
        said.emplace_back("a line of the log", line);
}

inline void collect(const CapturedNotices& notices, Said& said) {
    for (const auto& notice : notices.notices())
        said.emplace_back("a notice to the observer", notice.all);
    for (const std::string& call : notices.calls())
        said.emplace_back("a notice of a call to the observer", call);
}

/// Each kind of place is complained of once.
inline void expectNoSecret(const Secrets& secrets, const Said& said) {
    std::set<std::string> found;
    for (const auto& [where, text] : said) {
        const std::string secret = secrets.in(text);
        if (secret.empty() || !found.insert(where).second) continue;
        ADD_FAILURE() << secret << " is in " << where << ": " << text.substr(0, 2000);
    }
}

} // namespace kontext_test
