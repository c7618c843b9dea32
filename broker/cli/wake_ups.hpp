// What ends `sub`: a signal, its own handler having enough, or a reader that is gone.
#pragma once

#include <chrono>
#include <memory>

#include "hawser/result.hpp"

namespace hawser::cli {

/// SIGINT and SIGTERM come through a descriptor instead of a handler.
/// Ownership: neither copied nor moved.
class WakeUps {
 public:
  /// To be called before any thread starts: the threads inherit that these signals are blocked.
  /// Errors: system.
  static Result<std::unique_ptr<WakeUps>> create();

  WakeUps(const WakeUps&) = delete;
  WakeUps& operator=(const WakeUps&) = delete;
  ~WakeUps();

  /// Any thread may call it.
  void wake();
  /// True once a signal has come, wake() was called, or the pipe `output_fd` has no reader any more; false after
  /// `timeout`.
  bool wait(std::chrono::milliseconds timeout, int output_fd);

 private:
  WakeUps(int signal_fd, int event_fd) : signal_fd_(signal_fd), event_fd_(event_fd) {}

  int signal_fd_;
  int event_fd_;
};

}  // namespace hawser::cli
