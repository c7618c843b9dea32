// Makes a run that breaks a property smaller: fewer faults, a shorter time.
#pragma once

#include <functional>
#include <ostream>

#include "tests/sim/run_plan.hpp"

namespace hawser::sim {

/// The least that was found of `plan` for which `is_broken` is true, as it must be for `plan`: fewer faults of whatever
/// kind, a shorter time, less traffic, a better network. Tells `out` how far it is.
RunPlan shrink(RunPlan plan, const std::function<bool(const RunPlan&)>& is_broken, std::ostream& out);

/// Runs `plan` with ever less in it as long as the first property it broke stays broken, and prints what is left: the
/// faults, the timeline and the violations. Returns an exit code: 1 where a property was broken, 0 where none was.
int shrink_and_print(RunPlan plan, std::ostream& out);

}  // namespace hawser::sim
