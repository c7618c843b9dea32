// Lets one thread sleep until another wakes it: a condition variable's job with half of its system calls.
#pragma once

#include <atomic>
#include <cstdint>

namespace hawser {

/// A permit to go on, at most one at a time. A wake-up before the sleep is not lost: the sleep is then skipped.
class ThreadParker {
 public:
  /// Waits for the permit and uses it up. One thread only.
  void park();
  /// Gives the permit. Any thread.
  void unpark();

 private:
  std::atomic<std::uint32_t> permit_{0};
};

}  // namespace hawser
