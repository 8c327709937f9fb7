// Text that may come from a hostile peer, made fit for one line of a log or terminal.
#pragma once

#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// Control bytes, DEL and the C1 controls of UTF-8 as `\n`, `\r`, `\t` or `\xNN`: a response must not forge log lines
/// or drive a terminal.
std::string printable(std::string_view text);

KONTEXT_END_NAMESPACE
