// Which datagrams one receiver loses: some alone, some in bursts.
#pragma once

#include "tests/sim/sim_time.hpp"
#include "transport/core/rng.hpp"

namespace hawser::sim {

/// Independent loss, and bursts in which everything is lost. A burst is far shorter than the failure detector's silence
/// timeout, so that loss alone never excuses an exclusion.
struct LossProfile {
  unsigned independent_permille = 0;
  Duration burst_gap_max{};     ///< from one burst's end to the next one's begin; zero: no bursts
  Duration burst_length_max{};  ///< of one burst
};

class LossModel {
 public:
  void change(const LossProfile& profile, Instant now) {
    profile_ = profile;
    burst_begin_ = burst_end_ = now;
  }
  /// Whether a datagram that comes `now` is lost. Calls come in the order of time.
  bool drops(Instant now, Rng& rng) {
    if (profile_.burst_gap_max > Duration{}) {
      while (now >= burst_end_) {
        burst_begin_ = burst_end_ + rng.between(Duration{}, profile_.burst_gap_max);
        burst_end_ = burst_begin_ + rng.between(Duration{1}, profile_.burst_length_max);
      }
      if (now >= burst_begin_) return true;
    }
    return profile_.independent_permille > 0 && rng.permille(profile_.independent_permille);
  }

 private:
  LossProfile profile_;
  Instant burst_begin_{};
  Instant burst_end_{};
};

}  // namespace hawser::sim
