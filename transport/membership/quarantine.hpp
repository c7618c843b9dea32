// Members that the others have taken out because they held everybody up: kept out for a while, so that they can't do it
// again at once, and one at a time, so that a mistake does not cost the domain more than one node.
#pragma once

#include <map>

#include "transport/core/ids.hpp"
#include "transport/core/time.hpp"

namespace hawser {

/// At most one node is taken out in this time, by each node's word.
inline constexpr Duration kEvictionDistanceMin = std::chrono::seconds{10};
/// How long it is kept out at first; twice as long each time it is taken out again.
inline constexpr Duration kQuarantine = std::chrono::seconds{10};
/// … but not longer. Who stayed in for this long after its last one begins anew.
inline constexpr Duration kQuarantineMax = std::chrono::minutes{5};

/// Threads: single-threaded.
class Quarantine {
 public:
  /// False where another node was taken out too short a time ago.
  bool admit(const NodeId& node, Time now);
  [[nodiscard]] bool contains(const NodeId& node, Time now) const;

 private:
  struct Stay {
    Time until;
    Duration length;
  };
  std::map<NodeId, Stay> stays_;
  Time next_at_ = Time::min();
};

}  // namespace hawser
