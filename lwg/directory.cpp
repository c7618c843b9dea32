#include "lwg/directory.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hawser {
namespace {

std::uint64_t fold(std::uint64_t digest, std::uint64_t value) { return mix64(digest ^ value); }

std::uint64_t digest_of(std::string_view text) {
  std::uint64_t digest = text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::string_view piece = text.substr(0, sizeof word);
    std::memcpy(&word, piece.data(), piece.size());
    digest = fold(digest, word);
    text.remove_prefix(piece.size());
  }
  return digest;
}

std::uint64_t digest_of(LightGroupId id, const DirectoryGroup& group) {
  return fold(fold(id.value, digest_of(group.name)), group.heavy.value);
}

std::uint64_t digest_of(LightGroupId id, const DirectoryMember& member) {
  std::uint64_t digest = fold(id.value, member.node.incarnation.value);
  digest = fold(digest, static_cast<std::uint64_t>(member.role));
  digest = fold(digest, member.since.control_view.digest);
  return fold(digest, member.since.number);
}

std::uint64_t digest_of(GroupId heavy, const std::vector<NodeId>& members) {
  std::uint64_t digest = fold(heavy.value, members.size());
  for (const NodeId& member : members) digest = fold(digest, member.incarnation.value);
  return digest;
}

auto member_at(DirectoryGroup& group, const NodeId& node) {
  return std::find_if(group.members.begin(), group.members.end(),
                      [&](const DirectoryMember& member) { return member.node == node; });
}

}  // namespace

// ---- Operations ----

std::optional<Change> Directory::apply(const Operation& operation, const View& control, const Era& era) {
  if (operation.kind == Operation::Kind::create) {
    create(operation);
    return std::nullopt;
  }
  Entry* const group = groups_.find(operation.group);
  const bool names_node = operation.kind != Operation::Kind::move;
  if (group == nullptr || (names_node && operation.rank >= control.members.size())) return std::nullopt;
  Change change{operation.group, era, Change::Kind::move, {}, group->second.heavy};
  if (operation.kind == Operation::Kind::move) {
    move(*group, operation);
    change.heavy = operation.heavy;
    return change;
  }
  change.member = {control.members[operation.rank], operation.role};
  if (operation.kind == Operation::Kind::add) {
    change.kind = Change::Kind::add;
    add(*group, {change.member.node, operation.role, era});
    return change;
  }
  change.kind = Change::Kind::remove;
  if (!remove(*group, change.member.node)) return std::nullopt;
  return change;
}

void Directory::create(const Operation& operation) {
  if (by_name_.contains(operation.name) || groups_.contains(operation.group)) return;
  insert(operation.group, {std::string{operation.name}, operation.heavy, operation.why, {}});
}

DirectoryGroup& Directory::insert(LightGroupId id, DirectoryGroup group) {
  Entry& entry = groups_.insert(id, std::move(group));
  by_name_.emplace(entry.second.name, &entry);
  return entry.second;
}

void Directory::add(Entry& entry, const DirectoryMember& member) {
  auto& [id, group] = entry;
  const auto known = member_at(group, member.node);
  if (known == group.members.end()) return add_member(id, group, member);
  sum_ -= digest_of(id, *known);
  known->role = member.role;
  sum_ += digest_of(id, *known);
}

bool Directory::remove(Entry& entry, const NodeId& node) {
  auto& [id, group] = entry;
  const auto member = member_at(group, node);
  if (member == group.members.end()) return false;
  forget_member(id, *member);
  group.members.erase(member);
  if (!group.members.empty()) return true;
  forget_group(entry);
  groups_.erase(id);
  return true;
}

void Directory::move(Entry& entry, const Operation& operation) {
  auto& [id, group] = entry;
  sum_ -= digest_of(id, group);
  group.heavy = operation.heavy;
  group.why = operation.why;
  sum_ += digest_of(id, group);
}

void Directory::add_member(LightGroupId id, DirectoryGroup& group, const DirectoryMember& member) {
  if (group.members.empty()) sum_ += digest_of(id, group);
  sum_ += digest_of(id, member);
  ++memberships_[member.node];
  group.members.push_back(member);
}

void Directory::forget_member(LightGroupId id, const DirectoryMember& member) {
  sum_ -= digest_of(id, member);
  const auto at = memberships_.find(member.node);
  if (--at->second == 0) memberships_.erase(at);
}

void Directory::forget_group(const Entry& entry) {
  sum_ -= digest_of(entry.first, entry.second);
  by_name_.erase(entry.second.name);
}

void Directory::arrange(GroupId heavy, std::vector<NodeId> members) {
  const auto known = heavies_.find(heavy);
  if (known != heavies_.end()) sum_ -= digest_of(heavy, known->second);
  if (members.empty()) {
    heavies_.erase(heavy);
    return;
  }
  sum_ += digest_of(heavy, members);
  heavies_[heavy] = std::move(members);
}

// ---- Views and snapshots ----

void Directory::retain(std::span<const NodeId> nodes) {
  const auto is_gone = [&](const NodeId& node) { return !std::binary_search(nodes.begin(), nodes.end(), node); };
  for (auto at = heavies_.begin(); at != heavies_.end();) {
    auto& [heavy, members] = *at;
    sum_ -= digest_of(heavy, members);
    std::erase_if(members, is_gone);
    if (!members.empty()) sum_ += digest_of(heavy, members);
    at = members.empty() ? heavies_.erase(at) : std::next(at);
  }
  const bool someone_is_gone =
      std::any_of(memberships_.begin(), memberships_.end(), [&](const auto& entry) { return is_gone(entry.first); });
  if (!someone_is_gone) return;
  groups_.erase_if([&](Entry& entry) {
    auto& [id, group] = entry;
    std::erase_if(group.members, [&](const DirectoryMember& member) {
      if (!is_gone(member.node)) return false;
      forget_member(id, member);
      return true;
    });
    if (group.members.empty()) forget_group(entry);
    return group.members.empty();
  });
}

bool Directory::restore(LightGroupId id, DirectoryGroup group) {
  if (group.members.empty() || find(id) != nullptr || id_of(group.name)) return false;
  const std::vector<DirectoryMember> members = std::exchange(group.members, {});
  DirectoryGroup& restored = insert(id, std::move(group));
  for (const DirectoryMember& member : members) add_member(id, restored, member);
  return true;
}

const DirectoryGroup* Directory::find(LightGroupId id) const {
  const Entry* const entry = groups_.find(id);
  return entry == nullptr ? nullptr : &entry->second;
}

std::optional<LightGroupId> Directory::id_of(std::string_view name) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  return at->second->first;
}

std::optional<Role> Directory::role_of(std::string_view name, const NodeId& node) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  for (const DirectoryMember& member : at->second->second.members) {
    if (member.node == node) return member.role;
  }
  return std::nullopt;
}

std::uint64_t Directory::digest() const {
  const std::uint64_t digest = mix64(sum_ + groups_.size());
  return digest == 0 ? 1 : digest;
}

}  // namespace hawser
