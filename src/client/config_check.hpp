// What a ClientConfig means, once it is known to make sense.
#pragma once

#include <string>

#include <kontext/config.hpp>

KONTEXT_BEGIN_NAMESPACE

/// The addresses that follow from a configuration.
struct Endpoints {
    std::string base{};    // with the path prefix of a gateway, without a '/' at the end
    std::string apiRoot{}; // {base}/api/{apiVersion}
    std::string tokenUrl{};
    std::string audience{};
    std::string scope{};
};

/// Throws ConfigError, naming the field, for everything that cannot work.
Endpoints checkConfig(const ClientConfig& config);

/// Throws ConfigError for credentials that cannot be sent.
void checkCredentials(const Credentials& credentials);

KONTEXT_END_NAMESPACE
