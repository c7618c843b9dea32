// Faults that come on top of a schedule, in every second seed: of many nodes at once, of clocks, of links that hold
// what they carry, of nodes that hardly keep up, and partitions in the midst of a flush or a merge.
#pragma once

#include <cstddef>
#include <vector>

#include "tests/sim/fault_schedule.hpp"

namespace hawser::sim {

/// Sorted by time; to be merged with a schedule of make_fault_schedule().
std::vector<Fault> make_hard_faults(Duration length, std::size_t sites, Rng rng);

}  // namespace hawser::sim
