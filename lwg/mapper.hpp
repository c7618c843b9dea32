// Places light-weight groups on heavy-weight ones. Runs where operations are ordered; everyone else is told the result.
// Source: Glade93, smallest superset with at most k = min(5, 2·size) extras.
//
//   stay    while the present group covers the light-weight group with at most k extras;
//   switch  to the smallest group that does, one of exactly the same members first;
//   grow    the present group, if every light-weight group on it stays within its k;
//   create  a group with exactly the light-weight group's members.
//
// Departs: a member that no light-weight group on it needs is *idle* and no extra, for it will be released: so a
// subscriber that leaves ten thousand topics one by one switches none of them. And the number of groups is bounded.
//
// Invariant: every light-weight group's members are in its heavy-weight group, and no more than k of the others are
// needed there, as long as the groups allowed suffice and nobody crashes. Each decision counts as carried out at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "lwg/heavy_index.hpp"
#include "lwg/heavy_load.hpp"
#include "lwg/mapper_policy.hpp"
#include "lwg/node_set.hpp"
#include "lwg/node_table.hpp"
#include "lwg/placement.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/rng.hpp"

namespace hawser {

/// For people who ask why a light-weight group is where it is.
struct PlacementExplanation {
  GroupId heavy;
  std::size_t size = 0;        ///< members of the light-weight group
  std::size_t heavy_size = 0;  ///< members of its heavy-weight group: size + extras + idle
  std::size_t extras = 0;      ///< not in it, and needed by others
  std::size_t idle = 0;        ///< not in it, and needed by nobody
  std::size_t extras_max = 0;  ///< k; no bound that matters with the policy `single`
  std::size_t sharing = 0;     ///< light-weight groups on the same heavy-weight group, this one included
  PlacementReason reason = PlacementReason::restored;  ///< of the last placement
  std::size_t refused_size = 0;  ///< where growth_too_far: the size of the smallest that would have exceeded its k
};

/// Threads: single-threaded.
class Mapper {
 public:
  Mapper(const MapperPolicy& policy, Rng rng);

  /// Puts in a heavy-weight group as a directory has it. False where its id or its address is taken or 0, or there are
  /// no members.
  [[nodiscard]] bool restore_heavy(GroupId id, std::span<const NodeId> members);
  /// Puts in a light-weight group. False where its id is taken, it has no members, or `heavy` lacks one of them.
  [[nodiscard]] bool restore_light(LightGroupId id, std::span<const NodeId> members, GroupId heavy);

  /// The light-weight group is new or has other members now; `members` must not be empty.
  Placement place(LightGroupId group, std::span<const NodeId> members);
  /// The light-weight group is gone, or never was.
  void forget_light(LightGroupId group);
  /// Takes `node` out of a heavy-weight group where it is idle. False where it is needed there or is no member. A group
  /// without members is gone.
  bool release(GroupId heavy, const NodeId& node);
  /// The node crashed: takes it out of everything. Groups without members are gone, and nothing else moves. Returns
  /// those light-weight groups, sorted, that have more than k extras by that: place() them again.
  std::vector<LightGroupId> remove_node(const NodeId& node);

  [[nodiscard]] const MapperPolicy& policy() const { return policy_; }
  [[nodiscard]] std::size_t heavy_count() const { return heavies_.groups().size(); }
  [[nodiscard]] std::size_t light_count() const { return lights_.size(); }
  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  /// Those that are in any heavy-weight group, sorted.
  [[nodiscard]] std::vector<NodeId> nodes() const { return nodes_.nodes(); }
  /// Sorted.
  [[nodiscard]] std::vector<GroupId> heavy_groups() const;
  /// Nothing where there is no such group.
  [[nodiscard]] std::optional<GroupId> heavy_of(LightGroupId group) const;
  /// Oldest first; empty where there is no such group, as the next ones.
  [[nodiscard]] std::vector<NodeId> members_of(GroupId heavy) const;
  /// Members that release() would take out, oldest first.
  [[nodiscard]] std::vector<NodeId> idle_members_of(GroupId heavy) const;
  /// Sorted.
  [[nodiscard]] std::vector<LightGroupId> lights_on(GroupId heavy) const;
  /// How many light-weight groups on `heavy` need `node`.
  [[nodiscard]] std::size_t users_of(GroupId heavy, const NodeId& node) const;
  /// Nothing where there is no such group.
  [[nodiscard]] std::optional<PlacementExplanation> explain(LightGroupId group) const;
  void add_to(StateDigest& digest) const { digest.add(rng_, nodes_, heavies_, loads_, riders_, lights_); }

 private:
  static constexpr HeavySlot kNowhere = UINT32_MAX;

  struct Light {
    NodeSet members;
    HeavySlot slot = kNowhere;
    std::uint32_t place_in_list = 0;  // in riders_[slot]
    PlacementReason reason = PlacementReason::restored;
    std::uint32_t refused_size = 0;
  };
  /// A membership that is to be placed. The order is in scratch_.
  struct Wanted {
    NodeSet members;
    HeavySlot present = kNowhere;
    std::size_t present_core = 0;  // with the light-weight group's members of before
    std::size_t lenience = 1;      // k is taken times this
  };
  struct Choice {
    Placement::Kind kind = Placement::Kind::stay;
    PlacementReason reason = PlacementReason::fits;
    HeavySlot slot = kNowhere;  // not where created
    std::size_t refused_size = 0;
  };

  /// Leaves the numbers in scratch_, in the same order.
  [[nodiscard]] NodeSet number_all(std::span<const NodeId> members);
  [[nodiscard]] HeavySlot slot_for(const Choice& choice);

  [[nodiscard]] Choice choose(const Wanted& wanted) const;
  [[nodiscard]] Choice choose_only_group(const Wanted& wanted) const;
  /// Stays, switches or grows, in this order; nothing where none of them will do.
  [[nodiscard]] std::optional<Choice> choose_within(const Wanted& wanted) const;
  [[nodiscard]] std::optional<Choice> choose_stay(const Wanted& wanted) const;
  [[nodiscard]] std::optional<Choice> choose_superset(const Wanted& wanted) const;
  [[nodiscard]] std::optional<Choice> choose_growth(const Wanted& wanted) const;
  [[nodiscard]] Choice choose_over_budget(Wanted wanted) const;
  [[nodiscard]] Choice creation(const Wanted& wanted) const;
  [[nodiscard]] bool covers(HeavySlot slot, const NodeSet& members) const {
    return slot != kNowhere && heavies_.members_of(slot).includes(members);
  }
  /// Members of the group that count: those that are needed, or all, as the policy says.
  [[nodiscard]] std::size_t core_of(HeavySlot slot) const;
  [[nodiscard]] std::size_t core_with(HeavySlot slot, const NodeSet& members) const;
  [[nodiscard]] std::size_t extras_max(std::size_t size, std::size_t lenience) const;
  /// Whether a light-weight group of `size` members bears a core that large.
  [[nodiscard]] bool bears(std::size_t size, std::size_t core, std::size_t lenience) const {
    return core <= size + extras_max(size, lenience);
  }
  /// Whether everything on the group does, or has it no worse than before.
  [[nodiscard]] bool riders_bear(const Wanted& wanted, HeavySlot slot, std::size_t core_before,
                                 std::size_t core_after) const;

  HeavySlot add_heavy(GroupId id, std::span<const NodeIndex> members);
  void grow(HeavySlot slot);  // by those of scratch_ it does not have
  bool take_out(HeavySlot slot, NodeIndex node);
  void list(LightGroupId id, Light& light, HeavySlot slot);
  void unlist(const Light& light);
  void take_from_riders(HeavySlot slot, NodeIndex node);
  void append_unbearing(HeavySlot slot, std::vector<LightGroupId>& found) const;
  [[nodiscard]] std::vector<NodeId> ids_of(std::span<const NodeIndex> nodes) const;

  MapperPolicy policy_;
  Rng rng_;
  NodeTable nodes_;
  HeavyIndex heavies_;
  std::vector<HeavyLoad> loads_;                    // by slot
  std::vector<std::vector<LightGroupId>> riders_;   // by slot, in no order
  std::unordered_map<LightGroupId, Light> lights_;  // never iterated
  std::vector<NodeIndex> scratch_;                  // the members of the light-weight group at hand, in their order
};

}  // namespace hawser
