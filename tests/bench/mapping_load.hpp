// Which nodes are in which topics: made-up loads for the mapper.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "transport/core/rng.hpp"

namespace hawser::bench {

enum class LoadKind : std::uint8_t {
  zipf,       ///< sizes s with P(s) ~ 1/s, up to all nodes; node i is drawn with
              ///< weight 1/i: few are in nearly everything
  community,  ///< nodes in communities of 8; a topic has 2 to 8 members of one,
              ///< and 2 % of the draws are from all nodes
  uniform,    ///< sizes 1 to 10, members drawn from all nodes alike: the hardest,
              ///< for there is nothing to share
  identical,  ///< the same 10 nodes in every topic
};
[[nodiscard]] std::string_view name_of(LoadKind kind);

struct MappingShape {
  LoadKind kind = LoadKind::zipf;
  std::uint32_t nodes = 50;
  std::uint32_t topics = 100000;
};

/// Threads: single-threaded.
class MappingLoad {
 public:
  MappingLoad(const MappingShape& shape, Rng rng);

  /// How many members the topic has at first, and about how many it keeps.
  [[nodiscard]] std::uint32_t size_of(std::uint32_t topic) const { return topics_[topic].size; }
  /// A node that may be a member, by the load's chances; perhaps one that is already.
  std::uint32_t draw_node(std::uint32_t topic);
  /// A topic's members at first, ascending.
  std::vector<std::uint32_t> draw_members(std::uint32_t topic);
  [[nodiscard]] std::uint32_t nodes() const { return shape_.nodes; }
  [[nodiscard]] std::uint32_t topics() const { return shape_.topics; }

 private:
  struct Topic {
    std::uint32_t size = 1;
    std::uint32_t community = 0;
  };
  Topic draw_topic();
  /// 1 to `nodes`, i with a weight of 1/i.
  std::uint32_t draw_zipf();

  MappingShape shape_;
  Rng rng_;
  std::vector<double> zipf_;  // sums of the weights
  std::vector<Topic> topics_;
};

}  // namespace hawser::bench
