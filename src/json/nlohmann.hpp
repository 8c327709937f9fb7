// nlohmann/json, as decode.cpp and envelope.cpp include it.
#pragma once

// A locale whose decimal point is of several bytes makes an assertion of its lexer fail, and a library must not end its
// program for that: number.hpp reads what the lexer misread.
#define JSON_ASSERT(condition) static_cast<void>(condition)

#include <nlohmann/json.hpp>
