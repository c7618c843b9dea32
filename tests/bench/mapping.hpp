// The mapper under a load of topics, without a network: what it costs, and what its choices cost.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hawser/result.hpp"
#include "lwg/mapper_policy.hpp"
#include "tests/bench/mapping_load.hpp"
#include "tests/bench/output.hpp"

namespace hawser::bench {

/// First the nodes come one after the other, each joining all its topics in one batch; then single nodes join and leave
/// single topics, so that every topic keeps about the size it began with.
struct MappingPlan {
  MappingShape shape;
  MapperPolicy policy;
  std::uint32_t changes = 100000;  ///< joins and leaves after the topics are built up
  std::uint32_t changes_per_minute = 6000;
  std::uint32_t grace_seconds = 10;  ///< how long a node stays in a heavy-weight group where it is not needed
  std::uint64_t seed = 1;
};
struct MappingFigure {
  std::string_view phase;     ///< "build" or "churn"; the state is that of its end
  std::uint64_t changes = 0;  ///< placements; a topic's last leave is none
  std::size_t heavy_groups = 0;
  std::size_t light_groups = 0;
  double members_mean = 0;        ///< of a topic
  double heavy_members_mean = 0;  ///< of a heavy-weight group
  double heavy_groups_per_node = 0;
  double filtered_per_useful = 0;  ///< bytes that arrive and are dropped, for each byte that another member wanted;
                                   ///< every topic has one message of the same size
  double filtered_per_useful_zipf = 0;  ///< as above, with rates by Zipf's law over the topics in random order
  double switches_per_1000 = 0;         ///< of changes; as the next ones
  double grows_per_1000 = 0;
  double creates_per_1000 = 0;
  double p50_us = 0;  ///< a placement
  double p99_us = 0;
  double max_us = 0;
};
/// Two figures.
Result<std::vector<MappingFigure>> measure_mapping(const MappingPlan& plan, Output& output);

}  // namespace hawser::bench
