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
  std::uint64_t digest = fold(id.value, digest_of(group.name));
  for (const DirectoryMember& member : group.members) {
    digest = fold(digest, member.node.incarnation.value);
    digest = fold(digest, static_cast<std::uint64_t>(member.role));
    digest = fold(digest, member.since.control_view.digest);
    digest = fold(digest, member.since.number);
  }
  return digest;
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

std::optional<Change> Directory::apply_ready(const Operation& operation, const NodeId& sender, const Era& era) {
  const std::optional<LightGroupId> known = id_of(operation.name);
  const LightGroupId id = known.value_or(operation.proposed_id);
  if (!known) {
    if (!groups_.try_emplace(id, DirectoryGroup{std::string{operation.name}, {}}).second) return std::nullopt;
    ids_.emplace(operation.name, id);
  }
  DirectoryGroup& group = groups_.at(id);
  const auto member = member_at(group, sender);
  if (member != group.members.end() && member->role == operation.role) return std::nullopt;
  if (known) sum_ -= digest_of(id, group);
  if (member == group.members.end()) {
    group.members.push_back({sender, operation.role, era});
  } else {
    member->role = operation.role;
  }
  sum_ += digest_of(id, group);
  return Change{id, era, Operation::Kind::ready, {sender, operation.role}};
}

std::optional<Change> Directory::apply_remove(const Operation& operation, const NodeId& sender, const Era& era) {
  const std::optional<LightGroupId> id = id_of(operation.name);
  if (!id) return std::nullopt;
  DirectoryGroup& group = groups_.at(*id);
  const auto member = member_at(group, sender);
  if (member == group.members.end()) return std::nullopt;
  const Change change{*id, era, Operation::Kind::remove, {sender, member->role}};
  sum_ -= digest_of(*id, group);
  group.members.erase(member);
  if (group.members.empty()) {
    ids_.erase(ids_.find(operation.name));
    groups_.erase(*id);
  } else {
    sum_ += digest_of(*id, group);
  }
  return change;
}

void Directory::retain(std::span<const NodeId> nodes) {
  const auto gone = [&](const DirectoryMember& member) {
    return !std::binary_search(nodes.begin(), nodes.end(), member.node);
  };
  for (auto at = groups_.begin(); at != groups_.end();) {
    DirectoryGroup& group = at->second;
    if (std::none_of(group.members.begin(), group.members.end(), gone)) {
      ++at;
      continue;
    }
    sum_ -= digest_of(at->first, group);
    std::erase_if(group.members, gone);
    if (group.members.empty()) {
      ids_.erase(ids_.find(group.name));
      at = groups_.erase(at);
    } else {
      sum_ += digest_of(at->first, group);
      ++at;
    }
  }
}

bool Directory::restore(LightGroupId id, DirectoryGroup group) {
  if (group.members.empty() || find(id) != nullptr || id_of(group.name)) return false;
  sum_ += digest_of(id, group);
  ids_.emplace(group.name, id);
  groups_.emplace(id, std::move(group));
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
