// One list for all groups of the same members: with ten thousand of them, a member that fails costs one new list.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "lwg/change.hpp"
#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A list as it is after a change, and whom that brought or took out.
struct AlteredMembers {
  LightMembers members;
  std::optional<NodeId> newcomer;
  std::optional<NodeId> leaver;
};

/// Threads: single-threaded.
class MemberLists {
 public:
  /// Equal members, one list, as long as anybody has it.
  LightMembers of(LightMembers members);
  /// `change`: an add or a remove. Valid until the next call.
  const AlteredMembers& after(const LightMembers& before, const Change& change);

  /// Takes everybody but some out of many lists.
  class Retainer {
   public:
    /// `kept` is sorted; both must outlive it.
    Retainer(MemberLists& lists, std::span<const NodeId> kept) : lists_(lists), kept_(kept) {}
    LightMembers operator()(const LightMembers& before);

   private:
    MemberLists& lists_;
    std::span<const NodeId> kept_;
    std::map<const void*, std::pair<LightMembers, LightMembers>> known_;  // by the identity of the first
  };

 private:
  // Most changes come many at a time, to groups that have one list.
  static constexpr std::size_t kRememberedMax = 64;
  using Step = std::tuple<const void*, Change::Kind, NodeId, Role>;  // a list's identity, and the change
  struct Altered {
    LightMembers before;  // so that its identity is nobody else's
    AlteredMembers after;
  };
  struct Hash {
    std::size_t operator()(const LightMembers& members) const { return members.digest(); }
  };

  std::unordered_set<LightMembers, Hash> lists_;  // never iterated where the order could show
  std::size_t sweep_at_ = 64;                     // at so many, those that nobody has are forgotten
  std::map<Step, Altered> altered_;
};

}  // namespace hawser
