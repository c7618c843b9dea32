// Who of a topic's members has its state, and who hands it to those that have not: a function of the light views and of
// the states delivered between them, so that all members agree without a message about it.
//
// The rule: members[0], the oldest of the view, is the only donor. At every view with newcomers it takes a state for
// them; at the view that makes it the oldest, it takes one for all that are still without. A member whose awaited state
// was delivered to its last part has the state from there on.
//
// Why everybody agrees on who has it. The state travels in the topic's own stream, and members that come together from
// one light view to the next have delivered the same messages before it. So at a view, either all of them have
// delivered the last part of a state, and whom it was for has it, or none has. The state's own delivery is the
// announcement.
//
// Why the donor needs no election. Members that have the state always stand before those that have not: newcomers are
// appended; a donor's states go out in the order of their cuts, in one FIFO stream, and each is for all that came at
// its cut; a new donor's first is for everybody who is without; removal keeps the order. So if anybody has the state,
// members[0] has, and an unsynced member knows of the loss of all that had it by being the oldest itself. It needs not
// know who else has it, and neither does a member that has the state need to know of those who joined before it: when
// it got its own, they all had theirs.
#pragma once

#include <vector>

#include "lwg/light_groups.hpp"
#include "pubsub-api/src/session/topic_message.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded. One for each topic.
class StateSync {
 public:
  /// What a view asks of this node, in this order.
  struct Duty {
    bool await = false;       ///< the state of this very cut is awaited: what was kept for an earlier one is void
    bool found = false;       ///< nobody has the state: this node's becomes the topic's
    bool state_lost = false;  ///< with `found`: others had it before
    bool donate = false;      ///< take the state now, and send it as that of this cut
  };

  explicit StateSync(const NodeId& self) : self_(self) {}

  Duty on_view(const LightViewInstalled& event);
  /// The last part of the state of `cut` was delivered. True where this node awaited it, and has it now.
  bool on_state(const StateCut& cut, const NodeId& donor);
  /// This node has left the topic, or its side of a partition has given way.
  void on_left();

  /// This node has the state of `cut` coming from `donor`.
  [[nodiscard]] bool awaits(const StateCut& cut, const NodeId& donor) const;
  /// Members that the state of this cut is for, as far as they are known here.
  [[nodiscard]] std::vector<NodeId> awaiting(const StateCut& cut) const;
  [[nodiscard]] bool in_view() const { return in_view_; }
  [[nodiscard]] bool synced() const { return synced_; }
  /// Members known here that await a state.
  [[nodiscard]] bool all_synced() const { return unsynced_.empty(); }

 private:
  struct Unsynced {
    NodeId node;
    StateCut cut;
  };

  NodeId self_;
  bool in_view_ = false;
  bool synced_ = false;
  NodeId donor_;                    // members[0] of the view.
  std::vector<Unsynced> unsynced_;  // In the order of cuts; nobody who joined before this node got its state.
};

}  // namespace hawser
