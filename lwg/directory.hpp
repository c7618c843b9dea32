// Who is in which light-weight group, on which heavy-weight group it rides, and who waits for groups to come: a
// replicated state machine, fed with the coordinator's operations in the control group's total order. Source: Glade93's
// naming service beside the groups. Departs: a group without members is gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lwg/change.hpp"
#include "lwg/configuration.hpp"
#include "lwg/group_table.hpp"
#include "lwg/light_messages.hpp"
#include "lwg/light_view.hpp"
#include "lwg/member_lists.hpp"
#include "lwg/pattern_index.hpp"
#include "lwg/subject.hpp"
#include "transport/core/ids.hpp"
#include "transport/core/index.hpp"
#include "transport/core/view.hpp"

namespace hawser {

struct DirectoryGroup {
  std::string name;
  GroupId heavy;          ///< which it rides on
  PlacementReason why{};  ///< of the last choice of `heavy`
  LightMembers members;   ///< oldest first
  Configuration configuration{};
  bool operator==(const DirectoryGroup&) const = default;
};

/// Who is among the first members of every group that comes with a fitting name.
struct Watcher {
  Pattern pattern;
  NodeId node;
  auto operator<=>(const Watcher&) const = default;
  void add_to(StateDigest& digest) const { digest.add(pattern.kind(), pattern.text(), node); }
};

/// Invariant: two directories that were given the same operations, arrangements and retain() calls in the same order
/// are equal, whatever else their nodes did.
class Directory {
 public:
  Directory() = default;
  Directory(Directory&&) = default;
  Directory& operator=(Directory&&) = default;

  /// `control`: names nodes by rank. Nothing where the operation changes no group that somebody is in: create, watch,
  /// unwatch, or what does not fit the directory (no coordinator of ours sends that).
  std::optional<Change> apply(const Operation& operation, const View& control, const Era& era);
  /// These are the heavy-weight group's members from here on; none: it is gone.
  void arrange(GroupId heavy, std::vector<NodeId> members);
  /// Takes out everyone but `nodes` (sorted), and groups that nobody is left in.
  void retain(std::span<const NodeId> nodes);
  /// Puts in a group as a snapshot has it. False where the id or the name is taken, or the group has no members.
  [[nodiscard]] bool restore(LightGroupId id, DirectoryGroup group);

  /// Puts in a watcher as a snapshot has it. False where it is there.
  [[nodiscard]] bool restore(Watcher watcher);

  /// nullptr where there is none.
  [[nodiscard]] const DirectoryGroup* find(LightGroupId id) const;
  [[nodiscard]] std::optional<LightGroupId> id_of(std::string_view name) const;
  /// Nothing where `node` is not in the group of this name.
  [[nodiscard]] std::optional<Role> role_of(std::string_view name, const NodeId& node) const;
  [[nodiscard]] const GroupTable<DirectoryGroup>& groups() const { return groups_; }
  [[nodiscard]] const std::map<GroupId, std::vector<NodeId>>& heavies() const { return heavies_; }
  [[nodiscard]] const std::set<Watcher>& watchers() const { return watchers_; }
  [[nodiscard]] bool is_watched(const Pattern& pattern, const NodeId& node) const {
    return watchers_.contains({pattern, node});
  }
  /// Who watches a pattern that fits, sorted.
  [[nodiscard]] std::vector<NodeId> watchers_of(std::string_view name) const { return watcher_index_.match(name); }
  /// Of everything in it; never 0. Kept up to date, so that asking costs nothing.
  [[nodiscard]] std::uint64_t digest() const;
  void add_to(StateDigest& digest) const { digest.add(groups_, heavies_, watchers_); }

 private:
  using Entry = GroupTable<DirectoryGroup>::Entry;
  struct NameOf {
    std::string_view operator()(const Entry& entry) const { return entry.second.name; }
  };

  void create(const Operation& operation);
  std::optional<Change> configure(Entry& entry, const Operation& operation, const Era& era);
  void watch(const Operation& operation, const View& control);
  void erase(const Watcher& watcher);
  Entry& insert(LightGroupId id, DirectoryGroup group);
  template <typename Alter>
  void alter(Entry& entry, Alter alter);

  GroupTable<DirectoryGroup> groups_;
  Index<const Entry, NameOf> by_name_;
  std::map<GroupId, std::vector<NodeId>> heavies_;
  MemberLists lists_;
  std::set<Watcher> watchers_;
  PatternIndex<NodeId> watcher_index_;
  std::uint64_t sum_ = 0;  // of the digests of everything
};

}  // namespace hawser
