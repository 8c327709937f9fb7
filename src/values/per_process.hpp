// State that a child of fork() must not share with its parent.
#pragma once

#include <atomic>
#include <memory>

#include <kontext/export.hpp>

#include "platform/fork.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Holds one T for each process. In a child the first use makes a new one from the parent's; the parent's is left alone
/// for good, as its locks may be held by threads that do not exist here and its sockets are in use there.
template <class T>
class PerProcess {
public:
    explicit PerProcess(std::unique_ptr<T> first) : current_(new Slot{platform::forkCount(), first.get(), nullptr}) {
        static_cast<void>(first.release());
    }
    PerProcess(const PerProcess&) = delete;
    PerProcess& operator=(const PerProcess&) = delete;
    ~PerProcess() {
        // Slots of parents are leaked on purpose, what they hold with them.
        Slot* slot = current_.load(std::memory_order_acquire);
        if (slot->forks == platform::forkCount()) delete slot->value;
        while (slot != nullptr) {
            Slot* const before = slot->before;
            delete slot;
            slot = before;
        }
    }

    T& get() {
        Slot* slot = current_.load(std::memory_order_acquire);
        const unsigned forks = platform::forkCount();
        while (slot->forks != forks) {
            auto value = std::make_unique<T>(*slot->value);
            auto next = std::make_unique<Slot>(Slot{forks, value.get(), slot});
            // Threads of the child may race here; whoever comes second throws its own away.
            if (current_.compare_exchange_strong(slot, next.get(), std::memory_order_acq_rel)) {
                static_cast<void>(value.release());
                return *next.release()->value;
            }
        }
        return *slot->value;
    }

private:
    struct Slot {
        unsigned forks;
        T* value;
        Slot* before;
    };
    std::atomic<Slot*> current_;
};

KONTEXT_END_NAMESPACE
