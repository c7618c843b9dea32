// The world's time, which no node knows, and the clocks that nodes read instead.
#pragma once

#include <chrono>
#include <cstdint>

#include "transport/core/time.hpp"

namespace hawser::sim {

using namespace std::chrono_literals;

/// Virtual time: starts at zero with the run, and passes only as events are taken off the queue.
struct WorldClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorldClock, duration>;
  static constexpr bool is_steady = true;
};
using Instant = WorldClock::time_point;
inline constexpr Instant kNeverHappens = Instant::max();

/// A host's monotonic clock: an origin of its own, and a rate that is off by up to 1000 parts per million.
class DriftingClock {
 public:
  DriftingClock() = default;
  DriftingClock(Time origin, int drift_ppm) : origin_(origin), drift_ppm_(drift_ppm) {}

  /// What the clock shows at `instant`.
  [[nodiscard]] Time at(Instant instant) const {
    const std::int64_t real = instant.time_since_epoch().count();
    return origin_ + Duration{real + real * drift_ppm_ / kMillion};
  }
  /// The first instant at which the clock shows `local` or later; never for what is more than ten days away.
  [[nodiscard]] Instant when(Time local) const {
    if (local <= origin_) return Instant{};
    if (local - origin_ > std::chrono::hours{240}) return kNeverHappens;
    const std::int64_t shown = (local - origin_).count();
    Instant instant{Duration{shown - shown * drift_ppm_ / (kMillion + drift_ppm_)}};
    while (at(instant) < local) instant += Duration{1};
    while (instant > Instant{} && at(instant - Duration{1}) >= local) instant -= Duration{1};
    return instant;
  }

 private:
  static constexpr std::int64_t kMillion = 1'000'000;
  Time origin_{};
  int drift_ppm_ = 0;
};

}  // namespace hawser::sim
