#include <kontext/print.hpp>

#include <ostream>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

std::ostream& print(std::ostream& stream, std::string_view text) { return stream << text; }

} // namespace detail
KONTEXT_END_NAMESPACE
