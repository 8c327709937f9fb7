#include "transport/header_list.hpp"

#include <array>
#include <cstring>
#include <new>

#include "transport/header_fields.hpp"
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

bool isLine(std::string_view line, const std::string& name, const std::string& value) {
    if (line.substr(0, name.size()) != name) return false;
    line.remove_prefix(name.size());
    return value.empty() ? line == ";" : line.substr(0, 2) == ": " && line.substr(2) == value;
}

} // namespace

curl_slist* HeaderList::set(const Headers& headers) {
    if (matches(headers)) return list_;
    clear();
    std::string line;
    for (const auto& [name, value] : headers) {
        refuseLineBreaks(name, value, "headers"); // the client's are checked, those of a transport around this one not
        line.clear();
        // Once: a buffer that grows leaves copies of a secret behind.
        if (line.capacity() < name.size() + value.size() + 2) {
            wipe(line);
            line.reserve(name.size() + value.size() + 2);
        }
        line.append(name);
        if (value.empty())
            line.push_back(';');
        else
            line.append(": ").append(value);
        append(line);
    }
    wipe(line);
    for (const char* name : suppressedDefaults)
        if (!hasOwn(headers, name)) append(name);
    return list_;
}

bool HeaderList::matches(const Headers& headers) const {
    const curl_slist* node = list_;
    for (const auto& [name, value] : headers) {
        if (node == nullptr || !isLine(node->data, name, value)) return false;
        node = node->next;
    }
    for (const char* name : suppressedDefaults) {
        if (hasOwn(headers, name)) continue;
        if (node == nullptr || std::strcmp(node->data, name) != 0) return false;
        node = node->next;
    }
    return list_ != nullptr && node == nullptr;
}

void HeaderList::append(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
}

void HeaderList::clear() {
    for (curl_slist* node = list_; node != nullptr; node = node->next)
        wipe(node->data, std::strlen(node->data));
    curl_slist_free_all(list_);
    list_ = nullptr;
}

} // namespace transport
KONTEXT_END_NAMESPACE
