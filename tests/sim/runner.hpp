// One seed's run: faults and traffic, then calm; then every property is checked.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/check/history.hpp"
#include "tests/sim/run_counts.hpp"
#include "tests/sim/run_plan.hpp"

namespace hawser::sim {

struct RunResult {
  std::uint64_t seed = 0;
  RunCounts counts;
  std::uint64_t digest = 0;  ///< of all nodes' traces and all datagrams
  Duration simulated{};
  std::vector<check::Violation> violations;
};

/// Where given, it gets the world as it was at the end, before its traces are handed to the checkers.
using Inspector = std::function<void(World&)>;

RunResult run(const RunPlan& plan, const Inspector& inspect = nullptr);

}  // namespace hawser::sim
