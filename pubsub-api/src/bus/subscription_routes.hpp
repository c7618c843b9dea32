// Which subscriptions of this process get a topic's messages.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
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
  /// False for one that is gone.
  [[nodiscard]] bool is_paused(SubscriberId subscriber) const;
  /// Since the last call: subscriptions that are over, and those whose is_paused() may have changed.
  std::vector<SubscriberId> take_ended() { return std::exchange(ended_, {}); }
  std::vector<SubscriberId> take_paused() { return std::exchange(paused_, {}); }
  /// Messages of the topic that wait for handlers, of all subscriptions together.
  [[nodiscard]] std::uint64_t unhandled(TopicHandle topic) const;

 private:
  struct Subscriber {
    SubscriberId id;
    std::shared_ptr<SubscriptionQueue> queue;
    std::vector<TopicHandle> topics;
    std::map<std::string, SubscribedTopic*> patterns;  ///< by text
  };
  struct Target {
    Subscriber* subscriber;
    SubscribedTopic* topic;
  };
  using Route = std::vector<Target>;

  void deliver(const SessionEvent& event, const TopicSubscribed& what);
  void deliver(const SessionEvent& event, const TopicsWatched& what);
  void deliver(const SessionEvent& /*event*/, const TopicHeld& /*what*/) {}      // For publishers.
  void deliver(const SessionEvent& /*event*/, const TopicDeclared& /*what*/) {}  // For who has declared the topic.
  void deliver(const SessionEvent& /*event*/, const TopicStoreRefused& /*what*/) {}
  template <typename What>
  void deliver(const SessionEvent& event, const What& what);

  Session& session_;
  template <typename What>
  void put(Subscriber& subscriber, SubscribedTopic& topic, const What& what);
  void hand_over(const Subscriber& subscriber);

  std::map<SubscriberId, Subscriber> subscribers_;
  std::vector<Route> routes_;         // By topic; handles are small numbers.
  std::vector<Subscriber*> touched_;  // Since the last hand_over(); some more than once.
  std::vector<SubscriberId> ended_;
  std::vector<SubscriberId> paused_;
};

}  // namespace hawser
