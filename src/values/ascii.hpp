// ASCII letters, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

inline char toLower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool equalsIgnoringCase(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size()
           && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return toLower(x) == toLower(y); });
}

KONTEXT_END_NAMESPACE
