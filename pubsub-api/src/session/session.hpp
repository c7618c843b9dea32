// One node's topics as a machine: publishing, subscribing, retained state and its hand-over to joiners.
// Source: state transfer as in Birman's lecture on virtual synchrony (CS514): the joiner's first view is the cut, the
// oldest member that has the state donates it. Departs: the state travels in the topic's own stream, so that its
// delivery tells everybody who has it (state_sync.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hawser/message.hpp"
#include "hawser/options.hpp"
#include "hawser/start.hpp"
#include "hawser/subject.hpp"
#include "hawser/topic.hpp"
#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/payload.hpp"
#include "pubsub-api/src/session/store_requests.hpp"
#include "pubsub-api/src/trace/trace.hpp"

namespace hawser {

/// One local subscription; chosen by the caller, never 0, never used twice.
using SubscriberId = Id<struct SubscriberTag>;
/// One that hears a topic, and what it wants of its past.
struct TopicSubscriber {
  SubscriberId id;
  Start start;
};
/// A topic of this node, stable until the Session is gone; the caller may key its own tables by it.
using TopicHandle = std::uint32_t;

/// A message for local subscribers. `key` and `payload` point into `bytes`.
struct TopicMessage {
  NodeId publisher;
  std::uint64_t number = 0;
  bool retained = false;
  std::string_view key;
  ByteView payload;
  std::uint64_t time = 0;  ///< milliseconds since 1970 where the topic keeps a history; else 0
  Slice bytes;
};
struct TopicSynced {
  std::size_t retained_messages = 0;
  bool state_lost = false;
  std::size_t received_messages = 0;  ///< of the state, from another node, for this
};
struct TopicGap {
  Gap::Cause cause = Gap::Cause::partition;
  std::uint64_t messages = 0;  ///< 0: unknown
  NodeId publisher;            ///< none: of several, or unknown
  std::uint64_t first = 0;     ///< of its numbers; 0: unknown
  std::uint64_t last = 0;
};

/// `only` gets the topic's messages from here on: one that it named, or one that fits a pattern of its.
struct TopicSubscribed {};

/// `only` gets every topic that comes and fits the pattern, from its first message on. There is no `topic`.
struct TopicsWatched {
  Pattern pattern;
};

/// Publishers of the topic are to wait, or need not any more. For them, not for subscribers.
struct TopicHeld {
  bool held = false;
};

/// The answer to declare(): what the topic has been told, by whomever. For this node, not for subscribers.
struct TopicDeclared {
  std::optional<TopicOptions> options;  ///< nothing: what this version does not understand
};

/// What the store has of the topic makes no sense to this version: it is left as it is, and the topic is not stored.
/// For this node, not for subscribers.
struct TopicStoreRefused {};

/// For all local subscribers of `topic`, or for `only` one of them: a subscriber that comes to a topic whose state this
/// node already has is handed the state from here.
struct SessionEvent {
  TopicHandle topic = 0;
  SubscriberId only;
  std::variant<TopicMessage, TopicSynced, TopicGap, TopicSubscribed, TopicsWatched, TopicHeld, TopicDeclared,
               TopicStoreRefused>
      what;
};

struct SessionOutbox {
  LightOutbox& below;
  std::vector<SessionEvent>& events;
};

struct SessionTopicCounters {
  std::string topic;
  std::uint64_t published = 0;
  std::uint64_t sent = 0;  ///< of those, what does not wait here any more
  std::uint64_t delivered = 0;
};

/// A topic, once heard of here, stays known until the Session is gone: its numbers go on, whatever happens.
/// Threads: single-threaded. `groups` must outlive it; `trace` too where it is given.
class Session {
 public:
  Session(const NodeId& self, LightGroups& groups, std::size_t send_queue_bytes_max, TraceSink* trace);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The topic's handle; it is known from now on.
  TopicHandle topic(std::string_view name);
  /// Returns the message's number on the topic: 1, 2, 3… What can't go out yet, because the topic's state is still on
  /// its way here, waits in a queue of at most send_queue_bytes_max bytes for all topics together.
  /// Errors: would_block (this queue, or the group's below, is full).
  Result<std::uint64_t> publish(TopicHandle topic, std::string_view key, const Payload& payload, Time now,
                                SessionOutbox& out);
  /// Makes this node a member, and wants the topic to be told this unless it has been told something. TopicDeclared
  /// answers once for all calls so far, in the view from which on it is in force. Where the topic has been told the
  /// same, this node stays in it until leave().
  void declare(TopicHandle topic, const TopicOptions& options, Time now, SessionOutbox& out);
  /// One directory operation for all that is new here.
  void subscribe(SubscriberId subscriber, const std::vector<Pattern>& patterns, Time now, SessionOutbox& out,
                 const Start& start = {});
  void unsubscribe(SubscriberId subscriber, Time now, SessionOutbox& out);
  /// The publishers of the subscriber's topics are to wait, at whatever node, or need not any more: TopicHeld tells
  /// them. Goes out with the next send_waiting().
  void set_paused(SubscriberId subscriber, bool paused);
  /// This node has a store. Before anything else.
  void enable_store();
  /// What the store is to do now: to be asked for after every step.
  [[nodiscard]] std::vector<TopicStoreRequest> take_store_requests(Time now);
  /// The answers, in the order of the requests.
  void on_topics_written();
  void on_topics_read(std::vector<StoredTopic> topics, Time now, SessionOutbox& out);
  /// Nothing more comes of it: topics go on without it.
  void on_store_failed(Time now, SessionOutbox& out);
  /// This is what `now` was at the beginning of 1970: for the times of messages in topics that keep a history.
  void set_wall_zero(Time zero);
  /// Withdraws from every topic, as a publisher too; from those with messages that still wait, once they are sent.
  void leave(Time now, SessionOutbox& out);

  /// Messages are moved out of it.
  void on_event(LightEvent&& event, Time now, SessionOutbox& out);
  /// To be called when the group below may accept more (after every step of the node).
  void send_waiting(Time now, SessionOutbox& out);
  void on_timeout(Time now, SessionOutbox& out);
  [[nodiscard]] Time next_deadline() const;

  [[nodiscard]] std::string_view name_of(TopicHandle topic) const;
  /// As TopicHeld told last.
  [[nodiscard]] bool is_held(TopicHandle topic) const;
  /// True when nothing that publish() accepted waits here any more.
  [[nodiscard]] bool all_sent() const;
  /// True when this node is in no topic any more (after leave()), and its store has what it is to have.
  [[nodiscard]] bool left_all() const;
  /// In the order of handles.
  [[nodiscard]] std::vector<SessionTopicCounters> counters() const;
  /// How many views with other members than the one before, of any topic, came since the last call.
  [[nodiscard]] std::size_t take_changed();
  /// All 0 where this node never heard of the topic.
  [[nodiscard]] SessionTopicCounters counters_of(std::string_view topic) const;
  /// True where this node has the topic's retained state.
  [[nodiscard]] bool has_state(std::string_view topic) const;
  /// Messages that were not what they should be, and were dropped.
  [[nodiscard]] std::uint64_t refused() const;
  /// A digest of the topic's retained state here; 0 where this node is not synced in it.
  [[nodiscard]] std::uint64_t state_digest(std::string_view topic) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hawser
