// Gives groups that share a list of members before a change one list after it, too: with ten thousand groups of the
// same members, a member that fails costs one new list.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A list as it is after a change, and whom that brought or took out.
struct AlteredMembers {
  LightMembers members;
  std::optional<NodeId> newcomer;
  std::optional<NodeId> leaver;
};

/// Knows what it gave out since the last clear(). Threads: single-threaded.
class MemberLists {
 public:
  /// Equal members, one list.
  LightMembers of(std::vector<LightMember> members);
  /// `change`: an add or a remove.
  const AlteredMembers& after(const LightMembers& before, const Change& change);
  /// Those of `before` who are in `kept` (sorted).
  LightMembers retain(const LightMembers& before, std::span<const NodeId> kept);
  /// To be called when a step is over: remembered lists are not freed.
  void clear();

 private:
  using Step = std::tuple<const void*, Change::Kind, NodeId, Role>;  // a list's identity, and the change
  template <typename Value>
  struct Remembered {
    LightMembers before;  // so that its identity is nobody else's
    Value after;
  };
  struct ByMembers {
    bool operator()(const LightMembers& a, const LightMembers& b) const;
  };

  std::set<LightMembers, ByMembers> given_;
  std::map<Step, Remembered<AlteredMembers>> altered_;
  std::map<const void*, Remembered<LightMembers>> retained_;  // for the `kept` of one step
};

}  // namespace hawser
