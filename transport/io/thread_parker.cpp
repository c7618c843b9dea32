#include "transport/io/thread_parker.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hawser {
namespace {

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  static_assert(sizeof word == sizeof(std::uint32_t));
  ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

void ThreadParker::park() {
  // The wait returns at once where there is a permit by then, and may return for nothing.
  while (permit_.exchange(0, std::memory_order_acquire) == 0) futex(permit_, FUTEX_WAIT_PRIVATE, 0);
}

void ThreadParker::unpark() {
  if (permit_.exchange(1, std::memory_order_release) == 0) futex(permit_, FUTEX_WAKE_PRIVATE, 1);
}

}  // namespace hawser
