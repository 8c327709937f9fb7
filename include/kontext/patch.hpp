/// @file
/// A field of an update: left alone, set, or set to null.
#pragma once

#include <initializer_list>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE

namespace detail {
struct NoElement {
    NoElement() = delete;
};
template <class T>
struct ElementOf {
    using type = NoElement;
};
template <class E>
struct ElementOf<std::vector<E>> {
    using type = E;
};
} // namespace detail

/// A field of an `Update…Input`. Unless you assign it, it is left out of the request and the server leaves it alone;
/// a value is sent; `nullptr` sends null, which clears the field. A list is cleared by an empty vector:
/// `.redirectUris = std::vector<std::string>{}`.
template <class T>
class Patch {
public:
    /// Left alone.
    Patch() = default;
    /// Sends null.
    Patch(std::nullptr_t) noexcept : null_(true) {}
    /// Sends the value.
    Patch(T value) : value_(std::move(value)) {}
    /// Sends what `T` can be made of without a cast. A pointer never becomes a bool, nor does a number.
    template <
        class U,
        std::enable_if_t<
            std::is_convertible_v<
                U&&,
                T> && !std::is_same_v<std::decay_t<U>, T> && !std::is_same_v<std::decay_t<U>, Patch> && !std::is_same_v<std::decay_t<U>, std::nullptr_t> && !std::is_same_v<T, bool>,
            int> = 0>
    Patch(U&& value) : value_(std::forward<U>(value)) {}
    /// Only a bool becomes a `Patch<bool>`.
    template <
        class U,
        std::enable_if_t<
            std::is_same_v<
                T,
                bool> && !std::is_same_v<std::decay_t<U>, bool> && !std::is_same_v<std::decay_t<U>, Patch> && !std::is_same_v<std::decay_t<U>, std::nullptr_t>,
            long> = 0>
    Patch(U&& value) = delete;
    /// Sends the list: `.redirectUris = {"https://a.example", "https://b.example"}`.
    Patch(std::initializer_list<typename detail::ElementOf<T>::type> list) : value_(std::in_place, list) {}

    /// Whether it was assigned, null included.
    bool isSet() const noexcept { return null_ || value_.has_value(); }
    /// Whether null is to be sent.
    bool isNull() const noexcept { return null_; }
    /// The value to be sent; nothing if it is left alone or null.
    const std::optional<T>& value() const noexcept { return value_; }

private:
    std::optional<T> value_{};
    bool null_ = false;
};

KONTEXT_END_NAMESPACE
