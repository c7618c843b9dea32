// Where the mapper puts a light-weight group, and why.
#pragma once

#include <cstdint>
#include <vector>

#include "transport/core/ids.hpp"

namespace hawser {

/// Where a light-weight group rides from now on.
struct Placement {
  enum class Kind : std::uint8_t {
    stay,      ///< where it was
    switched,  ///< on another group that has all its members; the first one of a new light-weight group included
    grown,    ///< on a group that takes in the missing members: where it was, or where only_group or over_budget is the
              ///< reason, another
    created,  ///< on a new group
  };
  Kind kind = Kind::stay;
  GroupId heavy;
  /// Where grown or created: the members of `heavy` from now on. Old ones first in their order, then the new ones in
  /// the order in which they were given.
  std::vector<NodeId> heavy_members;
};

/// Why a light-weight group was placed where it is.
enum class PlacementReason : std::uint8_t {
  restored,        ///< a directory said so
  fits,            ///< stay: its group covers it within k
  same_members,    ///< switched: a group has exactly its members
  superset,        ///< switched: the smallest group that covers it within k
  growth_fits,     ///< grown: no group covers it within k, and everything on its own stays within its k
  nothing_covers,  ///< created: no group covers it within k, and it was on none that could have grown
  growth_too_far,  ///< created: no group covers it within k, and growing would have taken `refused_size` beyond its k
  over_budget,     ///< as the two before, but no more groups may be created: k was doubled until something fitted
  only_group,      ///< the policy `single`
};

}  // namespace hawser
