/// @file
/// Any JSON, as text.
#pragma once

#include <string>
#include <utility>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A JSON value whose shape the API leaves open, kept as text: the same value as came, numbers digit for digit, not
/// necessarily the same white space. `<kontext/json.hpp>` turns it into `nlohmann::json`; any other JSON library can
/// parse `text()`.
///
/// One that you pass to the client is checked before anything is sent: text that is not a valid JSON value (or nests
/// deeper than 64 levels) is a ConfigError that names the field.
class RawJson {
public:
    /// The value `null`.
    RawJson() = default;
    /// Keeps the text. Nothing is checked here.
    RawJson(std::string text) : text_(std::move(text)) {}
    /// Keeps a copy of the text. Nothing is checked here.
    RawJson(const char* text) : text_(text) {}

    /// The JSON text.
    const std::string& text() const noexcept { return text_; }

    /// Whether the texts are the same, byte for byte.
    friend bool operator==(const RawJson& a, const RawJson& b) noexcept { return a.text_ == b.text_; }
    /// The opposite of `==`.
    friend bool operator!=(const RawJson& a, const RawJson& b) noexcept { return !(a == b); }

private:
    std::string text_{"null"};
};

KONTEXT_END_NAMESPACE
