// How the mapper shares heavy-weight groups among light-weight ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace hawser {

struct MapperPolicy {
  enum class Kind : std::uint8_t {
    smallest_superset,  ///< the smallest heavy-weight group with at most k extras (Glade93)
    exact,              ///< no extras
    single,             ///< one heavy-weight group for everything
  };
  Kind kind = Kind::smallest_superset;
  /// Of smallest_superset: no light-weight group has more extras than this, whatever its size.
  std::size_t extras_cap = 5;
  /// Of smallest_superset: a light-weight group stays as long as it would with this many members more. With 1, a node
  /// that joins and leaves at the bound, again and again, moves nothing.
  std::size_t stay_slack = 0;
  /// Whether a member that no light-weight group needs counts as an extra until it is released.
  bool counts_idle = false;
  /// None is created beyond this many. For what finds no place then, and for what it has to share a group with, k is
  /// doubled until something fits; at last the largest group grows. Not with `single`.
  std::size_t heavy_groups_max = 1000;

  /// k: how many extras a light-weight group of `size` members bears. size + k never falls as `size` rises.
  [[nodiscard]] std::size_t extras_max(std::size_t size) const {
    if (kind == Kind::exact) return 0;
    if (kind == Kind::single) return std::numeric_limits<std::size_t>::max() / 2;
    return std::min(extras_cap, 2 * size);
  }
  [[nodiscard]] std::size_t slack() const { return kind == Kind::smallest_superset ? stay_slack : 0; }
};

}  // namespace hawser
