// One topic on this node as a member of its light-weight group: the retained state, how it comes here and goes to
// newcomers, and what local subscribers are handed in which order: snapshot… synced, live…
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/session.hpp"
#include "pubsub-api/src/session/session_parts.hpp"
#include "pubsub-api/src/session/state_join_buffer.hpp"
#include "pubsub-api/src/session/state_sync.hpp"
#include "pubsub-api/src/session/state_transfer.hpp"
#include "pubsub-api/src/session/topic_output.hpp"
#include "pubsub-api/src/session/topic_positions.hpp"

namespace hawser {

/// Threads: single-threaded.
class TopicState {
 public:
  /// `name`, `parts` and `output` must outlive it.
  TopicState(TopicHandle handle, const std::string& name, SessionParts& parts, TopicOutput& output);

  void on_view(const LightViewInstalled& event, Time now, SessionOutbox& out);
  void on_message(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  void on_left(const LightViewLeft& event, Time now, SessionOutbox& out);

  /// Whether local subscribers are there to be handed anything.
  void set_heard(bool heard) { heard_ = heard; }
  /// To a subscriber that comes when the state is here already. Recorded in the trace where it is the only one.
  void hand_state_to(SubscriberId subscriber, bool only_one, Time now, SessionOutbox& out) const;

  [[nodiscard]] TopicHandle handle() const { return handle_; }
  [[nodiscard]] bool in_view() const { return sync_.in_view(); }
  [[nodiscard]] bool synced() const { return sync_.synced(); }
  /// Of what is retained here.
  [[nodiscard]] std::uint64_t digest() const { return digest_of_state(*store_); }
  /// Messages handed to local subscribers.
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }

 private:
  // What is needed only until the state is here.
  struct Joining {
    explicit Joining(ByteBudget& budget) : heard(budget) {}
    StateArrival arrival;
    StateJoinBuffer heard;
  };

  void await();
  void on_data(const NodeId& sender, Slice message, Time now, SessionOutbox& out);
  void deliver(const NodeId& publisher, Slice message, Time now, SessionOutbox& out);
  void on_state(const NodeId& donor, const Slice& message, Time now, SessionOutbox& out);
  void install(const StateArrival& arrival, const StateCut& cut, const NodeId& donor, Time now, SessionOutbox& out);
  std::size_t install(const StateArrival::Part& part, Time now, SessionOutbox& out);
  void found(bool state_lost, Time now, SessionOutbox& out);
  void catch_up(StateJoinBuffer& heard, Time now, SessionOutbox& out);
  void donate(const StateCut& cut, Time now);

  void hand(TopicMessage message, Time now, SessionOutbox& out);
  void tell_synced(std::size_t messages, bool state_lost, SessionOutbox& out) const;
  void tell_gap(const TopicGap& gap, Time now, SessionOutbox& out) const;

  TopicHandle handle_;
  const std::string& name_;
  SessionParts& parts_;
  TopicOutput& output_;
  const std::unique_ptr<TopicStore> store_;
  StateSync sync_;
  TopicPositions positions_;
  std::unique_ptr<Joining> joining_;  // While in a view and not synced.
  bool heard_ = false;
  std::uint64_t delivered_ = 0;
};

}  // namespace hawser
