#include "transport/membership/reachability.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace hawser {
namespace {

/// hears[a][b]: node a has said, or knows of itself, that it hears node b.
using Matrix = std::vector<std::vector<char>>;

/// Those who are missed least come first.
std::vector<std::size_t> by_misses(const Matrix& hears) {
  std::vector<std::size_t> misses(hears.size());
  for (std::size_t a = 0; a < hears.size(); ++a) {
    for (std::size_t b = 0; b < hears.size(); ++b) misses[b] += hears[a][b] == 0 ? 1U : 0U;
  }
  std::vector<std::size_t> order(hears.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return misses[a] < misses[b]; });
  return order;
}

/// Greedy: the first node that is left starts a clique, and takes in whoever hears, and is heard by, all in it.
std::vector<std::size_t> clique_of(std::size_t wanted, const Matrix& hears, std::vector<std::size_t> left) {
  while (!left.empty()) {
    std::vector<std::size_t> clique;
    std::vector<std::size_t> rest;
    for (const std::size_t node : left) {
      const bool fits = std::all_of(clique.begin(), clique.end(), [&](std::size_t other) {
        return hears[node][other] != 0 && hears[other][node] != 0;
      });
      (fits ? clique : rest).push_back(node);
    }
    if (std::find(clique.begin(), clique.end(), wanted) != clique.end()) return clique;
    left = std::move(rest);
  }
  return {wanted};
}

}  // namespace

bool Reachability::on_heard_set(const NodeId& node, std::vector<Incarnation> heard) {
  std::vector<Incarnation>& known = heard_by_[node];
  if (known == heard) return false;
  known = std::move(heard);
  return true;
}

std::vector<NodeId> Reachability::clique(const std::vector<NodeId>& alive) const {
  std::vector<NodeId> nodes = alive;
  nodes.insert(std::upper_bound(nodes.begin(), nodes.end(), self_), self_);
  Matrix hears(nodes.size(), std::vector<char>(nodes.size(), 0));
  std::size_t self = 0;
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    if (nodes[a] == self_) self = a;
    const auto heard = heard_by_.find(nodes[a]);
    for (std::size_t b = 0; b < nodes.size(); ++b) {
      const bool known = nodes[a] == self_ || a == b ||
                         (heard != heard_by_.end() &&
                          std::binary_search(heard->second.begin(), heard->second.end(), nodes[b].incarnation));
      hears[a][b] = known ? 1 : 0;
    }
  }
  std::vector<NodeId> members;
  for (const std::size_t node : clique_of(self, hears, by_misses(hears))) members.push_back(nodes[node]);
  std::sort(members.begin(), members.end());
  return members;
}

}  // namespace hawser
