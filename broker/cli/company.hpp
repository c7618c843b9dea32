// Whether anybody else is in the domain.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "hawser/options.hpp"

namespace hawser::cli {

/// Threads: on_event() on the bus's event thread, wait() on any.
class Company {
 public:
  void on_event(const BusEvent& event);
  /// True as soon as the node's view has another member; false after `timeout`.
  bool wait(std::chrono::duration<double> timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_company_ = false;
};

}  // namespace hawser::cli
