// The runs whose outcome is known.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "tests/model/state.hpp"

namespace model {

// One run, by the names that the command line takes.
struct Run {
  std::string_view scenario;
  int data = 1, crashes = 0;
  std::string_view weakness = {};  // Empty: all rules as they are. Several: apart by a space.
  std::array<Mask, lights_max> senders = {0xff, 0xff};
  bool lazy_self = false, parted = false;
  bool needless = false;  // The protocol holds without the rule as well.
};

// Small runs, in seconds: scenarios that hold, and for each rule that is needed a run that fails without it.
std::vector<Run> short_runs();
// All of them, in minutes.
std::vector<Run> all_runs();

}  // namespace model
