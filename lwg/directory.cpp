#include "lwg/directory.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
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

std::uint64_t digest_of(LightGroupId id, std::string_view name) { return fold(id.value, digest_of(name)); }

std::uint64_t digest_of(LightGroupId id, const DirectoryMember& member) {
  std::uint64_t digest = fold(id.value, member.node.incarnation.value);
  digest = fold(digest, static_cast<std::uint64_t>(member.role));
  digest = fold(digest, member.since.control_view.digest);
  return fold(digest, member.since.number);
}

auto member_at(DirectoryGroup& group, const NodeId& node) {
  return std::find_if(group.members.begin(), group.members.end(),
                      [&](const DirectoryMember& member) { return member.node == node; });
}

}  // namespace

std::optional<Change> Directory::apply(const Operation& operation, const NodeId& sender, const Era& era) {
  return operation.kind == Operation::Kind::ready ? apply_ready(operation, sender, era)
                                                  : apply_remove(operation, sender, era);
}

void Directory::add_member(LightGroupId id, DirectoryGroup& group, const DirectoryMember& member) {
  if (group.members.empty()) sum_ += digest_of(id, group.name);
  sum_ += digest_of(id, member);
  ++memberships_[member.node];
  group.members.push_back(member);
}

void Directory::forget_member(LightGroupId id, const DirectoryMember& member) {
  sum_ -= digest_of(id, member);
  const auto at = memberships_.find(member.node);
  if (--at->second == 0) memberships_.erase(at);
}

Directory::Groups::iterator Directory::forget_if_empty(Groups::iterator group) {
  if (!group->second.members.empty()) return std::next(group);
  sum_ -= digest_of(group->first, group->second.name);
  ids_.erase(ids_.find(group->second.name));
  return groups_.erase(group);
}

std::optional<Change> Directory::apply_ready(const Operation& operation, const NodeId& sender, const Era& era) {
  const std::optional<LightGroupId> known = id_of(operation.name);
  const LightGroupId id = known.value_or(operation.proposed_id);
  if (!known) {
    if (!groups_.try_emplace(id, DirectoryGroup{std::string{operation.name}, {}}).second) return std::nullopt;
    ids_.emplace(operation.name, id);
  }
  DirectoryGroup& group = groups_.at(id);
  const auto member = member_at(group, sender);
  if (member == group.members.end()) {
    add_member(id, group, {sender, operation.role, era});
  } else if (member->role == operation.role) {
    return std::nullopt;
  } else {
    sum_ -= digest_of(id, *member);
    member->role = operation.role;
    sum_ += digest_of(id, *member);
  }
  return Change{id, era, Operation::Kind::ready, {sender, operation.role}};
}

std::optional<Change> Directory::apply_remove(const Operation& operation, const NodeId& sender, const Era& era) {
  const std::optional<LightGroupId> id = id_of(operation.name);
  if (!id) return std::nullopt;
  const auto group = groups_.find(*id);
  const auto member = member_at(group->second, sender);
  if (member == group->second.members.end()) return std::nullopt;
  const Change change{*id, era, Operation::Kind::remove, {sender, member->role}};
  forget_member(*id, *member);
  group->second.members.erase(member);
  forget_if_empty(group);
  return change;
}

void Directory::retain(std::span<const NodeId> nodes) {
  std::vector<NodeId> gone;
  for (const auto& [node, count] : memberships_) {
    if (!std::binary_search(nodes.begin(), nodes.end(), node)) gone.push_back(node);
  }
  if (gone.empty()) return;
  for (auto at = groups_.begin(); at != groups_.end();) {
    std::erase_if(at->second.members, [&](const DirectoryMember& member) {
      if (std::find(gone.begin(), gone.end(), member.node) == gone.end()) return false;
      forget_member(at->first, member);
      return true;
    });
    at = forget_if_empty(at);
  }
}

bool Directory::restore(LightGroupId id, DirectoryGroup group) {
  if (group.members.empty() || find(id) != nullptr || id_of(group.name)) return false;
  ids_.emplace(group.name, id);
  DirectoryGroup& restored = groups_.emplace(id, DirectoryGroup{std::move(group.name), {}}).first->second;
  for (const DirectoryMember& member : group.members) add_member(id, restored, member);
  return true;
}

const DirectoryGroup* Directory::find(LightGroupId id) const {
  const auto at = groups_.find(id);
  return at == groups_.end() ? nullptr : &at->second;
}

std::optional<LightGroupId> Directory::id_of(std::string_view name) const {
  const auto at = ids_.find(name);
  if (at == ids_.end()) return std::nullopt;
  return at->second;
}

std::optional<Role> Directory::role_of(std::string_view name, const NodeId& node) const {
  const std::optional<LightGroupId> id = id_of(name);
  if (!id) return std::nullopt;
  for (const DirectoryMember& member : groups_.at(*id).members) {
    if (member.node == node) return member.role;
  }
  return std::nullopt;
}

std::uint64_t Directory::digest() const {
  const std::uint64_t digest = mix64(sum_ + groups_.size());
  return digest == 0 ? 1 : digest;
}

}  // namespace hawser
