// What heavy-weight groups tell the layer above.
#pragma once

#include <variant>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/order.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// The group has a new view; what is delivered after it belongs to it. The control group's comes with those of all the
/// node's other groups right behind it, and nothing is delivered between them.
struct ViewInstalled {
  GroupId group;
  View view;
  /// The transitional set: the members that came here with this node from its previous view, itself included, by rank.
  std::vector<NodeId> transitional;
  bool first = false;  ///< this node was not in the group before
};

/// This node is no longer in the group: it was arranged without it, or nobody it shared the group with came along.
struct GroupLeft {
  GroupId group;
};

/// One message, in the group's current view.
struct Delivered {
  GroupId group;
  Rank sender = 0;  ///< in the current view
  Order order = Order::fifo;
  Slice payload;
};

/// At this place of the control group's total order it was settled who is in `group` from here on: every node of the
/// control group is told, in it or not. The group's own view follows, at its members.
struct GroupArranged {
  GroupId group;
  std::vector<NodeId> members;  ///< by rank; empty: the group is no more
};

/// This view of the group is about to end, and this node asked to be told: see HeavyGroup::set_hold().
struct HoldRequested {
  GroupId group;
  ViewId view;
};

/// HoldRequested was not answered in time; the view ends.
struct HoldOverdue {
  GroupId group;
};

/// A member holds up this node's messages in the group: from here on they don't wait for it, until it has caught up.
struct MemberSlow {
  GroupId group;
  NodeId node;
};

/// The failure detector gave up on a node, or most members of a group have taken it out because it held them up (slow).
/// The view without it follows.
struct PeerFailed {
  enum class Cause : std::uint8_t { silence, process_exit, unreachable, departed, slow };
  NodeId node;
  Cause cause = Cause::silence;
};

/// It is settled whether this view of the control group is primary. Until then it is not, and never after it has begun
/// to change. Does not come where nobody in the view has a vote.
struct PrimaryDecided {
  ViewId view;
  std::uint64_t number = 0;     ///< of its session, higher for each primary view; 0: it is not primary
  std::vector<VoterId> voters;  ///< ascending
};

using GroupEvent = std::variant<ViewInstalled, GroupLeft, Delivered, GroupArranged, HoldRequested, HoldOverdue,
                                MemberSlow, PeerFailed, PrimaryDecided>;

}  // namespace hawser
