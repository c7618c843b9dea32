// Everything about one seed's run, drawn before it begins.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/sim/fault_schedule.hpp"
#include "tests/sim/workload.hpp"
#include "tests/sim/world.hpp"

namespace hawser::sim {

struct RunPlan {
  std::uint64_t seed = 1;
  WorldOptions world;
  WorkloadPlan workload;
  std::vector<Fault> faults;
  Duration length = 60s;  ///< of the phase with faults
};

/// Seeds differ in their kind of network and in their mix of faults, so that each mix is met undisturbed by the others.
RunPlan make_run_plan(std::uint64_t seed, std::size_t nodes, Duration length);

}  // namespace hawser::sim
