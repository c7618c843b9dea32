// Depth-first search through all states of one setting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/small_world/scenario.hpp"

namespace hawser::small {

struct Result {
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t finals = 0;
  std::uint64_t moves = 0;      ///< switches seen by nodes, over all ends
  std::size_t depth = 0;        ///< steps of the longest way
  std::size_t node_states = 0;  ///< of the machines
  std::size_t confirmed = 0;    ///< see NodeStates
  bool complete = true;         ///< false: stopped at the bound, or at a violation
  std::vector<std::string> violations;
  std::string trace;  ///< the way to them; the shortest one where that was found within the bound
};

/// Without `wants_shortest`, the first way to a violation will do.
[[nodiscard]] Result search(const Setting& setting, std::size_t states_max, bool wants_shortest = true);

}  // namespace hawser::small
