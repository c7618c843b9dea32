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

Statistics ReactorRequests::statistics() {
  const auto request = std::make_shared<StatisticsRequest>();
  {
    const std::lock_guard lock{mutex_};
    if (ended_) return last_;
    asked_.push_back(request);
    has_asked_.store(true, std::memory_order_release);
  }
  wake_up_.force();
  request->answer.wait();  // The reactor answers all before it ends.
  return request->statistics;
}

void ReactorRequests::stop() {
  stop_.store(true, std::memory_order_release);
  wake_up_.force();
}

void ReactorRequests::answer_statistics(const std::function<Statistics()>& take) {
  if (!has_asked_.load(std::memory_order_acquire)) return;
  const Statistics now = take();
  std::vector<std::shared_ptr<StatisticsRequest>> asked;
  {
    const std::lock_guard lock{mutex_};
    asked = std::exchange(asked_, {});
    has_asked_.store(false, std::memory_order_release);
  }
  for (const auto& request : asked) {
    request->statistics = now;
    request->answer.give(Answer::Outcome::done);
  }
}

void ReactorRequests::end(Statistics last) {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
    last_ = std::move(last);
    if (!asked_.empty()) has_asked_.store(true, std::memory_order_release);
  }
  answer_statistics([this] { return last_; });
}

}  // namespace hawser
