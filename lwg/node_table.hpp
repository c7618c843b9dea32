// Gives nodes small numbers, and the numbers of those who are gone to others: sets of nodes stay a few words long.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <vector>

#include "lwg/node_set.hpp"
#include "transport/core/check.hpp"
#include "transport/core/ids.hpp"

namespace hawser {

/// Threads: single-threaded.
class NodeTable {
 public:
  /// The node's number, old or new. A new one is kept until its last hold() is let go.
  NodeIndex number(const NodeId& node) {
    const auto [at, is_new] = numbers_.try_emplace(node, NodeIndex{0});
    if (is_new) at->second = unused_number(node);
    return at->second;
  }
  [[nodiscard]] std::optional<NodeIndex> find(const NodeId& node) const {
    const auto at = numbers_.find(node);
    if (at == numbers_.end()) return std::nullopt;
    return at->second;
  }
  [[nodiscard]] const NodeId& operator[](NodeIndex number) const { return entries_[number].node; }

  void hold(NodeIndex number) { ++entries_[number].holds; }
  void let_go(NodeIndex number) {
    HAWSER_CHECK(entries_[number].holds > 0);
    if (--entries_[number].holds > 0) return;
    numbers_.erase(entries_[number].node);
    unused_.push(number);
  }

  /// Nodes that have a number.
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  /// Sorted.
  [[nodiscard]] std::vector<NodeId> nodes() const {
    std::vector<NodeId> nodes;
    for (const auto& [node, number] : numbers_) nodes.push_back(node);
    return nodes;
  }
  void add_to(StateDigest& digest) const { digest.add(entries_, numbers_); }

 private:
  struct Entry {
    NodeId node;
    std::size_t holds = 0;
  };

  NodeIndex unused_number(const NodeId& node) {
    if (unused_.empty()) {
      entries_.push_back({node, 0});
      return static_cast<NodeIndex>(entries_.size() - 1);
    }
    const NodeIndex number = unused_.top();
    unused_.pop();
    entries_[number] = {node, 0};
    return number;
  }

  std::vector<Entry> entries_;  // by number
  std::map<NodeId, NodeIndex> numbers_;
  std::priority_queue<NodeIndex, std::vector<NodeIndex>, std::greater<>> unused_;  // the lowest first
};

}  // namespace hawser
