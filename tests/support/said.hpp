// What a test program says, and the secrets that it must not say, written down for tests/support/search_said.py. ctest
// sets KONTEXT_SAID to a directory; without it nothing is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kontext_test {

/// Whether anything is written down.
bool isNoted() noexcept;

/// Writes down a piece of text: `kind` is "secret", or the kind of place that the text is from. Neither allocates nor
/// locks: it is called within tests that watch the allocator, that fork and that fail.
void note(std::string_view kind, std::string_view text) noexcept;

/// The settings of a child process that make it say as much as it can.
std::vector<std::string> loudSettings();

/// Writes down what a child process has said, and takes out of it what only loudSettings() made it say. Programs that
/// are asked for secrets are let off: one with --show-secrets, and the emulator's `export` lines.
void noteOutput(const std::vector<std::string>& command, std::string& output);

} // namespace kontext_test
