// One topic on this node as a member of its light-weight group: the retained state, how it comes here and goes to
// newcomers, and what local subscribers are handed in which order: snapshot… synced, live…
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/state_join_buffer.hpp"
#include "pubsub-api/src/session/state_sync.hpp"
#include "pubsub-api/src/session/state_transfer.hpp"
#include "pubsub-api/src/session/topic_log.hpp"
#include "pubsub-api/src/session/topic_output.hpp"
#include "pubsub-api/src/session/topic_positions.hpp"

namespace hawser {

/// Threads: single-threaded.
class TopicState {
 public:
  /// All but `handle` must outlive it.
  TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output,
             const std::vector<TopicSubscriber>& subscribers);

  void on_view(const LightViewInstalled& event, Time now, SessionOutbox& out);
  void on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  void on_left(const LightViewLeft& event, Time now, SessionOutbox& out);

  /// Whether local subscribers are there to be handed anything.
  void set_heard(bool heard) { heard_ = heard; }
  /// What is wanted of the state, which is here, to this subscriber, or to all. For one of several it is recorded.
  void hand_state(SubscriberId to, const Start& start, bool recorded, Time now, SessionOutbox& out);

  [[nodiscard]] TopicHandle handle() const { return handle_; }
  [[nodiscard]] bool in_view() const { return sync_.in_view(); }
  [[nodiscard]] bool synced() const { return sync_.synced(); }
  /// Of what is retained here.
  [[nodiscard]] std::uint64_t digest() const {
    const std::uint64_t values = digest_of_state(*store_);
    return log_.floor().newest == 0 ? values : mix64(values ^ digest_of_log(log_));
  }
  /// Messages handed to local subscribers.
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }

 private:
  // What is needed only until the state is here.
  struct Joining {
    explicit Joining(ByteBudget& budget) : heard(budget) {}
    StateArrival arrival;
    StateJoinBuffer heard;
  };

  void set_options(const TopicOptions& options);
  void await();
  void fold(const RetainedMessage& message);
  void keep(const RetainedMessage& message);
  void on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  void deliver(HeardMessage message, Time now, SessionOutbox& out);
  void on_state(const NodeId& donor, const Slice& message, Time now, SessionOutbox& out);
  void install(const StateArrival& arrival, const StateCut& cut, const NodeId& donor, Time now, SessionOutbox& out);
  void install(const StateArrival::Part& part);
  void install(RetainedMessage& message);
  void found(bool state_lost, Time now, SessionOutbox& out);
  void catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out);
  void donate(const StateCut& cut, Time now);
  void hand_state_to_all(Time now, SessionOutbox& out);
  void visit_from(const Start& start, Time now, const TopicStore::Visit& visit) const;
  void visit_last(const TopicStore::Visit& visit) const;

  void hand(TopicMessage message, Time now, SessionOutbox& out);
  void tell_synced(std::size_t messages, bool state_lost, SessionOutbox& out) const;
  void tell_gap(const TopicGap& gap, Time now, SessionOutbox& out) const;

  TopicHandle handle_;
  const std::string& name_;
  SessionParts& parts_;
  TopicOutput& output_;
  const std::vector<TopicSubscriber>& subscribers_;
  const std::unique_ptr<TopicStore> store_;
  History history_;
  bool ordered_ = false;  // in total order
  TopicLog log_;
  StateLast last_ordered_;  // number 0: none has come
  StateSync sync_;
  TopicPositions positions_;
  std::unique_ptr<Joining> joining_;  // While in a view and not synced.
  bool heard_ = false;
  std::uint64_t delivered_ = 0;
};

}  // namespace hawser
