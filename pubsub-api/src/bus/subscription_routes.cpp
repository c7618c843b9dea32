#include "pubsub-api/src/bus/subscription_routes.hpp"

#include <algorithm>
#include <utility>

namespace hawser {

void SubscriptionRoutes::add(SubscriberId subscriber, std::shared_ptr<SubscriptionQueue> queue) {
  const std::vector<std::string>& topics = queue->topics();
  for (std::uint32_t i = 0; i < topics.size(); ++i) by_name_[topics[i]].push_back({subscriber, queue.get(), i});
  queues_.emplace(subscriber, std::move(queue));
}

void SubscriptionRoutes::remove(SubscriberId subscriber) {
  const auto gone = queues_.extract(subscriber);
  if (gone.empty()) return;
  for (const std::string& topic : gone.mapped()->topics()) {
    std::erase_if(by_name_[topic], [&](const Target& target) { return target.subscriber == subscriber; });
  }
  std::erase(touched_, gone.mapped().get());
}

void SubscriptionRoutes::deliver(const SessionEvent& event) {
  constexpr SubscriberId kAll{};
  for (const Target& target : route_of(event.topic)) {
    if (event.only != kAll && event.only != target.subscriber) continue;
    if (target.queue->nothing_added()) touched_.push_back(target.queue);
    const bool has_room =
        std::visit([&](const auto& what) { return target.queue->add(target.topic, what); }, event.what);
    if (!has_room) target.queue->hand_over();
  }
}

void SubscriptionRoutes::hand_over() {
  for (SubscriptionQueue* queue : touched_) queue->hand_over();
  touched_.clear();
}

std::uint64_t SubscriptionRoutes::unhandled(const std::string& topic) const {
  const auto route = by_name_.find(topic);
  if (route == by_name_.end()) return 0;
  std::uint64_t count = 0;
  for (const Target& target : route->second) count += target.queue->unhandled(target.topic);
  return count;
}

SubscriptionRoutes::Route& SubscriptionRoutes::route_of(TopicHandle topic) {
  if (topic >= by_handle_.size()) by_handle_.resize(topic + 1, nullptr);
  Route*& route = by_handle_[topic];
  if (route == nullptr) route = &by_name_[std::string{session_.name_of(topic)}];
  return *route;
}

}  // namespace hawser
