// Makes a run that breaks a property smaller: fewer faults, a shorter time.
#pragma once

#include <ostream>

#include "tests/sim/run_plan.hpp"

namespace hawser::sim {

/// Runs `plan` with ever less in it as long as the first property it broke stays broken, and prints what is left: the
/// faults, the timeline and the violations. Returns an exit code: 1 where a property was broken, 0 where none was.
int shrink_and_print(RunPlan plan, std::ostream& out);

}  // namespace hawser::sim
