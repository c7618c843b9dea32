// What rides on one heavy-weight group: how many light-weight groups need each node, and how large they are.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "lwg/node_set.hpp"
#include "transport/core/check.hpp"

namespace hawser {

class HeavyLoad {
 public:
  void add(const NodeSet& light) {
    ++sizes_[light.size()];
    light.for_each([&](NodeIndex node) {
      if (core_.insert(node)) uses_.insert(at(node), 0);
      ++*at(node);
    });
  }
  void remove(const NodeSet& light) {
    const auto size = sizes_.find(light.size());
    HAWSER_CHECK(size != sizes_.end());
    if (--size->second == 0) sizes_.erase(size);
    light.for_each([&](NodeIndex node) {
      HAWSER_CHECK(core_.contains(node));
      if (--*at(node) > 0) return;
      uses_.erase(at(node));
      core_.erase(node);
    });
  }

  /// The nodes that at least one light-weight group needs.
  [[nodiscard]] const NodeSet& core() const { return core_; }
  /// How many light-weight groups need `node`.
  [[nodiscard]] std::uint32_t uses(NodeIndex node) const { return core_.contains(node) ? uses_[core_.rank(node)] : 0; }
  /// How many members the smallest light-weight group has; 0 where there is none.
  [[nodiscard]] std::size_t smallest() const { return sizes_.empty() ? 0 : sizes_.begin()->first; }

  void add_to(StateDigest& digest) const { digest.add(core_, uses_, sizes_); }

 private:
  std::vector<std::uint32_t>::iterator at(NodeIndex node) {
    return uses_.begin() + static_cast<std::ptrdiff_t>(core_.rank(node));
  }

  NodeSet core_;
  std::vector<std::uint32_t> uses_;           // of the members of core_ in ascending order
  std::map<std::size_t, std::size_t> sizes_;  // size → number of light-weight groups
};

}  // namespace hawser
