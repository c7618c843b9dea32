#include "pubsub-api/src/bus/reactor_requests.hpp"

#include <utility>

namespace hawser {

bool ReactorRequests::push(Command command, ApplicationQueue& queue) {
  {
    const std::lock_guard lock{mutex_};
    if (ended_) return false;
    queue.push(std::make_unique<Command>(std::move(command)));
  }
  wake_up_.notify();
  return true;
}

bool ReactorRequests::look(Look look) {
  const auto request = std::make_shared<LookRequest>();
  request->look = std::move(look);
  {
    const std::lock_guard lock{mutex_};
    if (ended_) return false;
    asked_.push_back(request);
    has_asked_.store(true, std::memory_order_release);
  }
  wake_up_.force();
  request->answer.wait();  // The reactor grants all before it ends.
  return true;
}

void ReactorRequests::stop() {
  stop_.store(true, std::memory_order_release);
  wake_up_.force();
}

void ReactorRequests::grant_looks(ReactorMachine& machine) {
  if (!has_asked_.load(std::memory_order_acquire)) return;
  std::vector<std::shared_ptr<LookRequest>> asked;
  {
    const std::lock_guard lock{mutex_};
    asked = std::exchange(asked_, {});
    has_asked_.store(false, std::memory_order_release);
  }
  for (const auto& request : asked) {
    request->look(machine);
    request->answer.give(Answer::Outcome::done);
  }
}

void ReactorRequests::end(ReactorMachine& machine) {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  grant_looks(machine);
}

}  // namespace hawser
