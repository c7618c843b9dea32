// What application threads ask of the reactor that does not wait its turn in the application queue.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "hawser/bus.hpp"
#include "pubsub-api/src/bus/application_queue.hpp"
#include "pubsub-api/src/bus/reactor_commands.hpp"
#include "transport/io/wake_up.hpp"

namespace hawser {

/// Threads: any, but for what says otherwise.
class ReactorRequests {
 public:
  /// `wake_up` wakes the reactor; must outlive it.
  explicit ReactorRequests(WakeUp& wake_up) : wake_up_(wake_up) {}

  /// Puts the command into the queue; false where the reactor has ended and would never see it.
  bool push(Command command, ApplicationQueue& queue);
  /// As of now, or as of the reactor's end.
  Statistics statistics();
  void stop();

  // The reactor's.
  [[nodiscard]] bool stop_asked() const { return stop_.load(std::memory_order_acquire); }
  /// `take` is called only where somebody has asked.
  void answer_statistics(const std::function<Statistics()>& take);
  /// No request is taken any more.
  void end(Statistics last);

 private:
  struct StatisticsRequest {
    Answer answer;
    Statistics statistics;  ///< written before the answer is given
  };

  WakeUp& wake_up_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> has_asked_{false};
  std::mutex mutex_;
  std::vector<std::shared_ptr<StatisticsRequest>> asked_;
  bool ended_ = false;
  Statistics last_;
};

}  // namespace hawser
