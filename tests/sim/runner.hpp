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

/// Looks on, for people who debug.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_begin(World& world) = 0;
  /// Before the traces are handed to the checkers.
  virtual void on_end(World& world, const FaultDriver& faults) = 0;
};

RunResult run(const RunPlan& plan, Observer* observer = nullptr);

}  // namespace hawser::sim
