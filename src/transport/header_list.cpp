#include "transport/header_list.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <kontext/errors.hpp>

#include "transport/header_fields.hpp"
#include "values/percent.hpp"
#include "values/printable.hpp"
#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

// An empty value would be libcurl's order to leave a header of its own away: these two it adds to a request with a
// body.
constexpr std::array<const char*, 2> suppressedDefaults{"Expect:", "Content-Type:"};

/// Whether there is a header that the order would take away.
bool hasOwn(const Headers& headers, std::string_view order) {
    order.remove_suffix(1);
    return findHeader(headers, order) != nullptr;
}

/// In place of what the line was: mostly it has the same length, and its buffer is good.
void spell(const std::string& name, const std::string& value, std::string& line) {
    const std::string_view between = value.empty() ? ";" : ": ";
    const std::size_t size = name.size() + between.size() + value.size();
    if (line.size() != size) {
        wipe(line);
        line.resize(size);
    }
    char* end = std::copy(name.begin(), name.end(), line.data());
    end = std::copy(between.begin(), between.end(), end);
    std::copy(value.begin(), value.end(), end);
}

} // namespace

curl_slist* HeaderList::set(const Headers& headers) {
    if (lines_.size() < headers.size()) lines_.resize(headers.size());
    nodes_.clear();
    nodes_.reserve(headers.size() + suppressedDefaults.size()); // the nodes point to each other
    const auto append = [this](const char* line) {
        nodes_.push_back({const_cast<char*>(line), nullptr}); // libcurl reads it alone
        if (nodes_.size() > 1) nodes_[nodes_.size() - 2].next = &nodes_.back();
    };
    for (std::size_t i = 0; i < headers.size(); ++i) {
        spell(headers[i].first, headers[i].second, lines_[i]);
        // The client's headers were checked, those of a transport that wraps this one were not.
        if (breaksLines(lines_[i]))
            throw ConfigError("headers",
                              "headers: \"" + printable(headers[i].first) + "\" must not contain CR, LF or NUL");
        append(lines_[i].c_str());
    }
    for (const char* name : suppressedDefaults)
        if (!hasOwn(headers, name)) append(name);
    return nodes_.data();
}

void HeaderList::wipe() noexcept {
    for (std::string& line : lines_)
        kontext::wipe(line.data(), line.size());
}

} // namespace transport
KONTEXT_END_NAMESPACE
