// control HOW: says a secret, so that search_said.py has something to find; with "nothing", one that it keeps.

#include <cstdio>
#include <memory>
#include <string>

#include <kontext/errors.hpp>
#include <kontext/logger.hpp>
#include <kontext/secret.hpp>

#include "auth/base64.hpp"
#include "call/call_context.hpp"
#include "support/process.hpp"
#include "values/percent.hpp"
#include "json/quote.hpp"

namespace {

constexpr const char* words = "the-Secret /of+the~\"control\"=";

class Silent : public kontext::Logger {
    void log(kontext::LogLevel, std::string_view) override {}
};

void fail(const std::string& message) {
    try {
        throw kontext::ConfigError("control", message);
    } catch (const kontext::KontextError&) {
        return;
    }
}

void log(const std::string& line) {
    kontext::CallContext context;
    context.logger = std::make_shared<Silent>();
    context.log(kontext::LogLevel::info, line);
}

bool say(const std::string& how) {
    const kontext::Secret literal(words);
    const std::string secret(literal.reveal());
    if (how == "nothing") {
        fail("it did not work");
        log("it does not work");
    } else if (how == "error") {
        fail("no " + secret);
    } else if (how == "log") {
        log("no " + secret);
    } else if (how == "output") {
        kontext_test::Process({"/bin/echo", secret}).wait();
    } else if (how == "base64") {
        fail("Basic " + kontext::encodeBase64("id:" + secret));
    } else if (how == "percent") {
        std::string text;
        kontext::appendEncoded(text, secret);
        log(text);
    } else if (how == "form") {
        std::string text;
        kontext::appendFormEncoded(text, secret);
        log(text);
    } else if (how == "form-base64") {
        std::string text = "identity:";
        kontext::appendFormEncoded(text, secret);
        log(kontext::encodeBase64(text));
    } else if (how == "json") {
        std::string text;
        kontext::json::appendQuoted(text, secret);
        fail(text);
    } else if (how == "view" || how == "string" || how == "moved") {
        // One of those that are made of something else than a literal.
        std::string other = "another-secret";
        const std::string said = other;
        if (how == "view") kontext::Secret(std::string_view(other));
        if (how == "string") kontext::Secret(static_cast<const std::string&>(other));
        if (how == "moved") kontext::Secret(std::move(other));
        fail(said);
    } else {
        return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && say(argv[1])) return 0;
    std::fprintf(stderr, "usage: control HOW\n");
    return 2;
}
