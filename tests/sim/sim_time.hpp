// The world's time, which no node knows, and the clocks that nodes read instead.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

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

/// A host's monotonic clock: an origin of its own, and a rate that is off by some parts per million. It may jump
/// forward, and its rate may change; what it showed before stays what it was.
class DriftingClock {
 public:
  DriftingClock() = default;
  DriftingClock(Time origin, int drift_ppm) : stretches_{{Instant{}, origin, drift_ppm}} {}

  /// What the clock shows at `instant`.
  [[nodiscard]] Time at(Instant instant) const { return stretch_at(instant).at(instant); }
  /// The first instant at which the clock shows `local` or later; never for what is more than ten days away.
  [[nodiscard]] Instant when(Time local) const {
    const auto after = std::find_if(stretches_.begin(), stretches_.end(),
                                    [&](const Stretch& stretch) { return stretch.shows >= local; });
    if (after == stretches_.begin()) return Instant{};
    const Instant within = std::prev(after)->when(local);
    return after == stretches_.end() ? within : std::min(within, after->begin);  // It may lie in a jump.
  }

  /// Not before an earlier change of the clock, all of these.
  void jump(Instant now, Duration forward) { stretches_.push_back({now, at(now) + forward, drift_ppm()}); }
  void set_drift(Instant now, int drift_ppm) { stretches_.push_back({now, at(now), drift_ppm}); }
  /// As it is at the end of what is known of it.
  [[nodiscard]] int drift_ppm() const { return stretches_.back().drift_ppm; }

 private:
  static constexpr std::int64_t kMillion = 1'000'000;

  /// From `begin` on, until the next one begins.
  struct Stretch {
    Instant begin;
    Time shows;
    int drift_ppm = 0;

    [[nodiscard]] Time at(Instant instant) const {
      const std::int64_t real = (instant - begin).count();
      return shows + Duration{real + real * drift_ppm / kMillion};
    }
    [[nodiscard]] Instant when(Time local) const {
      if (local - shows > std::chrono::hours{240}) return kNeverHappens;
      const std::int64_t shown = (local - shows).count();
      Instant instant{begin + Duration{shown - shown * drift_ppm / (kMillion + drift_ppm)}};
      while (at(instant) < local) instant += Duration{1};
      while (instant > begin && at(instant - Duration{1}) >= local) instant -= Duration{1};
      return instant;
    }
  };
  [[nodiscard]] const Stretch& stretch_at(Instant instant) const {
    auto at = std::prev(stretches_.end());
    while (at != stretches_.begin() && at->begin > instant) --at;
    return *at;
  }

  std::vector<Stretch> stretches_{{Instant{}, Time{}, 0}};
};

}  // namespace hawser::sim
