// The heavy-weight groups and their members, found by exact membership or as the smallest superset of a set of nodes.
// Source: Glade93's membership-keyed hash index. Departs: supersets come from posting lists (node → groups by size), of
// which only the shortest is read, and of that only the sizes that qualify: never a scan of all groups.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lwg/node_set.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"

namespace hawser {

/// Where a heavy-weight group stands in the tables about it. A gone group's slot is given to another.
using HeavySlot = std::uint32_t;

/// Threads: single-threaded.
class HeavyIndex {
 public:
  /// Multicast addresses are made of this many low bits of a group's id, so no two groups share them; 0 is the control
  /// group's.
  static constexpr unsigned kAddressBits = 23;
  /// Beyond this many groups none may be added: ids whose low bits are unused would be hard to find.
  static constexpr std::size_t kGroupsMax = std::size_t{1} << (kAddressBits - 1);

  /// Whether a group of this id may be added: neither the id nor its address is taken.
  [[nodiscard]] bool is_free(GroupId id) const;
  /// By chance; is_free().
  [[nodiscard]] GroupId free_id(Rng& rng) const;

  /// `id` must be free, and there must be a member.
  HeavySlot add(GroupId id, std::span<const NodeIndex> members);
  void add_members(HeavySlot slot, std::span<const NodeIndex> members);
  /// True where that was the last one, and the group is gone.
  bool remove_member(HeavySlot slot, NodeIndex member);

  [[nodiscard]] std::optional<HeavySlot> find(GroupId id) const;
  /// In ascending order of their ids.
  [[nodiscard]] const std::map<GroupId, HeavySlot>& groups() const { return slots_of_; }
  /// In ascending order of their ids.
  [[nodiscard]] std::vector<HeavySlot> groups_with(NodeIndex member) const;
  [[nodiscard]] GroupId id_of(HeavySlot slot) const { return groups_[slot].id; }
  [[nodiscard]] const NodeSet& members_of(HeavySlot slot) const { return groups_[slot].members; }
  /// Oldest first.
  [[nodiscard]] const std::vector<NodeIndex>& order_of(HeavySlot slot) const { return groups_[slot].order; }
  [[nodiscard]] std::size_t size_of(HeavySlot slot) const { return groups_[slot].order.size(); }

  /// Of several the one with the lowest id. There must be a group.
  [[nodiscard]] HeavySlot largest() const { return all_.rbegin()->second.front().slot; }
  void add_to(StateDigest& digest) const { digest.add(groups_, unused_slots_, slots_of_); }  // the rest follows
  /// The smallest group that has all of `wanted`, at most `extras_max` others, and for which `accept(slot)`; of several
  /// the one with the lowest id. `order` are the same nodes as `wanted`, not none.
  template <typename Accept>
  [[nodiscard]] std::optional<HeavySlot> smallest_superset(const NodeSet& wanted, std::span<const NodeIndex> order,
                                                           std::size_t extras_max, Accept accept) const;

 private:
  struct Group {
    GroupId id;
    NodeSet members;
    std::vector<NodeIndex> order;  // oldest first
  };
  struct Entry {
    GroupId id;
    HeavySlot slot;
  };
  using Entries = std::vector<Entry>;              // sorted by id
  using Posting = std::map<std::size_t, Entries>;  // by the groups' size; no empty entries
  using Window = std::pair<Posting::const_iterator, Posting::const_iterator>;

  static void insert(Entries& entries, const Entry& entry);
  static void erase(Entries& entries, GroupId id);
  static void erase(Posting& posting, std::size_t size, GroupId id);
  void enter(HeavySlot slot);  // into the postings of its members and the table of memberships
  void withdraw(HeavySlot slot);
  void forget(HeavySlot slot);
  [[nodiscard]] std::optional<Window> shortest_window(std::span<const NodeIndex> nodes, std::size_t size_min,
                                                      std::size_t size_max) const;

  std::vector<Group> groups_;  // by slot
  std::vector<HeavySlot> unused_slots_;
  std::map<GroupId, HeavySlot> slots_of_;
  Posting all_;
  std::vector<Posting> postings_;                       // by node
  std::unordered_map<NodeSet, Entries> by_membership_;  // never iterated
  std::unordered_set<std::uint32_t> addresses_;         // never iterated
};

template <typename Accept>
std::optional<HeavySlot> HeavyIndex::smallest_superset(const NodeSet& wanted, std::span<const NodeIndex> order,
                                                       std::size_t extras_max, Accept accept) const {
  if (const auto same = by_membership_.find(wanted); same != by_membership_.end()) {
    for (const Entry& entry : same->second) {
      if (accept(entry.slot)) return entry.slot;
    }
  }
  if (extras_max == 0) return std::nullopt;
  const auto window = shortest_window(order, wanted.size() + 1, wanted.size() + extras_max);
  if (!window) return std::nullopt;
  for (auto at = window->first; at != window->second; ++at) {
    for (const Entry& entry : at->second) {
      if (groups_[entry.slot].members.includes(wanted) && accept(entry.slot)) return entry.slot;
    }
  }
  return std::nullopt;
}

}  // namespace hawser
