// Time as the machines know it: an argument, never a clock that they read.
#pragma once

#include <chrono>

namespace hawser {

using Duration = std::chrono::nanoseconds;

/// A node's monotonic clock; its zero means nothing and differs between nodes.
struct NodeClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<NodeClock, duration>;
  static constexpr bool is_steady = true;
};
using Time = NodeClock::time_point;

/// A deadline that never comes.
inline constexpr Time kNever = Time::max();

}  // namespace hawser
