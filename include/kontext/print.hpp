/// @file
/// Values on streams, without a header of streams.
#pragma once

#include <iosfwd>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

/// `stream << text`, for the operators of the values: they need no definition of std::ostream then.
KONTEXT_API std::ostream& print(std::ostream& stream, std::string_view text);

} // namespace detail
KONTEXT_END_NAMESPACE
