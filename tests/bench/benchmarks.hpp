// The benchmarks: what can be asked of each, and what comes out.
#pragma once

#include <cstdint>
#include <vector>

#include "hawser/result.hpp"
#include "tests/bench/groups_run.hpp"
#include "tests/bench/output.hpp"
#include "tests/bench/stream_cases.hpp"

namespace hawser::bench {

/// Systems take turns within each round, since a machine's speed drifts: only what ran side by side is compared.
struct ThroughputPlan {
  StreamChoice choice;
  std::vector<std::size_t> payload_bytes{64, 1024};
  std::uint32_t receivers = 3;
  double seconds = 2;
  std::uint32_t rounds = 5;
};
struct ThroughputFigure {
  StreamCase of;
  std::size_t payload_bytes = 0;
  double messages_per_second = 0;  ///< at the slowest receiver; the median of the rounds
  double ratio_to_zmq = 0;         ///< the median of the rounds' ratios; 0 where ZeroMQ did not run
  double ratio_to_one_topic = 0;   ///< as above, to the same system on one topic
  double ratio_to_cpg = 0;         ///< as above, to the faster of Corosync's networks
  std::uint64_t wrong = 0;         ///< lost, duplicated, reordered or damaged, all rounds and receivers
};
Result<std::vector<ThroughputFigure>> measure_throughput(const ThroughputPlan& plan, Output& output);

struct LatencyPlan {
  StreamChoice choice;
  std::size_t payload_bytes = 64;
  std::uint32_t receivers = 3;
  std::uint32_t rate = 1000;  ///< messages per second
  double seconds = 3;
  std::uint32_t rounds = 3;
};
struct LatencyFigure {
  StreamCase of;
  double p50_us = 0;  ///< one way, over all receivers; the median of the rounds, as the others
  double p90_us = 0;
  double p99_us = 0;
  double p50_ratio_to_cpg =
      0;  ///< the median of the rounds' ratios to the better of Corosync's; 0 where it did not run
  double p99_ratio_to_cpg = 0;
  std::uint64_t wrong = 0;  ///< as above
};
Result<std::vector<LatencyFigure>> measure_latency(const LatencyPlan& plan, Output& output);

struct GroupsPlan {
  std::vector<GroupEventKind> events{GroupEventKind::join, GroupEventKind::leave, GroupEventKind::kill};
  std::vector<std::uint32_t> topics{1, 10, 100, 1000, 10000};
  std::uint32_t rounds = 5;
};
struct GroupsFigure {
  GroupEventKind event = GroupEventKind::join;
  std::uint32_t topics = 0;
  double views_ms = 0;     ///< as in GroupsRun; medians of the rounds
  double repaired_ms = 0;  ///< of a kill
};
Result<std::vector<GroupsFigure>> measure_groups(const GroupsPlan& plan, Output& output);

struct MemoryPlan {
  /// A node that gets many more in one call says nothing to the others for too long on a busy machine.
  static constexpr std::uint32_t kTopicsPerCall = 5000;

  std::vector<std::uint32_t> topics{10000, 100000};  ///< multiples of kTopicsPerCall
  std::uint32_t rounds = 3;
};
/// What four nodes need more when all are in all topics than when they are in none, for each node and topic.
struct MemoryFigure {
  std::uint32_t topics = 0;
  double resident_bytes = 0;  ///< of the processes; medians of the rounds
  double heap_bytes = 0;      ///< allocated and not freed
};
Result<std::vector<MemoryFigure>> measure_memory(const MemoryPlan& plan, Output& output);

/// All of the above in turn, and whether the project's aims are met.
/// Errors: as theirs; bad_data where Hawser lost, doubled, reordered or damaged a message.
Status run_suite(Output& output);

/// What the figures were measured on: the first thing to look at when two of them differ.
void describe_machine(Output& output);

}  // namespace hawser::bench
