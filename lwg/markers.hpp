// Markers heard and markers owed, by heavy-weight group, in one control view.
// Source: DESIGN.md 5.2 and 5.5 (marker n says that its sender has sent its last message that does not know of change
// n).
//
// Invariant: a marker never covers a change that is to be marked on the same heavy-weight group, but only after a move
// that is not installed here yet.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "transport/core/ids.hpp"
#include "transport/core/state_digest.hpp"

namespace hawser {

/// Threads: single-threaded. Changes are named by their number in the control view.
class Markers {
 public:
  // ---- Heard
  /// Appends the groups whose wait() this ends.
  void on_marker(GroupId heavy, const NodeId& from, std::uint64_t number, std::vector<LightGroupId>& freed);
  [[nodiscard]] bool has_marked(GroupId heavy, const NodeId& node, std::uint64_t number) const;
  /// The group's first pending change, `number`, waits for this node's marker.
  void wait(GroupId heavy, const NodeId& node, std::uint64_t number, LightGroupId group);

  // ---- Owed
  void owe(GroupId heavy, std::uint64_t number);
  /// Owed once a move is installed: then due().
  void owe_later(GroupId heavy, std::uint64_t number);
  void due(GroupId heavy, std::uint64_t number);
  /// What is to be multicast now: at most one marker for each heavy-weight group.
  [[nodiscard]] std::vector<std::pair<GroupId, std::uint64_t>> take();

  /// A control view ends: nothing counts any more.
  void clear();
  void add_to(StateDigest& digest) const { digest.add(heard_, owed_); }

 private:
  struct Wait {
    std::uint64_t number = 0;
    LightGroupId group;
  };
  // One member's markers on one heavy-weight group.
  struct Stream {
    NodeId from;
    std::uint64_t heard = 0;   // the highest
    std::deque<Wait> waiting;  // by number
  };
  using Streams = std::vector<Stream>;  // of one heavy-weight group, by member

  Stream& stream(GroupId heavy, const NodeId& from);

  struct Owed {
    std::vector<std::uint64_t> now;
    std::multiset<std::uint64_t> later;
  };

  std::unordered_map<GroupId, Streams> heard_;  // never iterated
  std::map<GroupId, Owed> owed_;
};

}  // namespace hawser
