#include "tests/small_world/search.hpp"

#include "tests/small_world/world.hpp"

namespace hawser::small {

Result search(const Setting& setting, std::size_t states_max, bool wants_shortest) {
  return search_all<Rules>(setting, states_max, wants_shortest, [](const Rules& rules, Result& result) {
    result.node_states = rules.node_states();
    result.confirmed = rules.confirmed();
    result.moves = rules.diaries().moves();
  });
}

}  // namespace hawser::small
