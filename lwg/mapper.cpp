// The mapper's state, and what is asked about it. The rules are in mapper_rules.cpp.
#include "lwg/mapper.hpp"

#include <algorithm>

#include "transport/core/check.hpp"

namespace hawser {

Mapper::Mapper(const MapperPolicy& policy, Rng rng) : policy_(policy), rng_(rng) {
  policy_.heavy_groups_max = std::min(policy.heavy_groups_max, HeavyIndex::kGroupsMax);
}

bool Mapper::restore_heavy(GroupId id, std::span<const NodeId> members) {
  if (members.empty() || !heavies_.is_free(id) || heavy_count() >= HeavyIndex::kGroupsMax) return false;
  static_cast<void>(number_all(members));
  add_heavy(id, scratch_);
  return true;
}

bool Mapper::restore_light(LightGroupId id, std::span<const NodeId> members, GroupId heavy) {
  const auto slot = heavies_.find(heavy);
  if (!slot || members.empty() || lights_.contains(id)) return false;
  NodeSet set;
  for (const NodeId& member : members) {
    const auto number = nodes_.find(member);
    if (!number) return false;
    set.insert(*number);
  }
  if (!heavies_.members_of(*slot).includes(set)) return false;
  Light& light = lights_[id];
  light.members = std::move(set);
  list(id, light, *slot);
  loads_[*slot].add(light.members);
  return true;
}

Placement Mapper::place(LightGroupId group, std::span<const NodeId> members) {
  HAWSER_CHECK(!members.empty());
  Wanted wanted{.members = number_all(members)};
  Light& light = lights_[group];
  if (light.slot != kNowhere) {
    wanted.present = light.slot;
    wanted.present_core = core_of(light.slot);
    loads_[light.slot].remove(light.members);
  }
  const Choice choice = choose(wanted);
  const HeavySlot slot = slot_for(choice);
  if (slot != light.slot) {
    if (light.slot != kNowhere) unlist(light);
    list(group, light, slot);
  }
  light.members = std::move(wanted.members);
  light.reason = choice.reason;
  light.refused_size = static_cast<std::uint32_t>(choice.refused_size);
  loads_[slot].add(light.members);
  Placement placement{.kind = choice.kind, .heavy = heavies_.id_of(slot)};
  const bool has_new_members = choice.kind == Placement::Kind::grown || choice.kind == Placement::Kind::created;
  if (has_new_members) placement.heavy_members = ids_of(heavies_.order_of(slot));
  return placement;
}

HeavySlot Mapper::slot_for(const Choice& choice) {
  if (choice.kind == Placement::Kind::created) return add_heavy(heavies_.free_id(rng_), scratch_);
  if (choice.kind == Placement::Kind::grown) grow(choice.slot);
  return choice.slot;
}

void Mapper::forget_light(LightGroupId group) {
  const auto at = lights_.find(group);
  if (at == lights_.end()) return;
  loads_[at->second.slot].remove(at->second.members);
  unlist(at->second);
  lights_.erase(at);
}

bool Mapper::release(GroupId heavy, const NodeId& node) {
  const auto slot = heavies_.find(heavy);
  const auto number = nodes_.find(node);
  if (!slot || !number || !heavies_.members_of(*slot).contains(*number)) return false;
  if (loads_[*slot].uses(*number) > 0) return false;
  take_out(*slot, *number);
  return true;
}

std::vector<LightGroupId> Mapper::remove_node(const NodeId& node) {
  std::vector<LightGroupId> unbearing;
  const auto number = nodes_.find(node);
  if (!number) return unbearing;
  for (const HeavySlot slot : heavies_.groups_with(*number)) {
    take_from_riders(slot, *number);
    if (!take_out(slot, *number)) append_unbearing(slot, unbearing);
  }
  std::sort(unbearing.begin(), unbearing.end());
  return unbearing;
}

void Mapper::take_from_riders(HeavySlot slot, NodeIndex node) {
  if (loads_[slot].uses(node) == 0) return;
  const std::vector<LightGroupId> riders = riders_[slot];
  for (const LightGroupId id : riders) {
    Light& light = lights_.at(id);
    if (!light.members.contains(node)) continue;
    loads_[slot].remove(light.members);
    light.members.erase(node);
    if (light.members.empty()) {
      unlist(light);
      lights_.erase(id);
    } else {
      loads_[slot].add(light.members);
    }
  }
}

void Mapper::append_unbearing(HeavySlot slot, std::vector<LightGroupId>& found) const {
  const std::size_t core = core_of(slot);
  if (bears(loads_[slot].smallest(), core, 1)) return;  // Then so does everyone.
  for (const LightGroupId id : riders_[slot]) {
    if (!bears(lights_.at(id).members.size(), core, 1)) found.push_back(id);
  }
}

NodeSet Mapper::number_all(std::span<const NodeId> members) {
  NodeSet set;
  scratch_.clear();
  for (const NodeId& member : members) {
    const NodeIndex number = nodes_.number(member);
    if (set.insert(number)) scratch_.push_back(number);
  }
  return set;
}

HeavySlot Mapper::add_heavy(GroupId id, std::span<const NodeIndex> members) {
  const HeavySlot slot = heavies_.add(id, members);
  for (const NodeIndex member : members) nodes_.hold(member);
  if (slot >= loads_.size()) {
    loads_.resize(slot + 1);
    riders_.resize(slot + 1);
  }
  return slot;
}

void Mapper::grow(HeavySlot slot) {
  const NodeSet& members = heavies_.members_of(slot);
  std::erase_if(scratch_, [&](NodeIndex node) { return members.contains(node); });
  for (const NodeIndex member : scratch_) nodes_.hold(member);
  heavies_.add_members(slot, scratch_);
}

bool Mapper::take_out(HeavySlot slot, NodeIndex node) {
  nodes_.let_go(node);
  return heavies_.remove_member(slot, node);
}

void Mapper::list(LightGroupId id, Light& light, HeavySlot slot) {
  light.slot = slot;
  light.place_in_list = static_cast<std::uint32_t>(riders_[slot].size());
  riders_[slot].push_back(id);
}

void Mapper::unlist(const Light& light) {
  std::vector<LightGroupId>& riders = riders_[light.slot];
  const LightGroupId last = riders.back();
  riders[light.place_in_list] = last;
  lights_.at(last).place_in_list = light.place_in_list;
  riders.pop_back();
}

std::vector<NodeId> Mapper::ids_of(std::span<const NodeIndex> nodes) const {
  std::vector<NodeId> ids;
  ids.reserve(nodes.size());
  for (const NodeIndex node : nodes) ids.push_back(nodes_[node]);
  return ids;
}

std::vector<GroupId> Mapper::heavy_groups() const {
  std::vector<GroupId> ids;
  ids.reserve(heavy_count());
  for (const auto& [id, slot] : heavies_.groups()) ids.push_back(id);
  return ids;
}

std::optional<GroupId> Mapper::heavy_of(LightGroupId group) const {
  const auto at = lights_.find(group);
  if (at == lights_.end()) return std::nullopt;
  return heavies_.id_of(at->second.slot);
}

std::vector<NodeId> Mapper::members_of(GroupId heavy) const {
  const auto slot = heavies_.find(heavy);
  return slot ? ids_of(heavies_.order_of(*slot)) : std::vector<NodeId>{};
}

std::vector<NodeId> Mapper::idle_members_of(GroupId heavy) const {
  const auto slot = heavies_.find(heavy);
  if (!slot) return {};
  std::vector<NodeIndex> idle = heavies_.order_of(*slot);
  std::erase_if(idle, [&](NodeIndex node) { return loads_[*slot].uses(node) > 0; });
  return ids_of(idle);
}

std::vector<LightGroupId> Mapper::lights_on(GroupId heavy) const {
  const auto slot = heavies_.find(heavy);
  if (!slot) return {};
  std::vector<LightGroupId> ids = riders_[*slot];
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::size_t Mapper::users_of(GroupId heavy, const NodeId& node) const {
  const auto slot = heavies_.find(heavy);
  const auto number = nodes_.find(node);
  return slot && number ? loads_[*slot].uses(*number) : 0;
}

std::optional<PlacementExplanation> Mapper::explain(LightGroupId group) const {
  const auto at = lights_.find(group);
  if (at == lights_.end()) return std::nullopt;
  const Light& light = at->second;
  const std::size_t size = light.members.size();
  const std::size_t core = loads_[light.slot].core().size();
  const std::size_t heavy_size = heavies_.size_of(light.slot);
  return PlacementExplanation{.heavy = heavies_.id_of(light.slot),
                              .size = size,
                              .heavy_size = heavy_size,
                              .extras = core - size,
                              .idle = heavy_size - core,
                              .extras_max = policy_.extras_max(size),
                              .sharing = riders_[light.slot].size(),
                              .reason = light.reason,
                              .refused_size = light.refused_size};
}

}  // namespace hawser
