// All that happened at the interfaces of all nodes, in the order of world time: for people.
#pragma once

#include <ostream>

#include "tests/sim/runner.hpp"

namespace hawser::sim {

/// For run(): prints when and where each process ran, and every event of its trace, one a line. `out` must outlive it.
Inspector print_timeline_to(std::ostream& out);

}  // namespace hawser::sim
