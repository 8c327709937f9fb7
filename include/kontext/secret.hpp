/// @file
/// A string that must not leak.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

/// A secret: a password, a token, a client secret. There is no `<<` and no implicit way back to a string, so that it
/// cannot end up in a log by accident; `reveal()` is the one door. Its bytes live in one heap buffer of their own and
/// are overwritten, in a way that the optimizer keeps, when the Secret dies or is assigned to.
///
/// A Secret made from a `std::string&&` wipes that string. Copies are deep. Like any value, one object must not be
/// written by one thread while another uses it.
class KONTEXT_API Secret {
public:
    /// An empty secret.
    Secret() noexcept = default;
    /// Copies the bytes.
    Secret(std::string_view text);
    /// Copies the bytes up to the first NUL; null makes an empty secret.
    Secret(const char* text);
    /// Copies the bytes.
    Secret(const std::string& text);
    /// Takes the bytes over and wipes the string that held them.
    Secret(std::string&& text);
    /// Copies the bytes into a buffer of its own.
    Secret(const Secret& other);
    /// Takes the buffer over.
    Secret(Secret&& other) noexcept;
    /// Wipes what it held, then copies.
    Secret& operator=(const Secret& other);
    /// Wipes what it held, then takes the other's buffer over.
    Secret& operator=(Secret&& other) noexcept;
    /// Wipes the bytes.
    ~Secret();

    /// The bytes, valid as long as this Secret is neither changed nor destroyed.
    [[nodiscard]] std::string_view reveal() const noexcept { return {data_ != nullptr ? data_ : "", size_}; }
    /// Whether it holds no bytes.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Compares in a time that depends on the lengths alone.
    friend KONTEXT_API bool operator==(const Secret& a, const Secret& b) noexcept;
    /// The opposite of `==`.
    friend bool operator!=(const Secret& a, const Secret& b) noexcept { return !(a == b); }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

KONTEXT_END_NAMESPACE
