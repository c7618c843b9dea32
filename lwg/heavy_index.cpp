#include "lwg/heavy_index.hpp"

#include <algorithm>

#include "transport/core/check.hpp"

namespace hawser {
namespace {

std::uint32_t address_of(GroupId id) {
  return static_cast<std::uint32_t>(id.value & ((std::uint64_t{1} << HeavyIndex::kAddressBits) - 1));
}

}  // namespace

bool HeavyIndex::is_free(GroupId id) const {
  const std::uint32_t address = address_of(id);
  return address != 0 && !addresses_.contains(address);
}

GroupId HeavyIndex::free_id(Rng& rng) const {
  HAWSER_CHECK(slots_of_.size() < kGroupsMax);
  GroupId id{rng.next()};
  while (!is_free(id)) id = GroupId{rng.next()};
  return id;
}

HeavySlot HeavyIndex::add(GroupId id, std::span<const NodeIndex> members) {
  HAWSER_CHECK(is_free(id) && !members.empty());
  HeavySlot slot = 0;
  if (unused_slots_.empty()) {
    slot = static_cast<HeavySlot>(groups_.size());
    groups_.emplace_back();
  } else {
    slot = unused_slots_.back();
    unused_slots_.pop_back();
  }
  groups_[slot].id = id;
  slots_of_.emplace(id, slot);
  addresses_.insert(address_of(id));
  for (const NodeIndex member : members) {
    if (groups_[slot].members.insert(member)) groups_[slot].order.push_back(member);
  }
  enter(slot);
  return slot;
}

void HeavyIndex::add_members(HeavySlot slot, std::span<const NodeIndex> members) {
  withdraw(slot);
  for (const NodeIndex member : members) {
    if (groups_[slot].members.insert(member)) groups_[slot].order.push_back(member);
  }
  enter(slot);
}

bool HeavyIndex::remove_member(HeavySlot slot, NodeIndex member) {
  withdraw(slot);
  HAWSER_CHECK(groups_[slot].members.erase(member));
  std::erase(groups_[slot].order, member);
  if (groups_[slot].order.empty()) {
    forget(slot);
    return true;
  }
  enter(slot);
  return false;
}

void HeavyIndex::forget(HeavySlot slot) {
  addresses_.erase(address_of(groups_[slot].id));
  slots_of_.erase(groups_[slot].id);
  groups_[slot] = Group{};
  unused_slots_.push_back(slot);
}

void HeavyIndex::insert(Entries& entries, const Entry& entry) {
  const auto at = std::lower_bound(entries.begin(), entries.end(), entry.id,
                                   [](const Entry& one, GroupId id) { return one.id < id; });
  entries.insert(at, entry);
}

void HeavyIndex::erase(Entries& entries, GroupId id) {
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& one, GroupId key) { return one.id < key; });
  HAWSER_CHECK(at != entries.end() && at->id == id);
  entries.erase(at);
}

void HeavyIndex::erase(Posting& posting, std::size_t size, GroupId id) {
  const auto entries = posting.find(size);
  HAWSER_CHECK(entries != posting.end());
  erase(entries->second, id);
  if (entries->second.empty()) posting.erase(entries);
}

void HeavyIndex::enter(HeavySlot slot) {
  const Group& group = groups_[slot];
  for (const NodeIndex member : group.order) {
    if (member >= postings_.size()) postings_.resize(member + 1);
    insert(postings_[member][group.order.size()], {group.id, slot});
  }
  insert(all_[group.order.size()], {group.id, slot});
  insert(by_membership_[group.members], {group.id, slot});
}

void HeavyIndex::withdraw(HeavySlot slot) {
  const Group& group = groups_[slot];
  for (const NodeIndex member : group.order) erase(postings_[member], group.order.size(), group.id);
  erase(all_, group.order.size(), group.id);
  const auto same = by_membership_.find(group.members);
  erase(same->second, group.id);
  if (same->second.empty()) by_membership_.erase(same);
}

std::optional<HeavySlot> HeavyIndex::find(GroupId id) const {
  const auto at = slots_of_.find(id);
  if (at == slots_of_.end()) return std::nullopt;
  return at->second;
}

std::vector<HeavySlot> HeavyIndex::groups_with(NodeIndex member) const {
  Entries found;
  if (member < postings_.size()) {
    for (const auto& [size, entries] : postings_[member]) found.insert(found.end(), entries.begin(), entries.end());
  }
  std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
  std::vector<HeavySlot> slots;
  slots.reserve(found.size());
  for (const Entry& entry : found) slots.push_back(entry.slot);
  return slots;
}

std::optional<HeavyIndex::Window> HeavyIndex::shortest_window(std::span<const NodeIndex> nodes, std::size_t size_min,
                                                              std::size_t size_max) const {
  std::optional<Window> shortest;
  std::size_t shortest_count = std::numeric_limits<std::size_t>::max();
  for (const NodeIndex node : nodes) {
    if (node >= postings_.size()) return std::nullopt;
    const Posting& posting = postings_[node];
    const auto first = posting.lower_bound(size_min);
    auto last = first;
    std::size_t count = 0;
    for (; last != posting.end() && last->first <= size_max; ++last) count += last->second.size();
    if (count == 0) return std::nullopt;
    if (count < shortest_count) {
      shortest_count = count;
      shortest = Window{first, last};
    }
  }
  return shortest;
}

}  // namespace hawser
