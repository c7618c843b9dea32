#include "pubsub-api/src/bus/subscription_routes.hpp"

#include <algorithm>
#include <utility>

namespace hawser {

void SubscriptionRoutes::add(SubscriberId subscriber, std::shared_ptr<SubscriptionQueue> queue) {
  subscribers_.emplace(subscriber, Subscriber{subscriber, std::move(queue), {}, {}});
}

void SubscriptionRoutes::remove(SubscriberId subscriber) {
  const auto at = subscribers_.find(subscriber);
  if (at == subscribers_.end()) return;
  for (const TopicHandle topic : at->second.topics) {
    std::erase_if(routes_[topic], [&](const Target& target) { return target.subscriber == &at->second; });
  }
  std::erase(touched_, &at->second);
  subscribers_.erase(at);
}

void SubscriptionRoutes::deliver(const SessionEvent& event) {
  std::visit([&](const auto& what) { deliver(event, what); }, event.what);
}

void SubscriptionRoutes::deliver(const SessionEvent& event, const TopicSubscribed& /*what*/) {
  const auto at = subscribers_.find(event.only);
  if (at == subscribers_.end()) return;
  Subscriber& subscriber = at->second;
  if (event.topic >= routes_.size()) routes_.resize(event.topic + 1);
  routes_[event.topic].push_back({&subscriber, &subscriber.queue->add_topic(session_.name_of(event.topic))});
  subscriber.topics.push_back(event.topic);
}

void SubscriptionRoutes::deliver(const SessionEvent& event, const TopicsWatched& what) {
  const auto at = subscribers_.find(event.only);
  if (at == subscribers_.end()) return;
  SubscribedTopic*& pattern = at->second.patterns[what.pattern.text()];
  if (pattern == nullptr) pattern = &at->second.queue->add_topic(what.pattern.text());
  put(at->second, *pattern, what);
}

bool SubscriptionRoutes::is_paused(SubscriberId subscriber) const {
  const auto at = subscribers_.find(subscriber);
  return at != subscribers_.end() && at->second.queue->is_paused();
}

template <typename What>
void SubscriptionRoutes::deliver(const SessionEvent& event, const What& what) {
  constexpr SubscriberId kAll{};
  if (event.topic >= routes_.size()) return;
  for (const Target& target : routes_[event.topic]) {
    if (event.only == kAll || event.only == target.subscriber->id) put(*target.subscriber, *target.topic, what);
  }
}

template <typename What>
void SubscriptionRoutes::put(Subscriber& subscriber, SubscribedTopic& topic, const What& what) {
  if (subscriber.queue->nothing_added()) touched_.push_back(&subscriber);
  if (!subscriber.queue->add(topic, what)) hand_over(subscriber);
}

void SubscriptionRoutes::hand_over() {
  for (const Subscriber* subscriber : touched_) hand_over(*subscriber);
  touched_.clear();
}

void SubscriptionRoutes::hand_over(const Subscriber& subscriber) {
  const SubscriptionQueue::Wish wish = subscriber.queue->hand_over();
  if (wish == SubscriptionQueue::Wish::end) ended_.push_back(subscriber.id);
  if (wish == SubscriptionQueue::Wish::pause) paused_.push_back(subscriber.id);
}

std::uint64_t SubscriptionRoutes::unhandled(TopicHandle topic) const {
  if (topic >= routes_.size()) return 0;
  std::uint64_t count = 0;
  for (const Target& target : routes_[topic]) count += target.topic->unhandled();
  return count;
}

}  // namespace hawser
