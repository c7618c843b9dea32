// The inside of Session: what this node wants of its topics (session_wishes.cpp), and what comes of it
// (session_events.cpp).
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "pubsub-api/src/session/pattern_subscriptions.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/session_topics.hpp"

namespace hawser {

// Keeps the wishes of this node and what LightGroups was told in step, and passes events to the topics.
class Session::Impl {
 public:
  Impl(const NodeId& self, LightGroups& groups, std::size_t send_queue_bytes_max, TraceSink* trace)
      : parts_{self, groups, trace, ByteBudget{send_queue_bytes_max}, ByteBudget{kJoinBufferBytesMax}},
        topics_(parts_) {}

  TopicHandle topic(std::string_view name) { return topics_.named(name).state.handle(); }
  Result<std::uint64_t> publish(TopicHandle handle, std::string_view key, const Payload& payload, Time now,
                                SessionOutbox& out);
  void declare(TopicHandle handle, const TopicOptions& options, Time now, SessionOutbox& out);
  void subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, const Start& start, Time now,
                 SessionOutbox& out);
  void unsubscribe(SubscriberId subscriber, Time now, SessionOutbox& out);
  void set_paused(SubscriberId subscriber, bool paused);
  void leave(Time now, SessionOutbox& out);

  void enable_store() { parts_.store.enable(); }
  std::vector<TopicStoreRequest> take_store_requests(Time now) { return parts_.store.take_requests(now); }
  void on_topics_written() { parts_.store.on_written(); }
  void on_topics_read(std::vector<StoredTopic>&& stored, Time now, SessionOutbox& out);
  void on_store_failed(Time now, SessionOutbox& out);

  void on_event(LightEvent&& event, Time now, SessionOutbox& out);
  void send_waiting(Time now, SessionOutbox& out);
  void on_timeout(Time now, SessionOutbox& out);
  [[nodiscard]] Time next_deadline() const;

  void set_wall_zero(Time zero) { parts_.wall_zero = zero; }

  [[nodiscard]] std::size_t take_changed() { return std::exchange(changed_, 0); }
  [[nodiscard]] const SessionTopics& topics() const { return topics_; }
  [[nodiscard]] const SessionParts& parts() const { return parts_; }

 private:
  void unwatch(SubscriberId subscriber, Time now, SessionOutbox& out);
  void on_watched(const Pattern& pattern, SessionOutbox& out);
  static void tell_watched(SubscriberId subscriber, const Pattern& pattern, SessionOutbox& out);
  bool add_subscribers(Topic& topic, const std::vector<SubscriberId>& subscribers, Time now, SessionOutbox& out);
  bool add_subscriber(Topic& topic, SubscriberId subscriber, Time now, SessionOutbox& out);
  void set_paused(Topic& topic, SubscriberId subscriber, bool paused);
  void say_flow(Topic& topic);
  void on_flow(Topic& topic, const NodeId& member, ByteView message, SessionOutbox& out);
  static void note_held(Topic& topic, SessionOutbox& out);
  void lose_last_subscriber(Topic& topic, Time now);
  void join(const std::vector<Topic*>& wanted, Time now, SessionOutbox& out);
  static bool reads_first(Topic& topic, std::vector<StoreRead::Wanted>& to_read);
  static void add_unread(Topic& topic, std::vector<StoreRead::Wanted>& to_read);
  void configure(const Topic& topic, Time now, SessionOutbox& out);
  void answer_declared(Topic& topic, Time now, SessionOutbox& out);
  void leave_unwanted(std::span<Topic* const> candidates, Time now, SessionOutbox& out);
  void on_message(LightDelivered&& event, Time now, SessionOutbox& out);
  void on_view(const LightViewInstalled& event, Time now, SessionOutbox& out);
  void on_first_view(Topic& topic, Time now, SessionOutbox& out);
  void note_members(Topic& topic, const LightViewInstalled& event);
  Topic& topic_of(const LightViewInstalled& event);
  void on_left(const LightViewLeft& event, Time now, SessionOutbox& out);
  void note_backlog(Topic& topic);

  SessionParts parts_;
  SessionTopics topics_;
  PatternSubscriptions patterns_;
  std::map<SubscriberId, std::vector<TopicHandle>> subscriptions_;
  std::map<SubscriberId, Start> starts_;
  std::set<SubscriberId> paused_;
  std::size_t changed_ = 0;      // See take_changed().
  std::vector<Topic*> backlog_;  // Those with something to send that may go out; each once.
};

}  // namespace hawser
