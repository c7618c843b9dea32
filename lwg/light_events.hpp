// What light-weight groups tell the layer above.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lwg/configuration.hpp"
#include "lwg/light_view.hpp"
#include "lwg/subject.hpp"
#include "transport/core/buffer.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/outbox.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// A new view of a light-weight group that this node is in.
struct LightViewInstalled {
  std::string name;
  LightView view;
  GroupId heavy;  ///< the heavy-weight group that it rides on
  /// Members that this change brings in, this node included where it is new. Where it is not, all others come with it
  /// from its previous view of this group.
  std::vector<NodeId> newcomers;
  Configuration configuration{};  ///< in force from here on

  [[nodiscard]] bool brings(const NodeId& node) const {
    return std::find(newcomers.begin(), newcomers.end(), node) != newcomers.end();
  }
  /// Members that come with `self` from its previous view of this group, itself included; where it is new, it alone.
  [[nodiscard]] std::vector<NodeId> transitional(const NodeId& self) const {
    if (brings(self)) return {self};
    std::vector<NodeId> nodes;
    for (const LightMember& member : view.members) {
      if (!brings(member.node)) nodes.push_back(member.node);
    }
    return nodes;
  }
};

/// This node is no longer in the group.
struct LightViewLeft {
  enum class Cause : std::uint8_t {
    asked,   ///< leave() has taken effect
    merged,  ///< the other side of a partition survived; this node joins anew by itself, with a fresh first view
    lost,    ///< the other side of a partition survived, and leave() was called before: what was sent may be lost
  };
  std::string name;
  LightGroupId group;
  Cause cause = Cause::asked;
};

/// One message, in the group's current view.
struct LightDelivered {
  LightGroupId group;
  NodeId sender;
  Slice payload;
};

/// A control view change took failed nodes out of this many of this node's light-weight groups, by local computation.
struct LightGroupsRepaired {
  std::size_t groups = 0;
};

/// This node's lineage gave way to another after a merge; LightViewLeft{merged} came for every group before it.
struct LineageLost {};

/// From here on this node is among the first members of every group that comes and fits the pattern. Told anew where
/// another directory has taken its place.
struct PatternWatched {
  Pattern pattern;

  void add_to(StateDigest& digest) const { digest.add(pattern.kind(), pattern.text()); }
};

using LightEvent =
    std::variant<LightViewInstalled, LightViewLeft, LightDelivered, LightGroupsRepaired, LineageLost, PatternWatched>;

/// Effects of this layer: its own events, and those of the transport below.
struct LightOutbox {
  Outbox& transport;
  std::vector<LightEvent> events;
};

}  // namespace hawser
