// Which subscriptions of this process get a topic's messages.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "pubsub-api/src/bus/subscription_queue.hpp"
#include "pubsub-api/src/session/session.hpp"

namespace hawser {

/// Threads: single-threaded, the reactor's. `session` must outlive it.
class SubscriptionRoutes {
 public:
  explicit SubscriptionRoutes(Session& session) : session_(session) {}

  /// Which topics it gets, the session's TopicSubscribed tell.
  void add(SubscriberId subscriber, std::shared_ptr<SubscriptionQueue> queue);
  void remove(SubscriberId subscriber);

  /// Puts the event into the queues it is for; the handlers see it after hand_over(), or before where a queue has a
  /// whole batch.
  void deliver(const SessionEvent& event);
  void hand_over();
  /// Messages of the topic that wait for handlers, of all subscriptions together.
  [[nodiscard]] std::uint64_t unhandled(TopicHandle topic) const;

 private:
  struct Target {
    SubscriberId subscriber;
    SubscriptionQueue* queue;
    SubscribedTopic* topic;
  };
  using Route = std::vector<Target>;
  struct Subscriber {
    std::shared_ptr<SubscriptionQueue> queue;
    std::vector<TopicHandle> topics;
  };

  void deliver(const SessionEvent& event, const TopicSubscribed& what);
  void deliver(const SessionEvent& event, const TopicsWatched& what);
  template <typename What>
  void deliver(const SessionEvent& event, const What& what);

  Session& session_;
  void put(SubscriptionQueue& queue, SubscribedTopic& topic, const auto& what);

  std::map<SubscriberId, Subscriber> subscribers_;
  std::vector<Route> routes_;                // By topic; handles are small numbers.
  std::vector<SubscriptionQueue*> touched_;  // Since the last hand_over(); some more than once.
};

}  // namespace hawser
