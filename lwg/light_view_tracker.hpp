// Installs the views of every group in the directory, whether this node is in it or not: a planned change once everyone
// concerned has marked it, a crash at once.
// Source: DESIGN.md 5.2, 5.3; the model's rules `buffer dropearly nocond lightold`. Departs in three points; README.md
// shows what goes wrong otherwise:
// - Who is not in a group tracks its views all the same, so that a newcomer waits for exactly the markers that the
//   members wait for.
// - While lineages are voted on, no view is installed: two of them could give one id to different views.
// - A repair that had to wait for such a vote goes by markers, like a planned change.
//
// Invariant: nodes that share a directory and move on from a heavy view together have the same views and pending
// changes at its end, for these follow from the set of messages delivered in it: in whatever order operations and
// markers came, they lead to the same views, in the same order for each group.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lwg/directory.hpp"
#include "lwg/light_view.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// A change that is not installed yet.
struct PendingChange {
  enum class Kind : std::uint8_t { ready, remove, repair };
  Era era;
  Kind kind = Kind::ready;
  LightMember member;  ///< where ready or remove
  bool gone = false;   ///< the member left the heavy view meanwhile: the era advances all the same
};

struct TrackedGroup {
  std::string name;
  LightView view;                      ///< no members until its first change is installed
  std::vector<NodeId> gone;            ///< members of the view that left the heavy view, until it is repaired
  std::vector<PendingChange> pending;  ///< in directory order

  [[nodiscard]] bool is_gone(const NodeId& node) const;
};

/// A view that has just been installed in `group`.
struct Installation {
  TrackedGroup* group = nullptr;
  bool repair = false;
  std::optional<NodeId> newcomer;  ///< the change brought it in
  std::optional<NodeId> leaver;    ///< the change took it out
};

/// Threads: single-threaded.
class LightViewTracker {
 public:
  /// A heavy view. Of the members of light views only `kept` (sorted) have come along. Where it is `settled`, views are
  /// repaired at once; else nothing is installed until on_decided() or adopt().
  void on_view(ViewId view, std::span<const NodeId> kept, bool settled);
  /// This node's lineage survives a vote, decided at `era`: what is to be repaired is repaired by markers of that era.
  void on_decided(const Era& era);
  /// An operation that altered the directory.
  void on_change(const Change& change, std::string_view name);
  void on_marker(const NodeId& from, const Era& era);

  /// Installs the next view that can be installed, repairs first. To be called until it returns nothing. The group is
  /// valid until the next call.
  std::optional<Installation> advance();

  /// How many repairs advance() is going to return first.
  [[nodiscard]] std::size_t repairs() const { return repairs_.size(); }

  /// Stable as long as the group has a view or a pending change; nullptr where it has neither.
  [[nodiscard]] const TrackedGroup* find(LightGroupId id) const;
  [[nodiscard]] const std::map<LightGroupId, TrackedGroup>& groups() const { return groups_; }
  [[nodiscard]] const std::map<NodeId, Era>& marked() const { return marked_; }

  /// Takes over what another node tracks; markers heard here in this view so far count as well.
  void adopt(std::map<LightGroupId, TrackedGroup> groups, const std::map<NodeId, Era>& marked);
  /// Forgets all groups; markers stay.
  void clear();

 private:
  [[nodiscard]] bool has_marked(const NodeId& node, const Era& era) const;
  [[nodiscard]] std::optional<NodeId> missing_marker(const TrackedGroup& group) const;
  void take_out_gone(TrackedGroup& group) const;
  std::optional<Installation> install_first(TrackedGroup& group);
  void enqueue(TrackedGroup& group, PendingChange change);
  void note_if_over(const TrackedGroup& group);
  void forget_queues();

  std::map<LightGroupId, TrackedGroup> groups_;
  std::map<NodeId, Era> marked_;  // the highest, by sender
  ViewId view_;
  bool open_ = false;

  // Each group with a pending change is in exactly one of these, so that a marker costs what it sets free and no more:
  std::deque<TrackedGroup*> ready_;                                   // to be looked at
  std::map<NodeId, std::set<std::pair<Era, LightGroupId>>> waiting_;  // its first change lacks this node's marker
  std::deque<TrackedGroup*> repairs_;                                 // made, and not returned by advance() yet
  std::optional<LightGroupId> over_;  // no members, nothing pending: erased by the next advance()
};

}  // namespace hawser
