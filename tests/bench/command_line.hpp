// The bench's command line.
#pragma once

#include <string>
#include <variant>

#include "tests/bench/benchmarks.hpp"
#include "tests/bench/detection.hpp"
#include "tests/bench/mapping.hpp"
#include "tests/bench/patterns.hpp"
#include "tests/bench/slow.hpp"
#include "tests/bench/view_change.hpp"

namespace hawser::bench {

struct SuitePlan {};
/// The child process's side; not for people.
struct RolePlan {
  std::string role;
};
/// Text to print instead of measuring.
struct Notice {
  std::string text;
  int exit_code = 0;
};

struct CommandLine {
  std::variant<Notice, SuitePlan, ThroughputPlan, LatencyPlan, GroupsPlan, ViewChangePlan, MemoryPlan, MappingPlan,
               PatternsPlan, SlowPlan, DetectionPlan, RolePlan>
      plan;
  bool json = false;
  std::string out;  ///< a file for the figures as lines of JSON; empty for none
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace hawser::bench
