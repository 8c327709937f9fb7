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

template <class T>
class Patch;

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

/// A pointer or a number that would become true, a fraction that would be cut off, a 0 that would become null.
template <class T, class U>
inline constexpr bool losesMeaning = std::is_same_v<T, bool> ? !std::is_same_v<U, bool>
                                     : std::is_integral_v<T> ? std::is_floating_point_v<U>
                                                             : std::is_arithmetic_v<U> && !std::is_arithmetic_v<T>;

/// Whether the constructors of Patch that take a T, a Patch, null or an optional leave it over.
template <class T, class U>
inline constexpr bool isOther =
    !std::is_same_v<
        U,
        T> && !std::is_same_v<U, Patch<T>> && !std::is_same_v<U, std::nullptr_t> && !std::is_same_v<U, std::nullopt_t> && !std::is_same_v<U, std::optional<T>>;
} // namespace detail

/// A field of an `Update…Input`. Unless you assign it, it is left out of the request and the server leaves it alone;
/// a value is sent; `nullptr` sends null, which clears the field. A list is cleared by an empty vector:
/// `.redirectUris = std::vector<std::string>{}`. `{}` does not compile, since it could mean either.
template <class T>
class Patch {
public:
    /// Left alone. Explicit, so that `{.scopes = {}}`, which would not clear the list, does not compile.
    explicit Patch() = default;
    /// Left alone.
    Patch(std::nullopt_t) noexcept {}
    /// Sends null.
    Patch(std::nullptr_t) noexcept : null_(true) {}
    /// Sends the value.
    Patch(T value) : value_(std::move(value)) {}
    /// Sends the value, if there is one; leaves the field alone otherwise.
    Patch(std::optional<T> value) : value_(std::move(value)) {}
    /// Sends what `T` can be made of without a cast.
    template <class U,
              std::enable_if_t<
                  detail::isOther<
                      T, std::decay_t<U>> && std::is_convertible_v<U&&, T> && !detail::losesMeaning<T, std::decay_t<U>>,
                  int> = 0>
    Patch(U&& value) : value_(std::forward<U>(value)) {}
    /// A pointer or a number never becomes a bool, a fraction no integer, and 0 no null.
    template <class U, std::enable_if_t<detail::isOther<T, std::decay_t<U>> && detail::losesMeaning<T, std::decay_t<U>>,
                                        long> = 0>
    Patch(U&& value) = delete;
    /// Sends the list: `.redirectUris = {"https://a.example", "https://b.example"}`.
    Patch(std::initializer_list<typename detail::ElementOf<T>::type> list) : value_(std::in_place, list) {}

    /// Whether it was assigned, null included.
    [[nodiscard]] bool isSet() const noexcept { return null_ || value_.has_value(); }
    /// Whether null is to be sent.
    [[nodiscard]] bool isNull() const noexcept { return null_; }
    /// The value to be sent; nothing if it is left alone or null.
    [[nodiscard]] const std::optional<T>& value() const& noexcept { return value_; }
    /// The value to be sent, of a patch that is about to go.
    [[nodiscard]] std::optional<T> value() && { return std::move(value_); }

    KONTEXT_EQUALITY(Patch);

private:
    std::optional<T> value_{};
    bool null_ = false;
};

KONTEXT_END_NAMESPACE
