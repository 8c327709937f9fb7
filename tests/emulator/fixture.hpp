// A client and an emulator in one process.
#pragma once

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include <kontext/management.hpp>

#include "emulator/server.hpp"

namespace kontext_test {

inline kontext::ClientConfig configFor(const kontext_emulator::Server& server) {
    return {.baseUrl = server.url(),
            .credentials = {.clientId = server.clientId(), .clientSecret = server.clientSecret()},
            .retry = {.initialDelay = std::chrono::milliseconds(1)}};
}

/// Begins empty unless told otherwise. The client goes first, so that the server need not wait for it.
struct Stage {
    explicit Stage(kontext_emulator::Options options = {.seed = false})
        : server(std::move(options)), client(configFor(server)) {}
    kontext_emulator::Server server;
    kontext::KontextManagementClient client;

    kontext::Application newApplication(const std::string& name) const {
        return client.applications.create({.name = name, .oauth = {.redirectUris = {"http://localhost:3000/callback"}}})
            .application;
    }
    kontext::Integration newIntegration(const std::string& name) const {
        return client.integrations.create({.name = name, .url = "https://mcp.example.com/mcp"}).integration;
    }
};

} // namespace kontext_test
