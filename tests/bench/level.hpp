// A number that grows on a library's threads and that somebody waits for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "hawser/result.hpp"

namespace hawser::bench {

/// Threads: any.
class Level {
 public:
  void set(std::size_t value) {
    {
      const std::lock_guard lock{mutex_};
      value_ = value;
    }
    changed_.notify_all();
  }

  /// Errors: timeout, with how far it came.
  Status wait_for(std::size_t wanted, std::chrono::milliseconds timeout, const std::string& of_what) {
    std::unique_lock lock{mutex_};
    if (changed_.wait_for(lock, timeout, [&] { return value_ >= wanted; })) return Ok{};
    return Error{Errc::timeout, std::to_string(value_) + " of " + std::to_string(wanted) + " " + of_what + " within " +
                                    std::to_string(timeout.count()) + " ms"};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t value_ = 0;
};

}  // namespace hawser::bench
