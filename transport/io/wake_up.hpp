// Wakes a thread that sleeps in epoll, with a system call only where it may really be asleep.
#pragma once

#include <atomic>

#include "transport/io/file_descriptor.hpp"

namespace hawser {

/// The sleeper announces its sleep, looks for work once more, and sleeps; whoever brings work stores it and then asks
/// whether the sleeper may be asleep. Sequential consistency lets no work slip between the two looks, as long as the
/// work itself is stored and looked for with it too.
class WakeUp {
 public:
  WakeUp();

  /// Any thread, after storing work.
  void notify() {
    if (may_sleep_.load(std::memory_order_seq_cst) && may_sleep_.exchange(false, std::memory_order_seq_cst)) write();
  }

  /// Any thread: whether notify() would have to wake the sleeper, as far as one can know.
  [[nodiscard]] bool may_sleep() const { return may_sleep_.load(std::memory_order_seq_cst); }

  /// Any thread: wakes the sleeper, or keeps it from its next sleep, whether it has announced that or not.
  void force() { write(); }

  /// The sleeper: before its last look for work.
  void announce_sleep() { may_sleep_.store(true, std::memory_order_seq_cst); }
  /// The sleeper: when it is awake again or will not sleep.
  void awake() { may_sleep_.store(false, std::memory_order_relaxed); }

  /// To be watched edge-triggered, so that it need never be read. Invalid where the kernel refused one.
  [[nodiscard]] const FileDescriptor& descriptor() const { return event_; }

 private:
  void write();

  std::atomic<bool> may_sleep_{false};
  FileDescriptor event_;
};

}  // namespace hawser
