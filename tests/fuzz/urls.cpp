// Any bytes as baseUrl, and as an id: what is accepted stays on its host and in its segment.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <kontext/errors.hpp>

#include "client/config_check.hpp"
#include "client/request.hpp"
#include "transport/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    kontext::ClientConfig config;
    config.baseUrl = text;
    config.credentials.clientId = "a";
    config.credentials.clientSecret = "b";
    try {
        const kontext::Endpoints endpoints = kontext::checkConfig(config);
        const auto given = kontext::transport::parseUrl(text);
        const auto made = kontext::transport::parseUrl(endpoints.apiRoot + "/applications");
        if (!given || !made || !kontext::transport::sameOrigin(*given, *made)) std::abort();
        if (made->scheme == "http" && !kontext::transport::isLoopback(made->host)) std::abort();
        if (made->userinfo || !made->query.empty() || !made->fragment.empty()) std::abort();
    } catch (const kontext::ConfigError& error) {
        if (error.field() != "baseUrl") std::abort();
    }
    try {
        const std::string target = kontext::Request("GET", "/applications/{id}/oauth", {text}).target();
        if (std::count(target.begin(), target.end(), '/') != 3) std::abort();
        if (target.find_first_of("?#\r\n ") != std::string::npos) std::abort();
    } catch (const kontext::ConfigError& error) {
        if (error.field() != "id") std::abort();
    }
    return 0;
}
