// All checks over one run.
#pragma once

#include <vector>

#include "coverage.hpp"
#include "history.hpp"

namespace hawser::check {

/// What one run showed: what it broke, and what it has tried at all.
struct Findings {
  std::vector<Violation> violations;
  CoverageCounts coverage;
};

/// Checks every property and counts what was covered. Takes near-linear time: some tens of nanoseconds an event. The
/// same history gives the same findings, in the same order, on every machine.
Findings examine(const History& history);

/// The violations of examine().
std::vector<Violation> check_all(const History& history);

/// Of them, those of heavy-weight groups: for runs with nothing above them, which have no directory either.
std::vector<Violation> check_heavy_groups(const History& history);

/// A violation as text: the property, what is wrong, and the history around it, a line each.
std::string to_string(const Violation& violation);

}  // namespace hawser::check
