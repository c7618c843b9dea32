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

class ReactorMachine;

/// Threads: any, but for what says otherwise.
class ReactorRequests {
 public:
  /// `wake_up` wakes the reactor; must outlive it.
  explicit ReactorRequests(WakeUp& wake_up) : wake_up_(wake_up) {}

  /// Puts the command into the queue; false where the reactor has ended and would never see it.
  bool push(Command command, ApplicationQueue& queue);
  using Look = std::function<void(ReactorMachine&)>;
  /// Has `look` called between two rounds, by the reactor or in its place, and waits for it. It should be short: the
  /// whole node waits meanwhile. False where the reactor has ended, and it is not called.
  bool look(Look look);
  void stop();

  // The reactor's.
  [[nodiscard]] bool stop_asked() const { return stop_.load(std::memory_order_acquire); }
  void grant_looks(ReactorMachine& machine);
  /// Grants the last looks; no request is taken any more.
  void end(ReactorMachine& machine);

 private:
  struct LookRequest {
    Look look;
    Answer answer;
  };

  WakeUp& wake_up_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> has_asked_{false};
  std::mutex mutex_;
  std::vector<std::shared_ptr<LookRequest>> asked_;
  bool ended_ = false;
};

}  // namespace hawser
