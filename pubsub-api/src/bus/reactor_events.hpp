// Calls Options::on_event, one event at a time, on a thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "hawser/options.hpp"
#include "hawser/result.hpp"

namespace hawser {

/// Threads: any; stop() not on its own thread.
class BusEventThread {
 public:
  /// When as many wait, the oldest is dropped, and the log says so.
  static constexpr std::size_t kEventsMax = 4096;

  using Handler = std::function<void(const BusEvent&)>;
  /// Errors: system  no thread could be started.
  static Result<std::unique_ptr<BusEventThread>> start(Handler handler);
  /// As stop().
  ~BusEventThread();
  BusEventThread(const BusEventThread&) = delete;
  BusEventThread& operator=(const BusEventThread&) = delete;

  void push(BusEvent event);
  /// Waits for the handler that is being called; what waits is dropped.
  void stop();

 private:
  explicit BusEventThread(Handler handler) : handler_(std::move(handler)) {}
  void run();

  Handler handler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<BusEvent> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hawser
