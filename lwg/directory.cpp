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
  std::uint64_t digest = fold(fold(id.value, digest_of(group.name)), group.heavy.value);
  digest = fold(digest, digest_of(group.configuration.bytes()));
  return fold(digest, group.members.digest());
}

std::uint64_t digest_of(GroupId heavy, const std::vector<NodeId>& members) {
  std::uint64_t digest = fold(heavy.value, members.size());
  for (const NodeId& member : members) digest = fold(digest, member.incarnation.value);
  return digest;
}

std::uint64_t digest_of(const Watcher& watcher) {
  const std::uint64_t digest = fold(digest_of(watcher.pattern.text()), watcher.node.incarnation.value);
  return fold(digest, static_cast<std::uint64_t>(watcher.pattern.kind()));
}

}  // namespace

// ---- Operations ----

std::optional<Change> Directory::apply(const Operation& operation, const View& control, const Era& era) {
  if (operation.kind == Operation::Kind::create) {
    create(operation);
    return std::nullopt;
  }
  if (operation.kind == Operation::Kind::watch || operation.kind == Operation::Kind::unwatch) {
    watch(operation, control);
    return std::nullopt;
  }
  Entry* const entry = groups_.find(operation.group);
  if (entry == nullptr || (operation.names_member() && operation.rank >= control.members.size())) return std::nullopt;
  if (operation.kind == Operation::Kind::configure) return configure(*entry, operation, era);
  Change change{operation.group, era, Change::Kind::move, {}, entry->second.heavy};
  if (operation.kind == Operation::Kind::move) {
    alter(*entry, [&](DirectoryGroup& group) {
      group.heavy = operation.heavy;
      group.why = operation.why;
    });
    change.heavy = operation.heavy;
    return change;
  }
  change.kind = operation.kind == Operation::Kind::add ? Change::Kind::add : Change::Kind::remove;
  change.member = {control.members[operation.rank], operation.role};
  const AlteredMembers& altered = lists_.after(entry->second.members, change);
  if (change.kind == Change::Kind::remove && !altered.leaver) return std::nullopt;
  alter(*entry, [&](DirectoryGroup& group) { group.members = altered.members; });
  if (entry->second.members.empty()) {
    by_name_.erase(entry->second.name);
    groups_.erase(change.group);
  }
  return change;
}

void Directory::create(const Operation& operation) {
  if (by_name_.find(operation.name) != nullptr || groups_.find(operation.group) != nullptr) return;
  insert(operation.group, {std::string{operation.name}, operation.heavy, operation.why, {}});
}

std::optional<Change> Directory::configure(Entry& entry, const Operation& operation, const Era& era) {
  const auto wanted = Configuration::decode(operation.configuration);
  if (!wanted || !wanted->is_set() || entry.second.configuration.is_set()) return std::nullopt;
  alter(entry, [&](DirectoryGroup& group) { group.configuration = *wanted; });
  return Change{operation.group, era, Change::Kind::configure, {}, entry.second.heavy, *wanted};
}

void Directory::watch(const Operation& operation, const View& control) {
  std::optional<Pattern> pattern = pattern_of(operation);
  if (!pattern || operation.rank >= control.members.size()) return;
  Watcher watcher{std::move(*pattern), control.members[operation.rank]};
  if (operation.kind == Operation::Kind::unwatch) return erase(watcher);
  static_cast<void>(restore(std::move(watcher)));
}

void Directory::erase(const Watcher& watcher) {
  const auto at = watchers_.find(watcher);
  if (at == watchers_.end()) return;
  sum_ -= digest_of(watcher);
  watcher_index_.remove(watcher.pattern, watcher.node);
  watchers_.erase(at);
}

Directory::Entry& Directory::insert(LightGroupId id, DirectoryGroup group) {
  Entry& entry = groups_.insert(id, std::move(group));
  by_name_.insert(entry);
  return entry;
}

// A group counts while it has members.
template <typename Alter>
void Directory::alter(Entry& entry, Alter alter) {
  auto& [id, group] = entry;
  if (!group.members.empty()) sum_ -= digest_of(id, group);
  alter(group);
  if (!group.members.empty()) sum_ += digest_of(id, group);
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
  for (auto at = watchers_.begin(); at != watchers_.end();) {
    const auto next = std::next(at);
    if (is_gone(at->node)) erase(Watcher{*at});
    at = next;
  }
  MemberLists::Retainer retainer{lists_, nodes};
  groups_.erase_if([&](Entry& entry) {
    auto& [id, group] = entry;
    LightMembers kept = retainer(group.members);
    if (kept.identity() == group.members.identity()) return false;
    alter(entry, [&](DirectoryGroup& altered) { altered.members = std::move(kept); });
    if (!group.members.empty()) return false;
    by_name_.erase(group.name);
    return true;
  });
}

bool Directory::restore(LightGroupId id, DirectoryGroup group) {
  if (group.members.empty() || find(id) != nullptr || id_of(group.name)) return false;
  group.members = lists_.of(std::move(group.members));
  sum_ += digest_of(id, group);
  insert(id, std::move(group));
  return true;
}

bool Directory::restore(Watcher watcher) {
  const auto [at, is_new] = watchers_.insert(std::move(watcher));
  if (!is_new) return false;
  sum_ += digest_of(*at);
  watcher_index_.add(at->pattern, at->node);
  return true;
}

const DirectoryGroup* Directory::find(LightGroupId id) const {
  const Entry* const entry = groups_.find(id);
  return entry == nullptr ? nullptr : &entry->second;
}

std::optional<LightGroupId> Directory::id_of(std::string_view name) const {
  const Entry* const entry = by_name_.find(name);
  if (entry == nullptr) return std::nullopt;
  return entry->first;
}

std::optional<Role> Directory::role_of(std::string_view name, const NodeId& node) const {
  const Entry* const entry = by_name_.find(name);
  if (entry == nullptr) return std::nullopt;
  for (const LightMember& member : entry->second.members) {
    if (member.node == node) return member.role;
  }
  return std::nullopt;
}

std::uint64_t Directory::digest() const {
  const std::uint64_t digest = mix64(sum_ + groups_.size());
  return digest == 0 ? 1 : digest;
}

}  // namespace hawser
