// A light-weight group's membership, and the era that messages of it carry.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// The index of a directory operation: the control group's view it was ordered in, and its number there. Never repeats,
/// also not on two sides of a partition. Ordered along one lineage of the control group only.
struct Era {
  ViewId control_view;
  std::uint64_t number = 0;
  auto operator<=>(const Era&) const = default;
};

/// One member's place in a light-weight group.
enum class Role : std::uint8_t {
  subscriber,  ///< sends and receives
  publisher,   ///< sends; keeps the topic's state but hands nothing to the application
};

struct LightMember {
  NodeId node;
  Role role = Role::subscriber;
  bool operator==(const LightMember&) const = default;
};

/// Equal ids (era, heavy_view) mean equal members, in the same order: oldest first.
struct LightView {
  LightGroupId group;
  Era era;            ///< the last change it includes
  ViewId heavy_view;  ///< the control view it was installed in; where that brought it, mixed with the lowest of its
                      ///< lineage
  std::vector<LightMember> members;
  bool operator==(const LightView&) const = default;

  [[nodiscard]] bool contains(const NodeId& node) const {
    return std::any_of(members.begin(), members.end(), [&](const LightMember& m) { return m.node == node; });
  }
};

}  // namespace hawser
