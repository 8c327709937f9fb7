/// @file
/// Shared ownership that survives a move.
#pragma once

#include <memory>
#include <utility>

#include <kontext/export.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace detail {

/// A std::shared_ptr that can only be copied, so that a move leaves a client, a resource, a pager or a token usable:
/// its state would be null otherwise, and the next call would crash.
template <class T>
class Shared {
public:
    Shared() noexcept = default;
    template <class U>
    Shared(std::shared_ptr<U> pointer) noexcept : pointer_(std::move(pointer)) {}
    Shared(const Shared&) noexcept = default; // and so no move
    Shared& operator=(const Shared&) noexcept = default;
    ~Shared() = default;

    T* operator->() const noexcept { return pointer_.get(); }
    explicit operator bool() const noexcept { return pointer_ != nullptr; }

private:
    std::shared_ptr<T> pointer_{};
};

} // namespace detail
KONTEXT_END_NAMESPACE
