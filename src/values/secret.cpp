#include <kontext/secret.hpp>

#include <cstring>
#include <utility>

#include "values/wipe.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace {

char* copyOf(std::string_view text) {
    if (text.empty()) return nullptr;
    char* copy = new char[text.size()];
    std::memcpy(copy, text.data(), text.size());
    return copy;
}

} // namespace

Secret::Secret(std::string_view text) : data_(copyOf(text)), size_(text.size()) {}
Secret::Secret(const char* text) : Secret(text != nullptr ? std::string_view(text) : std::string_view()) {}
Secret::Secret(const std::string& text) : Secret(std::string_view(text)) {}
Secret::Secret(std::string&& text) : Secret(std::string_view(text)) { wipe(text); }
Secret::Secret(const Secret& other) : Secret(other.reveal()) {}
Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) *this = Secret(other);
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    // What it held goes with the temporary, which wipes it.
    Secret taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    return *this;
}

Secret::~Secret() {
    wipe(data_, size_);
    delete[] data_;
}

bool operator==(const Secret& a, const Secret& b) noexcept {
    if (a.size_ != b.size_) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size_; ++i)
        difference = static_cast<unsigned char>(difference | (a.data_[i] ^ b.data_[i]));
    return difference == 0;
}

KONTEXT_END_NAMESPACE
