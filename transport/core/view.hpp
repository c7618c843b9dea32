// A group's membership at one point of its history.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// Members in rank order (oldest first), each with the start-change id under which it agreed (KK00).
/// Two views with the same id are equal in everything.
struct View {
  ViewId id;
  std::vector<NodeId> members;
  std::vector<StartChangeId> start_ids;  ///< start_ids[rank] belongs to members[rank]
  bool operator==(const View&) const = default;

  [[nodiscard]] std::optional<Rank> rank_of(const NodeId& node) const {
    const auto at = std::find(members.begin(), members.end(), node);
    if (at == members.end()) return std::nullopt;
    return static_cast<Rank>(at - members.begin());
  }
  [[nodiscard]] bool contains(const NodeId& node) const { return rank_of(node).has_value(); }
  /// Of some of its members.
  [[nodiscard]] std::vector<StartChangeId> start_ids_of(const std::vector<NodeId>& some) const {
    std::vector<StartChangeId> ids;
    for (const NodeId& member : some) ids.push_back(start_ids[rank_of(member).value()]);
    return ids;
  }
};

/// Everybody begins in a view of its own that nobody ever sees: so there is no special first view.
inline View unseen_first_view(const NodeId& self) {
  return {{0, mix64(self.incarnation.value)}, {self}, {StartChangeId{0}}};
}

}  // namespace hawser
