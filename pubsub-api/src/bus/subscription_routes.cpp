#include "pubsub-api/src/bus/subscription_routes.hpp"

#include <algorithm>
#include <utility>

namespace hawser {

void SubscriptionRoutes::add(SubscriberId subscriber, std::shared_ptr<SubscriptionQueue> queue) {
  subscribers_.emplace(subscriber, Subscriber{std::move(queue), {}});
}

void SubscriptionRoutes::remove(SubscriberId subscriber) {
  const auto gone = subscribers_.extract(subscriber);
  if (gone.empty()) return;
  for (const TopicHandle topic : gone.mapped().topics) {
    std::erase_if(routes_[topic], [&](const Target& target) { return target.subscriber == subscriber; });
  }
  std::erase(touched_, gone.mapped().queue.get());
}

void SubscriptionRoutes::deliver(const SessionEvent& event) {
  std::visit([&](const auto& what) { deliver(event, what); }, event.what);
}

void SubscriptionRoutes::deliver(const SessionEvent& event, const TopicSubscribed& /*what*/) {
  const auto at = subscribers_.find(event.only);
  if (at == subscribers_.end()) return;
  auto& [queue, topics] = at->second;
  if (event.topic >= routes_.size()) routes_.resize(event.topic + 1);
  routes_[event.topic].push_back({event.only, queue.get(), &queue->add_topic(session_.name_of(event.topic))});
  topics.push_back(event.topic);
}

void SubscriptionRoutes::deliver(const SessionEvent& event, const TopicsWatched& what) {
  const auto at = subscribers_.find(event.only);
  if (at == subscribers_.end()) return;
  SubscriptionQueue& queue = *at->second.queue;
  put(queue, queue.add_topic(what.pattern.text()), what);
}

template <typename What>
void SubscriptionRoutes::deliver(const SessionEvent& event, const What& what) {
  constexpr SubscriberId kAll{};
  if (event.topic >= routes_.size()) return;
  for (const Target& target : routes_[event.topic]) {
    if (event.only == kAll || event.only == target.subscriber) put(*target.queue, *target.topic, what);
  }
}

void SubscriptionRoutes::put(SubscriptionQueue& queue, SubscribedTopic& topic, const auto& what) {
  if (queue.nothing_added()) touched_.push_back(&queue);
  if (!queue.add(topic, what)) queue.hand_over();
}

void SubscriptionRoutes::hand_over() {
  for (SubscriptionQueue* queue : touched_) queue->hand_over();
  touched_.clear();
}

std::uint64_t SubscriptionRoutes::unhandled(TopicHandle topic) const {
  if (topic >= routes_.size()) return 0;
  std::uint64_t count = 0;
  for (const Target& target : routes_[topic]) count += target.topic->unhandled();
  return count;
}

}  // namespace hawser
