#include "pubsub-api/src/bus/subscription_routes.hpp"

#include <algorithm>
#include <utility>

namespace hawser {

void SubscriptionRoutes::add(SubscriberId subscriber, std::shared_ptr<SubscriptionQueue> queue) {
  const std::vector<std::string>& topics = queue->topics();
  for (std::uint32_t i = 0; i < topics.size(); ++i) {
    const TopicHandle topic = session_.topic(topics[i]);
    if (topic >= routes_.size()) routes_.resize(topic + 1);
    routes_[topic].push_back({subscriber, queue.get(), i});
  }
  queues_.emplace(subscriber, std::move(queue));
}

void SubscriptionRoutes::remove(SubscriberId subscriber) {
  const auto gone = queues_.extract(subscriber);
  if (gone.empty()) return;
  for (const std::string& topic : gone.mapped()->topics()) {
    Route& route = routes_[session_.topic(topic)];
    std::erase_if(route, [&](const Target& target) { return target.subscriber == subscriber; });
  }
  std::erase(touched_, gone.mapped().get());
}

void SubscriptionRoutes::deliver(const SessionEvent& event) {
  constexpr SubscriberId kAll{};
  if (event.topic >= routes_.size()) return;
  for (const Target& target : routes_[event.topic]) {
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

std::uint64_t SubscriptionRoutes::unhandled(TopicHandle topic) const {
  if (topic >= routes_.size()) return 0;
  std::uint64_t count = 0;
  for (const Target& target : routes_[topic]) count += target.queue->unhandled(target.topic);
  return count;
}

}  // namespace hawser
