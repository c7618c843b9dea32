// Depth-first search through all states of one setting.
#pragma once

#include <cstddef>

#include "tests/small_world/scenario.hpp"
#include "tests/small_world/searcher.hpp"

namespace hawser::small {

/// Without `wants_shortest`, the first way to a violation will do.
[[nodiscard]] Result search(const Setting& setting, std::size_t states_max, bool wants_shortest = true);

}  // namespace hawser::small
