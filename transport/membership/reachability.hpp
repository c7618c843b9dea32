// From who-hears-whom to whom to be in a view with: the nodes fall into cliques in which everybody hears everybody.
// All who see the same picture compute the same cliques, so their proposals match.
#pragma once

#include <map>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded.
class Reachability {
 public:
  explicit Reachability(const NodeId& self) : self_(self) {}

  /// `node` says that it hears these, ascending. True where that is news.
  bool on_heard_set(const NodeId& node, std::vector<Incarnation> heard);
  void forget(const NodeId& node) { heard_by_.erase(node); }

  /// This node's clique, ascending, among itself and `alive` (ascending, without this node). Nodes are taken in the
  /// order of how many miss them, then by id: who is heard by all leads, so that one node's word against a dead peer is
  /// followed at once, and a node that nobody hears stands alone.
  [[nodiscard]] std::vector<NodeId> clique(const std::vector<NodeId>& alive) const;

 private:
  const NodeId self_;
  std::map<NodeId, std::vector<Incarnation>> heard_by_;
};

}  // namespace hawser
