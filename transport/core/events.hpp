// What a heavy-weight group tells the layer above.
#pragma once

#include <variant>
#include <vector>

#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/order.hpp"
#include "transport/core/view.hpp"

namespace hawser {

/// The group has a new view; what is delivered after it belongs to it.
struct ViewInstalled {
  GroupId group;
  View view;
  /// The transitional set: the members that came here with this node from its previous view, itself included, by rank.
  std::vector<NodeId> transitional;
};

/// One message, in the group's current view.
struct Delivered {
  GroupId group;
  Rank sender = 0;  ///< in the current view
  Order order = Order::fifo;
  Slice payload;
};

/// The failure detector gave up on a node. The view without it follows.
struct PeerFailed {
  enum class Cause : std::uint8_t { silence, process_exit, unreachable, departed };
  NodeId node;
  Cause cause = Cause::silence;
};

using GroupEvent = std::variant<ViewInstalled, Delivered, PeerFailed>;

}  // namespace hawser
