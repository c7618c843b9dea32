// One run of the kill benchmark: four processes in all topics, one killed.
#pragma once

#include <cstdint>

#include "hawser/result.hpp"

namespace hawser::bench {

struct KillRun {
  double join_ms = 0;              ///< from the order to subscribe until the last member was in all topics
  double detect_ms = 0;            ///< from kill -9 until the first survivor knew: the failure decision
  double repair_ms = 0;            ///< from there until the last survivor had repaired all topics
  std::uint64_t false_alarms = 0;  ///< failures reported of nodes that were alive
};

inline constexpr std::uint32_t kKillMembers = 4;

/// `victim`: which of the members, 0 to kKillMembers - 1, in the order of their start.
/// Errors: the first that any process reports, or a timeout that names the process; bad_data where a survivor has
/// repaired another number of topics.
Result<KillRun> run_kill(std::uint32_t topics, std::uint32_t victim);

}  // namespace hawser::bench
