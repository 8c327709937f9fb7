// libcurl by hand; the bodies are thrown away.
#include <memory>
#include <stdexcept>

#include "easy.hpp"
#include "program.hpp"

namespace {

void run(const bench::Arguments& arguments) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (arguments.mode == "cold") { // nothing but the calls
        bench::Easy easy(arguments.baseUrl);
        easy.authorize();
        easy.get(bench::applicationPath);
        return;
    }
    if (arguments.mode == "handles") { // a new one each time
        bench::measure(arguments, [&arguments] {
            return [&arguments] {
                bench::Easy easy(arguments.baseUrl);
                easy.authorize();
                easy.get(bench::applicationPath);
            };
        });
        return;
    }
    const bool http2 = arguments.mode == "http2";
    const bool one = arguments.mode == "one" || http2;
    if (!one && arguments.mode != "page") throw std::runtime_error("unknown mode " + arguments.mode);
    bench::measure(arguments, [&]() -> std::function<void()> {
        auto easy =
            std::make_shared<bench::Easy>(arguments.baseUrl, http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
        easy->authorize();
        return [easy, path = one ? bench::applicationPath : bench::pagePath] { easy->get(path); };
    });
}

} // namespace

int main(int count, char** values) {
    return bench::guarded("bare", [&] { run(bench::Arguments(count, values)); });
}
