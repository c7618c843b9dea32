// Who is in which light-weight group: a replicated state machine, fed with operations in the control group's total
// order. Source: Glade93's naming service beside the groups. Departs: operations name a group by its name and create it
// where it is new, so that a batch means the same on either side of a partition; a group without members is gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/light_messages.hpp"
#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

struct DirectoryMember {
  NodeId node;
  Role role = Role::subscriber;
  Era since;  ///< of its `ready`
  bool operator==(const DirectoryMember&) const = default;
};

struct DirectoryGroup {
  std::string name;
  std::vector<DirectoryMember> members;  ///< oldest first, never empty
  bool operator==(const DirectoryGroup&) const = default;
};

/// An operation that altered the directory; its era is the operation's index.
struct Change {
  LightGroupId group;
  Era era;
  Operation::Kind kind = Operation::Kind::ready;
  LightMember member;
};

/// Invariant: two directories that were given the same operations and the same retain() calls in the same order are
/// equal, whatever else their nodes did.
class Directory {
 public:
  /// Nothing where the operation is void: `ready` with the role that the sender has already, or under an id that
  /// another name has; `remove` of a non-member.
  std::optional<Change> apply(const Operation& operation, const NodeId& sender, const Era& era);
  /// Takes out everyone but `nodes` (sorted).
  void retain(std::span<const NodeId> nodes);
  /// Puts in a group as a snapshot has it. False where the id or the name is taken, or the group has no members.
  [[nodiscard]] bool restore(LightGroupId id, DirectoryGroup group);

  /// nullptr where there is none.
  [[nodiscard]] const DirectoryGroup* find(LightGroupId id) const;
  [[nodiscard]] std::optional<LightGroupId> id_of(std::string_view name) const;
  /// Nothing where `node` is not in the group of this name.
  [[nodiscard]] std::optional<Role> role_of(std::string_view name, const NodeId& node) const;
  [[nodiscard]] const std::map<LightGroupId, DirectoryGroup>& groups() const { return groups_; }
  /// Of everything in it; never 0. Kept up to date, so that asking costs nothing.
  [[nodiscard]] std::uint64_t digest() const;

 private:
  void add_member(LightGroupId id, DirectoryGroup& group, const DirectoryMember& member);
  using Groups = std::map<LightGroupId, DirectoryGroup>;
  /// Forgets the group where it has no members left. Returns the next one.
  Groups::iterator forget_if_empty(Groups::iterator group);
  void forget_member(LightGroupId id, const DirectoryMember& member);
  std::optional<Change> apply_ready(const Operation& operation, const NodeId& sender, const Era& era);
  std::optional<Change> apply_remove(const Operation& operation, const NodeId& sender, const Era& era);

  Groups groups_;
  std::map<std::string, LightGroupId, std::less<>> ids_;
  std::map<NodeId, std::size_t> memberships_;  // of each node that has any
  std::uint64_t sum_ = 0;                      // of the digests of all groups and members
};

}  // namespace hawser
