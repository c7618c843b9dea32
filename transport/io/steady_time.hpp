// The one clock: the machines' Time on a real network.
#pragma once

#include <chrono>

#include "transport/core/time.hpp"

namespace hawser {

/// CLOCK_MONOTONIC, so that times of processes on one host compare.
inline Time steady_now() { return Time{std::chrono::steady_clock::now().time_since_epoch()}; }

inline std::chrono::steady_clock::time_point to_steady(Time time) {
  return std::chrono::steady_clock::time_point{time.time_since_epoch()};
}

}  // namespace hawser
